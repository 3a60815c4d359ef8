package bench

import (
	"context"
	"fmt"
	"time"
)

// A side does the same piece of work over and over.
type side struct {
	name string
	// work is how much one piece is, in the unit of the contest: a side that is
	// twice as fast at half the work is no faster.
	work float64
	// time does n pieces and returns the seconds they took.
	time func(ctx context.Context, n int) (float64, error)

	pieces int       // in a turn
	rates  []float64 // work a second, one for each turn
	failed error
}

// loop is the side that calls f: once to warm up, as the peers do, which finds its
// caches and its other threads again after the others' turns; then n times.
func loop(name string, work float64, f func()) *side {
	return &side{name: name, work: work, time: func(_ context.Context, n int) (float64, error) {
		f()
		began := time.Now()
		for range n {
			f()
		}
		return time.Since(began).Seconds(), nil
	}}
}

// A pace is how a contest goes on.
type pace struct {
	// turn is how many seconds a side is at it before the next takes over: long
	// beside the switch, short beside the drift of the clock.
	turn float64
	// rounds is how many turns each side has at least, however long they are.
	rounds int
	budget float64 // seconds for the whole
}

// takeTurns lets the sides run in turns until they have used up the budget, and
// fills in their rates. A side that fails drops out and keeps its error; the
// error that is returned is the context's.
func takeTurns(ctx context.Context, sides []*side, p pace) error {
	for _, s := range sides {
		if s.failed = s.calibrate(ctx, p.turn); ctx.Err() != nil {
			return ctx.Err()
		}
	}
	began := time.Now()
	for round := 0; round < p.rounds || time.Since(began).Seconds() < p.budget; round++ {
		running := 0
		for _, s := range sides {
			if s.failed != nil {
				continue
			}
			seconds, err := s.time(ctx, s.pieces)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err == nil && seconds <= 0 {
				err = fmt.Errorf("%d pieces of work in %g s", s.pieces, seconds)
			}
			if s.failed = err; err != nil {
				continue
			}
			s.rates = append(s.rates, s.work*float64(s.pieces)/seconds)
			running++
		}
		if running == 0 {
			break
		}
	}
	return nil
}

// calibrate finds how many pieces fill a turn. It warms the side up as well.
func (s *side) calibrate(ctx context.Context, turn float64) error {
	const most = 1 << 24
	for n := 1; ; {
		seconds, err := s.time(ctx, n)
		if err != nil {
			return err
		}
		grow := turn / max(seconds, 1e-9)
		if grow <= 2 || n >= most {
			s.pieces = max(1, min(most, int(grow*float64(n))))
			return nil
		}
		n = min(most, int(float64(n)*min(grow, 100)))
	}
}

func (s *side) rate() float64 { return median(s.rates) }
