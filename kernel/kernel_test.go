package kernel

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"setun/kernel/wire"
)

func TestExecute(t *testing.T) {
	f := start(t)
	tests := []struct {
		name, code string
		options    []string
		reply      content
		outputs    []string
	}{
		{
			name: "stdout and stderr keep their order",
			code: "print one\neprint two\nprint three",
			reply: content{
				"status": "ok", "execution_count": 1.0, "payload": []any{}, "user_expressions": map[string]any{},
			},
			outputs: []string{
				`stream {"name":"stdout","text":"one\n"}`,
				`stream {"name":"stderr","text":"two\n"}`,
				`stream {"name":"stdout","text":"three\n"}`,
			},
		},
		{
			name: "result",
			code: "print <first>\nresult 42",
			reply: content{
				"status": "ok", "execution_count": 2.0, "payload": []any{}, "user_expressions": map[string]any{},
			},
			outputs: []string{
				`stream {"name":"stdout","text":"<first>\n"}`,
				`execute_result {"data":{"text/plain":"42"},"execution_count":2,"metadata":{},"transient":{}}`,
			},
		},
		{
			name: "displays among text",
			code: "print a\nshow b\nprint c\nupdate d\nclear\nprint e",
			reply: content{
				"status": "ok", "execution_count": 3.0, "payload": []any{}, "user_expressions": map[string]any{},
			},
			outputs: []string{
				`stream {"name":"stdout","text":"a\n"}`,
				`display_data {"data":{"image/png":"iVBORw==","text/plain":"b"},"metadata":{},"transient":{"display_id":"id"}}`,
				`stream {"name":"stdout","text":"c\n"}`,
				`update_display_data {"data":{"text/plain":"d"},"metadata":{},"transient":{"display_id":"id"}}`,
				`clear_output {"wait":true}`,
				`stream {"name":"stdout","text":"e\n"}`,
			},
		},
		{
			name: "error",
			code: "print a\nfail no",
			reply: content{
				"status": "error", "execution_count": 4.0,
				"ename": "Fake", "evalue": "no", "traceback": []any{"Fake: no"},
			},
			outputs: []string{
				`stream {"name":"stdout","text":"a\n"}`,
				`error {"ename":"Fake","evalue":"no","traceback":["Fake: no"]}`,
			},
		},
		{
			name: "page",
			code: "page help",
			reply: content{
				"status": "ok", "execution_count": 5.0, "user_expressions": map[string]any{},
				"payload": []any{map[string]any{
					"source": "page", "start": 0.0, "data": map[string]any{"text/plain": "help"},
				}},
			},
		},
		{
			name:    "silent",
			code:    "print a\nshow b\nresult c",
			options: []string{"silent=true", "store_history=true"},
			reply: content{
				"status": "ok", "execution_count": 6.0, "payload": []any{}, "user_expressions": map[string]any{},
			},
		},
		{
			name:    "not stored",
			code:    "result a",
			options: []string{"store_history=false"},
			reply: content{
				"status": "ok", "execution_count": 6.0, "payload": []any{}, "user_expressions": map[string]any{},
			},
			outputs: []string{`execute_result {"data":{"text/plain":"a"},"execution_count":6,"metadata":{},"transient":{}}`},
		},
		{
			name: "a value that JSON cannot hold",
			code: "nan",
			reply: content{
				"status": "ok", "execution_count": 6.0, "payload": []any{}, "user_expressions": map[string]any{},
			},
			outputs: []string{
				`execute_result {"data":{"text/plain":"application/vnd.vegalite.v5+json cannot be shown: json: unsupported value: NaN"},"execution_count":6,"metadata":{},"transient":{}}`,
			},
		},
		{
			name: "the session panics",
			code: "panic",
			reply: content{
				"status": "error", "execution_count": 7.0, "ename": "KernelPanic",
				"evalue":    "the kernel failed over this request, please report it: the session is broken",
				"traceback": []any{"KernelPanic: the kernel failed over this request, please report it: the session is broken"},
			},
			outputs: []string{
				`error {"ename":"KernelPanic","evalue":"the kernel failed over this request, please report it: the session is broken","traceback":["KernelPanic: the kernel failed over this request, please report it: the session is broken"]}`,
			},
		},
	}
	for _, test := range tests {
		reply, outputs := f.run(test.code, test.options...)
		if diff := cmp.Diff(test.reply, reply); diff != "" {
			t.Errorf("%s: reply (-want +got)\n%s", test.name, diff)
		}
		if diff := cmp.Diff(test.outputs, outputs); diff != "" {
			t.Errorf("%s: outputs (-want +got)\n%s", test.name, diff)
		}
	}
}

