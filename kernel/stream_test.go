package kernel

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"setun/kernel/wire"
)

// A flood arrives whole and in order, in few messages.
func TestFlood(t *testing.T) {
	f := start(t)
	const n = 100_000
	id := f.send(wire.Shell, "execute_request", content{"code": fmt.Sprint("flood ", n)})
	f.reply(wire.Shell, id)
	var got, want strings.Builder
	messages := f.outputs(id)[1:]
	for _, m := range messages {
		got.WriteString(decode(t, m)["text"].(string))
	}
	for i := range n {
		fmt.Fprintln(&want, i)
	}
	if got.String() != want.String() {
		t.Errorf("%d bytes arrived, %d were printed", got.Len(), want.Len())
	}
	if len(messages) > n/100 {
		t.Errorf("%d messages for %d lines", len(messages), n)
	}
}

// A goroutine that a cell has left behind prints under that cell.
func TestOutputAfterTheCell(t *testing.T) {
	f := start(t)
	id := f.send(wire.Shell, "execute_request", content{"code": "later on"})
	f.reply(wire.Shell, id)
	f.outputs(id)
	m := f.next(wire.IOPub)
	if m.Header.Type != "stream" || m.Parent.ID != id || decode(t, m)["text"] != "on" {
		t.Errorf("got %s %s", m.Header.Type, m.Content)
	}
}

func TestStreamDelay(t *testing.T) {
	now := time.Now()
	for since, want := range map[time.Duration]time.Duration{
		0:                     nextDelay,
		10 * time.Millisecond: nextDelay - 10*time.Millisecond,
		nextDelay:             firstDelay,
		time.Hour:             firstDelay,
	} {
		s := streams{sent: now.Add(-since)}
		if got := s.delay(now); got != want {
			t.Errorf("%v after the last message: delay %v, want %v", since, got, want)
		}
	}
}

func TestCharactersStayWhole(t *testing.T) {
	var s streams
	s.add("stdout", "a")
	s.add("stderr", "b\xe2\x82")
	if diff := cmp.Diff([]string{"stdout a", "stderr b"}, spell(s.takeComplete())); diff != "" {
		t.Error(diff)
	}
	if got := s.takeComplete(); len(got) != 0 {
		t.Errorf("half a character was taken: %q", got)
	}
	s.add("stderr", "\xac!")
	if diff := cmp.Diff([]string{"stderr €!"}, spell(s.takeComplete())); diff != "" {
		t.Error(diff)
	}
	s.add("stdout", "c\xff")
	s.add("stdout", "\xc3")
	if diff := cmp.Diff([]string{"stdout c\xff\xc3"}, spell(s.takeAll())); diff != "" {
		t.Error(diff)
	}
}

func spell(spans []span) []string {
	var s []string
	for _, p := range spans {
		s = append(s, p.name+" "+string(p.text))
	}
	return s
}

// However text is printed and taken, each stream's text comes out unchanged.
func TestStreamsLoseNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s streams
		want, got := map[string]string{}, map[string]string{}
		take := func(spans []span) {
			for _, p := range spans {
				if len(p.text) == 0 {
					t.Fatal("an empty message")
				}
				got[p.name] += string(p.text)
			}
		}
		for range rapid.IntRange(0, 20).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0:
				take(s.takeComplete())
			case 1:
				take(s.takeAll())
			default:
				name := rapid.SampledFrom([]string{"stdout", "stderr"}).Draw(t, "name")
				text := string(rapid.SliceOfN(rapid.SampledFrom([]byte("a\xe2\x82\xac\xf0\x9d\x84\x9e")), 1, 4).Draw(t, "text"))
				s.add(name, text)
				want[name] += text
			}
		}
		take(s.takeAll())
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if s.size != 0 {
			t.Errorf("size %d of nothing", s.size)
		}
	})
}
