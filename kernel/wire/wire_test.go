package wire

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// open starts the sockets of a kernel, and closes them with the test.
func open(t *testing.T, c Connection) *Sockets {
	t.Helper()
	s, err := Listen(c, NewOrigin(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeSockets(s) })
	return s
}

func closeSockets(s *Sockets) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	s.Close(ctx)
}

func connect(t *testing.T, c Connection) *Client {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	client, err := Connect(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func connection(t *testing.T) Connection {
	t.Helper()
	c, err := NewConnection()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// receive waits for the next message, and fails the test if none comes.
func receive(t *testing.T, from <-chan *Message) *Message {
	t.Helper()
	select {
	case m, ok := <-from:
		if !ok {
			t.Fatal("the channel is closed")
		}
		return m
	case <-time.After(10 * time.Second):
		t.Fatal("no message within 10 s")
	}
	return nil
}

func publish(t *testing.T, s *Sockets, msgType string, content any) {
	t.Helper()
	m, err := s.IOPub.origin.NewMessage(msgType, Header{}, content)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.IOPub.Publish(m); err != nil {
		t.Fatal(err)
	}
}

func TestRequestAndReply(t *testing.T) {
	ipc := connection(t)
	ipc.Transport, ipc.IP = "ipc", filepath.Join(t.TempDir(), "k")
	for name, c := range map[string]Connection{"tcp": connection(t), "ipc": ipc} {
		t.Run(name, func(t *testing.T) {
			s := open(t, c)
			client := connect(t, c)
			if err := client.Alive(t.Context()); err != nil {
				t.Error(err)
			}
			for channel, router := range map[Channel]*Router{Shell: s.Shell, Control: s.Control, Stdin: s.Stdin} {
				id, err := client.Send(channel, "ping_request", map[string]string{"text": "<1 & 2>"})
				if err != nil {
					t.Fatal(err)
				}
				request := receive(t, router.Messages())
				if request.Header.ID != id || string(request.Content) != `{"text":"<1 & 2>"}` {
					t.Errorf("%s: got %s %s", channel, request.Header.ID, request.Content)
				}
				reply, err := s.IOPub.origin.NewMessage("ping_reply", request.Header, nil)
				if err != nil {
					t.Fatal(err)
				}
				reply.Buffers = [][]byte{{0, 1, 2}, []byte(strings.Repeat("x", 300))}
				if err := router.Send(reply, request); err != nil {
					t.Fatal(err)
				}
				got := receive(t, client.Messages(channel))
				if got.Header.Type != "ping_reply" || got.Parent.ID != id || string(got.Content) != "{}" {
					t.Errorf("%s: reply %+v", channel, got)
				}
				if diff := cmp.Diff(reply.Buffers, got.Buffers); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

// The parent header of a reply is the request's header, letter by letter.
func TestParentHeaderIsVerbatim(t *testing.T) {
	const header = `{"msg_id":"1","session":"s","username":"u","date":"","msg_type":"t","version":"5.3","odd": [ 1,2 ]}`
	c := codec{}
	m, err := c.decode([][]byte{delimiter, nil, []byte(header), []byte("{}"), []byte("{}"), []byte("{}")})
	if err != nil {
		t.Fatal(err)
	}
	reply, err := NewOrigin().NewMessage("t_reply", m.Header, nil)
	if err != nil {
		t.Fatal(err)
	}
	frames, err := c.encode(reply)
	if err != nil {
		t.Fatal(err)
	}
	// Insignificant space may go; fields, their order and values may not.
	if got, want := string(frames[3]), strings.ReplaceAll(header, " ", ""); got != want {
		t.Errorf("parent_header\n got %s\nwant %s", got, want)
	}
}

func TestMalformedMessages(t *testing.T) {
	c := codec{[]byte("key")}
	signed := func(dicts ...string) [][]byte {
		var d [][]byte
		for _, s := range dicts {
			d = append(d, []byte(s))
		}
		return append([][]byte{delimiter, c.sign(d)}, d...)
	}
	const header = `{"msg_id":"1","msg_type":"t"}`
	other := codec{[]byte("other")}
	tests := map[string]struct {
		frames [][]byte
		want   string
	}{
		"nothing":          {nil, "malformed"},
		"no delimiter":     {signed(header, "{}", "{}", "{}")[1:], "malformed"},
		"too short":        {signed(header, "{}", "{}"), "malformed"},
		"no signature":     {append([][]byte{delimiter, nil}, signed(header, "{}", "{}", "{}")[2:]...), "signature"},
		"wrong key":        {append([][]byte{delimiter, other.sign(signed(header, "{}", "{}", "{}")[2:])}, signed(header, "{}", "{}", "{}")[2:]...), "signature"},
		"header no JSON":   {signed("{", "{}", "{}", "{}"), "dictionary 0"},
		"header a list":    {signed("[]", "{}", "{}", "{}"), "dictionary 0"},
		"no type":          {signed("{}", "{}", "{}", "{}"), "msg_type"},
		"parent a number":  {signed(header, "1", "{}", "{}"), "dictionary 1"},
		"metadata a text":  {signed(header, "{}", `"x"`, "{}"), "dictionary 2"},
		"content no JSON":  {signed(header, "{}", "{}", "{x}"), "content"},
		"content a list":   {signed(header, "{}", "{}", "[]"), "content"},
		"content is empty": {signed(header, "{}", "{}", ""), "content"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m, err := c.decode(test.frames)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("decode = %v, %v; want an error about %q", m, err, test.want)
			}
		})
	}
}

// Peers that break the rules of ZMTP are cut off, and others are served.
func TestHostilePeers(t *testing.T) {
	c := connection(t)
	s := open(t, c)

	greeting := make([]byte, 64)
	greeting[0], greeting[9], greeting[10] = 0xff, 0x7f, 3
	copy(greeting[12:], "NULL")
	ready := func(meta string) []byte { return encodeFrames(flagCommand, []byte("\x05READY"+meta)) }
	dealer := "\x0bSocket-Type\x00\x00\x00\x06DEALER"
	huge := binary.BigEndian.AppendUint64([]byte{flagLong}, 1<<62)
	hostile := map[string][]byte{
		"not ZMTP":           []byte(strings.Repeat("GET / HTTP/1.1\r\n", 10)),
		"no metadata":        append(greeting, ready("")...),
		"metadata cut short": append(greeting, ready("\x0bSocket-Type\x00")...),
		"metadata too long":  append(greeting, ready("\x0bSocket-Type\x7f\xff\xff\xffDEALER")...),
		"huge READY":         append(greeting, append([]byte{flagLong | flagCommand}, huge[1:]...)...),
		"huge frame":         append(append(greeting, ready(dealer)...), huge...),
		"too many frames":    append(append(greeting, ready(dealer)...), []byte(strings.Repeat("\x01\x00", maxFrames+1))...),
	}
	for name, bytes := range hostile {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", c.ShellPort))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(10 * time.Second))
		if _, err := conn.Write(bytes); err != nil {
			t.Logf("%s: cut off while writing: %v", name, err)
		}
		if _, err := io.Copy(io.Discard, conn); os.IsTimeout(err) {
			t.Errorf("%s: the connection is still open", name)
		}
	}

	silent, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", c.ShellPort))
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	client := connect(t, c)
	if _, err := client.Send(Shell, "ping_request", nil); err != nil {
		t.Fatal(err)
	}
	receive(t, s.Shell.Messages())
}

// Send, then close: the last message arrives.
func TestCloseDelivers(t *testing.T) {
	for range 20 {
		c := connection(t)
		s := open(t, c)
		client := connect(t, c)
		if _, err := client.Send(Control, "shutdown_request", nil); err != nil {
			t.Fatal(err)
		}
		request := receive(t, s.Control.Messages())
		// Unread input at closing time must not take the reply with it.
		for range 10 {
			if _, err := client.Send(Control, "kernel_info_request", nil); err != nil {
				t.Fatal(err)
			}
		}
		reply, err := s.IOPub.origin.NewMessage("shutdown_reply", request.Header, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Control.Send(reply, request); err != nil {
			t.Fatal(err)
		}
		publish(t, s, "status", nil)
		closeSockets(s)
		if got := receive(t, client.Messages(Control)); got.Header.Type != "shutdown_reply" {
			t.Errorf("got %s", got.Header.Type)
		}
		receive(t, client.Messages(IOPub)) // iopub_welcome
		if got := receive(t, client.Messages(IOPub)); got.Header.Type != "status" {
			t.Errorf("got %s", got.Header.Type)
		}
	}
}

// A subscriber that reads nothing holds nobody up for long, and one that reads
// gets everything in order, however much it is.
func TestStalledSubscriber(t *testing.T) {
	c := connection(t)
	s := open(t, c)
	stalled := connect(t, c) // nobody reads stalled.Messages(IOPub)
	for _, p := range s.IOPub.connected() {
		p.stall = 100 * time.Millisecond
	}
	reader := connect(t, c)
	if got := receive(t, reader.Messages(IOPub)); got.Header.Type != "iopub_welcome" {
		t.Fatalf("got %s before the welcome", got.Header.Type)
	}

	const n = 120 // more than the 64 messages that a client takes unread, and highWater
	text := strings.Repeat("x", 1<<20)
	go func() {
		for i := range n {
			m, err := s.IOPub.origin.NewMessage("stream", Header{}, map[string]any{"n": i, "text": text})
			if err != nil || s.IOPub.Publish(m) != nil || s.IOPub.Wait(context.Background()) != nil {
				t.Error("publish failed")
			}
		}
	}()
	for i := range n {
		var content struct{ N int }
		if err := receive(t, reader.Messages(IOPub)).Decode(&content); err != nil || content.N != i {
			t.Fatalf("message %d: got %d, %v", i, content.N, err)
		}
	}
	for {
		select {
		case _, connected := <-stalled.Messages(IOPub):
			if connected {
				continue // it sees the end once it has read what came before
			}
		case <-time.After(10 * time.Second):
			t.Error("the stalled subscriber is still connected")
		}
		break
	}
}

func TestConnectionFile(t *testing.T) {
	c := connection(t)
	path := filepath.Join(t.TempDir(), "kernel.json")
	if err := c.Write(path); err != nil {
		t.Fatal(err)
	}
	got, err := ReadConnection(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, got); diff != "" {
		t.Error(diff)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("the key can be read by others: %v, %v", info.Mode(), err)
	}

	bad := map[string]struct{ text, want string }{
		"not JSON":         {"{", "not what Jupyter writes"},
		"no port":          {`{"ip":"127.0.0.1"}`, "shell_port"},
		"no address":       {`{}`, "ip is missing"},
		"other transport":  {`{"transport":"carrier pigeon"}`, "carrier pigeon"},
		"other signatures": {`{"key":"k","signature_scheme":"hmac-md5"}`, "hmac-md5"},
	}
	for name, test := range bad {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := ReadConnection(path)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v; want an error that names the file and %q", err, test.want)
			}
		})
	}
}