func TestExecuteInput(t *testing.T) {
	f := start(t)
	_, messages := f.ask("execute_request", content{"code": "print a"})
	if got := string(messages[0].Content); got != `{"code":"print a","execution_count":1}` {
		t.Errorf("execute_input %s", got)
	}
	_, messages = f.ask("execute_request", content{"code": "print a", "silent": true})
	if len(messages) > 0 {
		t.Errorf("a silent cell published %s", messages[0].Header.Type)
	}
}

func TestUserExpressions(t *testing.T) {
	f := start(t)
	reply, _ := f.ask("execute_request", content{
		"code":             "",
		"user_expressions": content{"good": "x", "bad": "bad", "worse": "panic"},
	})
	got := reply["user_expressions"].(map[string]any)
	want := map[string]any{"status": "ok", "data": map[string]any{"text/plain": "value of x"}, "metadata": map[string]any{}}
	if diff := cmp.Diff(want, got["good"]); diff != "" {
		t.Error(diff)
	}
	for name, ename := range map[string]string{"bad": "Fake", "worse": "KernelPanic"} {
		if e := got[name].(map[string]any); e["status"] != "error" || e["ename"] != ename {
			t.Errorf("%s: %v", name, e)
		}
	}
}

// A failure aborts the cells that wait behind it, and no later ones.
func TestStopOnError(t *testing.T) {
	for _, stop := range []bool{true, false} {
		f := start(t)
		var ids []string
		for _, code := range []string{"sleep", "print b", "print c"} {
			ids = append(ids, f.send(wire.Shell, "execute_request", content{"code": code, "stop_on_error": stop}))
		}
		for m := f.next(wire.IOPub); m.Header.Type != "execute_input"; { // the first runs
			m = f.next(wire.IOPub)
		}
		f.reply(wire.Control, f.send(wire.Control, "interrupt_request", nil))
		want := "Aborted"
		if !stop {
			want = ""
		}
		f.reply(wire.Shell, ids[0])
		for _, id := range ids[1:] {
			reply := f.reply(wire.Shell, id)
			if got, _ := reply["ename"].(string); got != want {
				t.Errorf("stop_on_error %v: reply %v", stop, reply)
			}
			if reply["execution_count"] == nil {
				t.Error("no execution_count")
			}
		}
		f.awaitIdle(len(ids) + 1)
		if reply, _ := f.run("print d"); reply["status"] != "ok" {
			t.Errorf("after the failure: %v", reply)
		}
	}
}

