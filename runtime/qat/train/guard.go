package train

import (
	"cmp"
	"fmt"

	"setun/runtime/qat/checkpoint"
)

// A Guard is what to do with a run whose loss is no longer a number, or jumps.
// The zero Guard ends the run with a *Diverged error.
type Guard struct {
	// Rollback is how often the run may go back to a state that was good, to go on
	// from there at half the learning rate, before it ends.
	Rollback int `json:"rollback,omitempty"`
	// Spike is how many times the average of the last steps a loss may be; 0 lets
	// it be anything that is a number.
	Spike float64 `json:"spike,omitempty"`
	// Every is the number of steps between the states that are kept in memory to
	// go back to; 100 if 0. One takes as much as the weights and the optimiser.
	Every int `json:"every,omitempty"`
}

// watch is the guard of one run.
type watch struct {
	average   float64 // of the losses
	seen      int
	rollbacks int             // made so far
	halvings  int             // of the learning rate
	since     int             // steps made before the last of them
	good      checkpoint.File // the state to go back to
	kept      int             // steps made when it was kept; -1: none is
}

// spikeSpan is about how many steps the average that a spike is measured by looks
// back over; before so many, no loss is called a spike.
const spikeSpan = 20

// maxHalvings of the learning rate leave nothing of it.
const maxHalvings = 60

// spikes takes note of a loss and reports whether it is too large.
func (w *watch) spikes(loss float64, g Guard) bool {
	if g.Spike > 0 && w.seen >= spikeSpan && loss > g.Spike*w.average {
		return true
	}
	w.seen++
	w.average += (loss - w.average) / float64(min(w.seen, spikeSpan))
	return false
}

// keepGood keeps the state before a step that may turn out to be bad.
func (l *Loop) keepGood() error {
	g := l.Run.Config.OnDivergence
	if g.Rollback <= l.watch.rollbacks || l.watch.kept >= 0 && l.Run.Steps < l.watch.kept+cmp.Or(g.Every, 100) {
		return nil
	}
	if err := l.capture(&l.watch.good); err != nil {
		return err
	}
	l.watch.kept = l.Run.Steps
	return nil
}

// rollBack returns the run to the last good state, at half the learning rate, if
// it may; else it returns bad.
func (l *Loop) rollBack(bad *Diverged) error {
	w, run := &l.watch, l.Run
	if w.rollbacks >= run.Config.OnDivergence.Rollback || w.kept < 0 {
		return bad
	}
	halvings, rollbacks := w.halvings+1, w.rollbacks+1
	if err := l.restoreRun(&w.good); err != nil {
		return fmt.Errorf("train: going back to step %d: %w", w.kept, err)
	}
	l.resumed = &w.good
	if err := l.begin(); err != nil {
		return err
	}
	w.halvings, w.rollbacks, w.since = halvings, rollbacks, run.Steps
	w.average, w.seen = 0, 0
	run.Events = append(run.Events, Event{run.Steps, "went back"})
	run.note("%v: went back to step %d, and on at 1/%d of the learning rate", bad, run.Steps, 1<<halvings)
	return nil
}

func (w *watch) record() watchRecord {
	return watchRecord{w.average, w.seen, w.rollbacks, w.halvings, w.since}
}

func (w *watch) restore(r watchRecord) {
	w.average, w.seen, w.rollbacks, w.halvings, w.since = r.Average, r.Seen, r.Rollbacks, r.Halvings, r.Since
}
