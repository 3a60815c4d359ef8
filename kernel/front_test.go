package kernel

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"setun/kernel/wire"
)

// patience is how long tests wait for what must come.
const patience = 10 * time.Second

// A front is a front end, connected to a kernel that runs the fake session.
type front struct {
	*testing.T
	*wire.Client
	connection wire.Connection
	ended      chan error // what Serve returned
}

func start(t *testing.T) *front {
	t.Helper()
	c, err := wire.NewConnection()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	f := &front{T: t, connection: c, ended: make(chan error, 1)}
	go func() { f.ended <- Serve(ctx, c, fake{}, slog.New(slog.DiscardHandler)) }()
	f.Client = connect(t, c)
	t.Cleanup(func() {
		f.Close()
		cancel()
	})
	return f
}

func connect(t *testing.T, c wire.Connection) *wire.Client {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	client, err := wire.Connect(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	if m := <-client.Messages(wire.IOPub); m.Header.Type != "iopub_welcome" {
		t.Fatalf("first message on iopub is %s", m.Header.Type)
	}
	return client
}

func (f *front) next(channel wire.Channel) *wire.Message {
	f.Helper()
	select {
	case m, ok := <-f.Messages(channel):
		if !ok {
			f.Fatalf("%s is closed", channel)
		}
		return m
	case <-time.After(patience):
		f.Fatalf("nothing on %s", channel)
	}
	return nil
}

func (f *front) send(channel wire.Channel, msgType string, c any) (id string) {
	f.Helper()
	id, err := f.Send(channel, msgType, c)
	if err != nil {
		f.Fatal(err)
	}
	return id
}

// reply waits for the reply to a request.
func (f *front) reply(channel wire.Channel, id string) content {
	f.Helper()
	m := f.next(channel)
	if m.Parent.ID != id {
		f.Fatalf("%s replies to %s, not to %s", m.Header.Type, m.Parent.ID, id)
	}
	return decode(f.T, m)
}

func decode(t *testing.T, m *wire.Message) content {
	t.Helper()
	var c content
	if err := json.Unmarshal(m.Content, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// outputs waits for all that a request makes the kernel publish, and returns
// it without the states around it.
func (f *front) outputs(id string) []*wire.Message {
	f.Helper()
	var outputs []*wire.Message
	busy := false
	for {
		m := f.next(wire.IOPub)
		if string(m.Content) == `{"execution_state":"starting"}` {
			continue // the test subscribed faster than the kernel started
		}
		if m.Parent.ID != id {
			f.Fatalf("%s belongs to %q, not to %q", m.Header.Type, m.Parent.ID, id)
		}
		if m.Header.Type != "status" {
			if !busy {
				f.Errorf("%s before busy", m.Header.Type)
			}
			outputs = append(outputs, m)
			continue
		}
		switch state := decode(f.T, m)["execution_state"]; state {
		case "busy":
			busy = true
		case "idle":
			if !busy {
				f.Error("idle before busy")
			}
			return outputs
		default:
			f.Fatalf("state %v", state)
		}
	}
}

// ask sends a request on shell; it returns the reply's content and what was
// published.
func (f *front) ask(msgType string, c any) (content, []*wire.Message) {
	f.Helper()
	id := f.send(wire.Shell, msgType, c)
	reply := f.reply(wire.Shell, id)
	return reply, f.outputs(id)
}

// run runs a cell; it returns the reply and the outputs without execute_input,
// each as its type and content.
func (f *front) run(code string, options ...string) (content, []string) {
	f.Helper()
	request := content{"code": code}
	for _, o := range options {
		name, value, _ := strings.Cut(o, "=")
		request[name] = value == "true"
	}
	reply, messages := f.ask("execute_request", request)
	var outputs []string
	for _, m := range messages {
		if m.Header.Type != "execute_input" {
			outputs = append(outputs, m.Header.Type+" "+string(m.Content))
		}
	}
	return reply, outputs
}

// awaitIdle waits until n requests are done with, whichever they are.
func (f *front) awaitIdle(n int) {
	f.Helper()
	for n > 0 {
		if m := f.next(wire.IOPub); string(m.Content) == `{"execution_state":"idle"}` {
			n--
		}
	}
}