func TestInput(t *testing.T) {
	f := start(t)
	var question *wire.Message
	ask := func(code string) (id string, prompt content) {
		id = f.send(wire.Shell, "execute_request", content{"code": code, "allow_stdin": true})
		question = f.next(wire.Stdin)
		if question.Header.Type != "input_request" || question.Parent.ID != id {
			t.Fatalf("%s for %s", question.Header.Type, question.Parent.ID)
		}
		return id, decode(t, question)
	}
	answer := func(id, value string) (printed string) {
		f.send(wire.Stdin, "input_reply", content{"value": value})
		f.reply(wire.Shell, id)
		outputs := f.outputs(id)
		return decode(t, outputs[len(outputs)-1])["text"].(string)
	}

	id, prompt := ask("ask name?")
	if diff := cmp.Diff(content{"prompt": "name?", "password": false}, prompt); diff != "" {
		t.Error(diff)
	}
	// The heartbeat, control and iopub live while a person thinks.
	control := f.send(wire.Control, "kernel_info_request", nil)
	f.reply(wire.Control, control)
	if err := f.Alive(t.Context()); err != nil {
		t.Error(err)
	}
	for range 4 { // busy and execute_input of the cell, busy and idle of control
		f.next(wire.IOPub)
	}
	f.send(wire.Stdin, "input_reply", content{"value": "Ada"})
	f.reply(wire.Shell, id)
	if m := f.next(wire.IOPub); string(m.Content) != `{"name":"stdout","text":"Ada"}` {
		t.Errorf("got %s", m.Content)
	}
	f.next(wire.IOPub)

	id, prompt = ask("secret word?")
	if prompt["password"] != true {
		t.Errorf("prompt %v", prompt)
	}
	if got := answer(id, "\x04"); got != "end of input" {
		t.Errorf("Ctrl-D gave %q", got)
	}

	// An answer that nobody waits for is not the next question's.
	id, _ = ask("ask name?")
	f.reply(wire.Control, f.send(wire.Control, "interrupt_request", nil))
	if reply := f.reply(wire.Shell, id); reply["ename"] != "Input" {
		t.Errorf("interrupted: %v", reply)
	}
	late, err := f.NewMessage("input_reply", content{"value": "late"})
	if err != nil {
		t.Fatal(err)
	}
	late.Parent = question.Header
	f.awaitIdle(2)
	id, _ = ask("ask again?")
	if err := f.SendMessage(wire.Stdin, late); err != nil {
		t.Fatal(err)
	}
	if got := answer(id, "prompt"); got != "prompt" {
		t.Errorf("got %q", got)
	}

	reply, _ := f.run("ask name?", "allow_stdin=false")
	if evalue, _ := reply["evalue"].(string); !strings.Contains(evalue, "allow_stdin") {
		t.Errorf("without stdin: %v", reply)
	}
}

func TestInterrupt(t *testing.T) {
	f := start(t)
	id := f.send(wire.Shell, "execute_request", content{"code": "print a\nsleep"})
	for m := f.next(wire.IOPub); m.Header.Type != "stream"; { // the cell runs
		m = f.next(wire.IOPub)
	}
	if reply := f.reply(wire.Control, f.send(wire.Control, "interrupt_request", nil)); reply["status"] != "ok" {
		t.Errorf("interrupt_reply %v", reply)
	}
	if reply := f.reply(wire.Shell, id); reply["ename"] != "Interrupted" {
		t.Errorf("execute_reply %v", reply)
	}
	f.awaitIdle(2)
	// Between cells there is nothing to interrupt, and the next cell runs.
	id = f.send(wire.Control, "interrupt_request", nil)
	f.reply(wire.Control, id)
	f.outputs(id)
	if reply, _ := f.run("print b"); reply["status"] != "ok" {
		t.Errorf("after the interrupt: %v", reply)
	}
}

func TestShutdown(t *testing.T) {
	for _, code := range []string{"", "sleep", "hang"} {
		t.Run(code, func(t *testing.T) {
			f := start(t)
			f.send(wire.Shell, "execute_request", content{"code": "print a\n" + code})
			for m := f.next(wire.IOPub); m.Header.Type != "stream"; {
				m = f.next(wire.IOPub)
			}
			id := f.send(wire.Control, "shutdown_request", content{"restart": true})
			reply := f.reply(wire.Control, id)
			if diff := cmp.Diff(content{"status": "ok", "restart": true}, reply); diff != "" {
				t.Error(diff)
			}
			select {
			case err := <-f.ended:
				if err != nil {
					t.Error(err)
				}
			case <-time.After(patience):
				t.Error("the kernel goes on")
			}
			idle := false
			for m := range f.Messages(wire.IOPub) {
				idle = idle || m.Parent.ID == id && decode(t, m)["execution_state"] == "idle"
			}
			if !idle {
				t.Error("the last idle is lost")
			}
		})
	}
}

