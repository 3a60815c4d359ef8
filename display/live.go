package display

import (
	"sync"
	"time"
)

const (
	// liveInterval is the shortest time between two updates: JupyterLab needs
	// about 100 ms to rebuild a chart.
	liveInterval = 500 * time.Millisecond
	// liveShare bounds what showing may cost the work that is shown: after an
	// update that took t, the next comes no sooner than liveShare·t later.
	liveShare = 20
)

// Live is one output that changes while work goes on, such as a training
// chart. It starts no goroutine: updates ride on the worker's own calls, at
// most two a second, and a twentieth of its time when building or sending is
// slow. Its methods may be called from any goroutine.
type Live struct {
	sink Sink
	id   string

	mu       sync.Mutex
	shown    bool
	finished bool
	due      time.Time
}

// NewLive returns a live output in sink under the display id.
func NewLive(sink Sink, id string) *Live {
	return &Live{sink: sink, id: id}
}

// Update shows what build returns, or returns at once without calling it when
// the last update is too recent or still under way.
func (l *Live) Update(build func() Bundle) {
	if !l.mu.TryLock() {
		return
	}
	defer l.mu.Unlock()
	start := time.Now()
	if l.finished || start.Before(l.due) {
		return
	}
	l.show(build())
	end := time.Now()
	l.due = start.Add(max(liveInterval, liveShare*end.Sub(start)))
}

// Finish shows b for good; later calls do nothing.
func (l *Live) Finish(b Bundle) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.finished {
		return
	}
	l.finished = true
	l.show(b)
}

func (l *Live) show(b Bundle) {
	if l.shown {
		l.sink.Update(b, l.id)
		return
	}
	l.shown = true
	l.sink.Display(b, l.id)
}
