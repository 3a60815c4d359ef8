package display

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A recorder is a sink that notes what it is sent and takes its time.
type recorder struct {
	delay time.Duration
	mu    sync.Mutex
	calls []string
}

func (r *recorder) note(verb string, b Bundle, id string) {
	time.Sleep(r.delay)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, fmt.Sprintf("%s %s: %s", verb, id, b.Data[MIMEText]))
}

func (r *recorder) Display(b Bundle, id string) { r.note("display", b, id) }
func (r *recorder) Update(b Bundle, id string)  { r.note("update", b, id) }
func (r *recorder) Clear(bool)                  {}

func TestLive(t *testing.T) {
	for _, test := range []struct {
		name  string
		delay time.Duration // of the sink
		every time.Duration // between calls of Update
		calls int
		want  []string
	}{
		{"no update", 0, 0, 0, []string{"display run: last"}},
		{"a hundred a second", 0, 10 * time.Millisecond, 151, []string{
			"display run: 0", "update run: 50", "update run: 100", "update run: 150", "update run: last",
		}},
		{"seldom", 0, time.Second, 3, []string{
			"display run: 0", "update run: 1", "update run: 2", "update run: last",
		}},
		// A send of 100 ms makes the next due 2 s after the first.
		{"a slow sink", 100 * time.Millisecond, 100 * time.Millisecond, 25, []string{
			"display run: 0", "update run: 19", "update run: last",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &recorder{delay: test.delay}
				l := NewLive(r, "run")
				for i := range test.calls {
					l.Update(func() Bundle { return Text(fmt.Sprint(i)) })
					time.Sleep(test.every)
				}
				l.Finish(Text("last"))
				l.Finish(Text("again"))
				time.Sleep(time.Hour)
				l.Update(func() Bundle { return Text("too late") })
				if !slices.Equal(r.calls, test.want) {
					t.Errorf("got %q\nwant %q", r.calls, test.want)
				}
			})
		})
	}
}

// A gate is a sink whose first Display waits to be let through.
type gate struct {
	recorder
	entered, open chan struct{}
}

func (g *gate) Display(b Bundle, id string) {
	close(g.entered)
	<-g.open
	g.recorder.Display(b, id)
}

// While one update is under way others return at once, and Finish comes after
// it.
func TestLiveFromManyGoroutines(t *testing.T) {
	g := &gate{entered: make(chan struct{}), open: make(chan struct{})}
	l := NewLive(g, "run")
	var wg sync.WaitGroup
	wg.Go(func() { l.Update(func() Bundle { return Text("first") }) })
	<-g.entered
	for range 8 {
		l.Update(func() Bundle { t.Error("built while another is sent"); return Bundle{} })
	}
	wg.Go(func() { l.Finish(Text("last")) })
	close(g.open)
	wg.Wait()
	if want := []string{"display run: first", "update run: last"}; !slices.Equal(g.calls, want) {
		t.Errorf("got %q, want %q", g.calls, want)
	}
}