func TestCompleteCountsCharacters(t *testing.T) {
	f := start(t)
	reply, _ := f.ask("complete_request", content{"code": "ä𝄞 grö und", "cursor_pos": 6})
	want := content{
		"status": "ok", "matches": []any{"größer"}, "cursor_start": 3.0, "cursor_end": 6.0,
		"metadata": map[string]any{"_jupyter_types_experimental": []any{map[string]any{
			"text": "größer", "type": "function", "signature": "func größer()", "start": 3.0, "end": 6.0,
		}}},
	}
	if diff := cmp.Diff(want, reply); diff != "" {
		t.Error(diff)
	}
}

func TestByteOffset(t *testing.T) {
	const text = "aä𝄞z" // 1, 2, 4 and 1 bytes
	for n, want := range map[int]int{-1: 0, 0: 0, 1: 1, 2: 3, 3: 7, 4: 8, 5: 8} {
		if got := byteOffset(text, n); got != want {
			t.Errorf("byteOffset(%d) = %d, want %d", n, got, want)
		}
	}
	for offset, want := range map[int]int{-1: 0, 0: 0, 1: 1, 3: 2, 7: 3, 8: 4, 9: 4} {
		if got := characters(text, offset); got != want {
			t.Errorf("characters(%d) = %d, want %d", offset, got, want)
		}
	}
}

func TestInspectAndIsComplete(t *testing.T) {
	f := start(t)
	tests := []struct {
		msgType string
		request content
		want    content
	}{
		{
			"inspect_request",
			content{"code": "äx", "cursor_pos": 1, "detail_level": 1},
			content{"status": "ok", "found": true, "data": map[string]any{"text/plain": "äx at 2, detail 1"}, "metadata": map[string]any{}},
		},
		{
			"inspect_request",
			content{"code": "", "cursor_pos": 0},
			content{"status": "ok", "found": false, "data": map[string]any{}, "metadata": map[string]any{}},
		},
		{"is_complete_request", content{"code": "if x {"}, content{"status": "incomplete", "indent": "\t"}},
		{"is_complete_request", content{"code": "x"}, content{"status": "complete"}},
		{"comm_info_request", content{}, content{"status": "ok", "comms": map[string]any{}}},
	}
	for _, test := range tests {
		reply, _ := f.ask(test.msgType, test.request)
		if diff := cmp.Diff(test.want, reply); diff != "" {
			t.Errorf("%s %v (-want +got)\n%s", test.msgType, test.request, diff)
		}
	}
}

func TestCommOfUnknownTarget(t *testing.T) {
	f := start(t)
	id := f.send(wire.Shell, "comm_open", content{"comm_id": "c1", "target_name": "nobody", "data": content{}})
	outputs := f.outputs(id)
	if len(outputs) != 1 || outputs[0].Header.Type != "comm_close" || decode(t, outputs[0])["comm_id"] != "c1" {
		t.Errorf("got %v", outputs)
	}
	id = f.send(wire.Shell, "comm_msg", content{"comm_id": "c1", "data": content{}})
	if outputs := f.outputs(id); len(outputs) > 0 {
		t.Errorf("got %v", outputs)
	}
}

func TestKernelInfo(t *testing.T) {
	f := start(t)
	for _, channel := range []wire.Channel{wire.Shell, wire.Control} {
		id := f.send(channel, "kernel_info_request", nil)
		m := f.next(channel)
		if m.Header.Session == f.session() || m.Header.Session == "" {
			t.Error("the kernel's session id is not its own")
		}
		info := decode(t, m)
		if info["status"] != "ok" || info["protocol_version"] != "5.5" || info["implementation"] != "setun" {
			t.Errorf("%s: %v", channel, info)
		}
		f.outputs(id)
	}
	id := f.send(wire.Control, "usage_request", nil)
	if usage := f.reply(wire.Control, id); usage["pid"] == nil || usage["kernel_memory"].(float64) <= 0 {
		t.Errorf("usage %v", usage)
	}
}

func (f *front) session() string {
	m, err := f.NewMessage("x", nil)
	if err != nil {
		f.Fatal(err)
	}
	return m.Header.Session
}

// What is wrong with one request stays with it.
func TestBadRequests(t *testing.T) {
	f := start(t)
	f.run("print a")
	for msgType, c := range map[string]content{
		"execute_request":  {"code": 1},
		"complete_request": {"code": []int{}},
		"history_request":  {"hist_access_type": "oracle"},
		"debug_request":    {},
		"no_such_request":  {},
	} {
		reply, _ := f.ask(msgType, c)
		if reply["status"] != "error" || reply["evalue"] == "" {
			t.Errorf("%s: %v", msgType, reply)
		}
	}
	id := f.send(wire.Shell, "nonsense", nil) // is no request, so has no reply
	f.outputs(id)

	other := f.connection
	other.Key = "another key"
	ctx := t.Context()
	stranger, err := wire.Connect(ctx, other)
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	if _, err := stranger.Send(wire.Shell, "execute_request", content{"code": "print stranger"}); err != nil {
		t.Fatal(err)
	}
	if reply, _ := f.run("print b"); reply["execution_count"] != 2.0 {
		t.Errorf("after the bad requests: %v", reply)
	}
}

// Two front ends: each gets its own replies, both see all output.
func TestTwoFrontEnds(t *testing.T) {
	a := start(t)
	b := &front{T: t, Client: connect(t, a.connection)}
	for _, f := range []*front{a, b, a} {
		id := f.send(wire.Shell, "execute_request", content{"code": "print x"})
		f.reply(wire.Shell, id)
		if n := len(a.outputs(id)); n != 2 {
			t.Errorf("a saw %d messages", n)
		}
		if n := len(b.outputs(id)); n != 2 {
			t.Errorf("b saw %d messages", n)
		}
	}
}

func TestHistory(t *testing.T) {
	f := start(t)
	for _, code := range []string{"result 1", "print a", "result 1", "print b", "print [c]"} {
		f.run(code)
	}
	f.run("print hidden", "store_history=false")
	tests := []struct {
		request content
		want    string
	}{
		{content{"hist_access_type": "tail", "n": 2}, "4 print b|5 print [c]"},
		{content{"hist_access_type": "tail", "n": 9}, "1 result 1|2 print a|3 result 1|4 print b|5 print [c]"},
		{content{"hist_access_type": "tail", "n": 0}, ""},
		{content{"hist_access_type": "range", "session": 1, "start": 2, "stop": 4}, "2 print a|3 result 1"},
		{content{"hist_access_type": "range", "session": 0, "start": 4}, "4 print b|5 print [c]"},
		{content{"hist_access_type": "range", "session": 7, "start": 1}, ""},
		{content{"hist_access_type": "search", "pattern": "result*"}, "1 result 1|3 result 1"},
		{content{"hist_access_type": "search", "pattern": "result*", "unique": true}, "3 result 1"},
		{content{"hist_access_type": "search", "pattern": "*", "n": 1}, "5 print [c]"},
		{content{"hist_access_type": "search", "pattern": "print ?"}, "2 print a|4 print b"},
		{content{"hist_access_type": "search", "pattern": "print [a-z]"}, "2 print a|4 print b"},
		{content{"hist_access_type": "search", "pattern": "print [[]c]"}, "5 print [c]"},
		{content{"hist_access_type": "search", "pattern": "print"}, ""},
	}
	for _, test := range tests {
		reply, _ := f.ask("history_request", test.request)
		var got []string
		for _, e := range reply["history"].([]any) {
			e := e.([]any)
			got = append(got, fmt.Sprintf("%v %v", e[1], e[2]))
		}
		if got := strings.Join(got, "|"); got != test.want {
			t.Errorf("%v\n got %s\nwant %s", test.request, got, test.want)
		}
	}
	reply, _ := f.ask("history_request", content{"hist_access_type": "range", "start": 1, "stop": 3, "output": true})
	want := []any{
		[]any{1.0, 1.0, []any{"result 1", "1"}},
		[]any{1.0, 2.0, []any{"print a", nil}},
	}
	if diff := cmp.Diff(want, reply["history"]); diff != "" {
		t.Error(diff)
	}
}
