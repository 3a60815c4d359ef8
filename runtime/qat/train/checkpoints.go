package train

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"

	"setun/runtime/qat/checkpoint"
)

// Checkpoints is a hook that keeps the state of a run in a folder: after every so
// many steps or at every measurement, and when the run ends or is interrupted.
// A run that starts from such a file, by [Config].Resume, is the same to the bit
// as one that never stopped.
//
// Files are written while the run goes on: a step waits only for the state to be
// copied. A checkpoint that falls due while the last one is still being written
// is taken after the step at which that is done. One that is kept for being the
// best cannot wait, and does wait for the last one.
//
// The settings of the run are in the folder too, as config.json: see
// [ReadSettings].
type Checkpoints struct {
	NoHook
	Folder   string
	Every    int // steps from one to the next; 0: at every measurement
	KeepLast int // the newest that are kept; 2 if 0
	KeepBest int // those with the smallest loss at a measurement, beside the newest

	run     *Run // that was started
	folder  checkpoint.Folder
	files   []kept
	due     bool
	state   checkpoint.File // being written, or to be used again
	busy    chan error      // holds the result of the last write until somebody looks; nil: none
	written kept            // by the write under way
}

// kept is a file in the folder.
type kept struct {
	step int
	loss float64 // at its measurement; NaN: not measured
}

// Name is the hook's.
func (c *Checkpoints) Name() string { return "Checkpoints" }

// Priority is late: the state is that after all other hooks.
func (c *Checkpoints) Priority() int { return 1000 }

// Start looks at what is in the folder.
func (c *Checkpoints) Start(l *Loop) error {
	if c.Every < 0 || c.KeepLast < 0 || c.KeepBest < 0 {
		return fmt.Errorf("a checkpoint every %d steps, of which the last %d and the best %d are kept; want none of them negative", c.Every, c.KeepLast, c.KeepBest)
	}
	c.folder = checkpoint.Folder(c.Folder)
	if err := os.MkdirAll(c.Folder, 0o755); err != nil {
		return err
	}
	c.wait(l)
	if err := c.folder.Clean(); err != nil {
		return err
	}
	if err := c.find(l); err != nil {
		return err
	}
	c.run, c.due = l.Run, false
	if err := l.Run.Settings().Write(filepath.Join(c.Folder, "config.json")); err != nil {
		return err
	}
	return l.nameRun()
}

// find lists the files in the folder that are of this run.
func (c *Checkpoints) find(l *Loop) error {
	all, err := c.folder.List()
	if err != nil {
		return err
	}
	again := c.run == l.Run
	if len(all) > 0 && l.Run.Steps == 0 && !again {
		return fmt.Errorf("%s has checkpoints of a run already, the newest is %s: go on with it by resuming from %s, or choose another folder", c.Folder, filepath.Base(all[0]), c.Folder)
	}
	c.files = nil
	for _, name := range all {
		text, err := checkpoint.Describe(name)
		if err != nil {
			continue // it is no use, but it is not ours to remove
		}
		var r record
		switch err := json.Unmarshal(text, &r); {
		case err != nil:
		case r.Steps <= l.Run.Steps:
			c.files = append(c.files, kept{r.Steps, measuredLoss(r.Measured, r.Steps)})
		case again: // the run went back to before this one
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	return nil
}

// measuredLoss is that of the measurement after so many steps, NaN without one.
func measuredLoss(all []EpochStat, steps int) float64 {
	if n := len(all); n > 0 && all[n-1].Step == steps && all[n-1].Measured().N > 0 {
		return all[n-1].Measured().Loss
	}
	return math.NaN()
}

// AfterStep takes a checkpoint if one is due. Where the step is to be measured,
// that comes first.
func (c *Checkpoints) AfterStep(l *Loop) error {
	if c.Every > 0 && l.Run.Steps%c.Every == 0 {
		c.due = true
	}
	if c.due && !l.measuredAt(l.Run.Steps) && c.ready(l) {
		return c.save(l)
	}
	return nil
}

// Measured takes a checkpoint if one is due, or if it is to be kept as one of the
// best.
func (c *Checkpoints) Measured(l *Loop, stat EpochStat) error {
	c.due = c.due || c.Every == 0
	best := c.KeepBest > 0 && c.isBest(measuredLoss(l.Run.Epochs, l.Run.Steps))
	if best || c.due && c.ready(l) {
		return c.save(l)
	}
	return nil
}

// isBest reports whether so small a loss is one of the best.
func (c *Checkpoints) isBest(loss float64) bool {
	better := 0
	for _, k := range c.files {
		if k.loss <= loss {
			better++
		}
	}
	return finite(loss) && better < c.KeepBest
}

// Finish keeps the last state, and waits until it is on the disk. What a run
// that failed has last is not kept.
func (c *Checkpoints) Finish(l *Loop) error {
	c.wait(l)
	if _, interrupted := l.Err.(*Interrupted); l.Err != nil && !interrupted {
		return nil
	}
	steps := l.Run.Steps
	there := slices.ContainsFunc(c.files, func(k kept) bool { return k.step == steps })
	if steps > 0 && (!there || l.Run.Stopped != "") { // of a stopped run, with the reason
		if err := c.save(l); err != nil {
			return err
		}
		c.wait(l)
	}
	return nil
}

// ready reports whether no file is being written.
func (c *Checkpoints) ready(l *Loop) bool {
	if c.busy == nil {
		return true
	}
	select {
	case err := <-c.busy:
		c.done(l, err)
		return true
	default:
		return false
	}
}

// wait is until no file is being written.
func (c *Checkpoints) wait(l *Loop) {
	if c.busy != nil {
		c.done(l, <-c.busy)
	}
}

// done takes note of a write that has ended. A run does not end because a disk is
// full: the next checkpoint may find room, and the person is told.
func (c *Checkpoints) done(l *Loop, err error) {
	c.busy = nil
	if err != nil {
		l.Run.note("%v", err)
		return
	}
	c.files = append(slices.DeleteFunc(c.files, func(k kept) bool { return k.step == c.written.step }), c.written)
	c.prune(l)
}

// save copies the state and has it written.
func (c *Checkpoints) save(l *Loop) error {
	c.wait(l)
	if err := l.capture(&c.state); err != nil {
		return err
	}
	c.due = false
	c.written = kept{l.Run.Steps, measuredLoss(l.Run.Epochs, l.Run.Steps)}
	path, busy := c.folder.Path(l.Run.Steps), make(chan error, 1)
	c.busy = busy
	go func() { busy <- checkpoint.Write(path, &c.state) }()
	return nil
}

// prune removes the files that are neither of the newest nor of the best.
func (c *Checkpoints) prune(l *Loop) {
	slices.SortFunc(c.files, func(a, b kept) int { return b.step - a.step })
	keep := map[int]bool{}
	for _, k := range c.files[:min(cmp.Or(c.KeepLast, 2), len(c.files))] {
		keep[k.step] = true
	}
	best := slices.DeleteFunc(slices.Clone(c.files), func(k kept) bool { return math.IsNaN(k.loss) })
	slices.SortStableFunc(best, func(a, b kept) int { return cmp.Compare(a.loss, b.loss) })
	for _, k := range best[:min(c.KeepBest, len(best))] {
		keep[k.step] = true
	}
	c.files = slices.DeleteFunc(c.files, func(k kept) bool {
		if keep[k.step] {
			return false
		}
		if err := os.Remove(c.folder.Path(k.step)); err != nil && !os.IsNotExist(err) {
			l.Run.note("checkpoint: %v", err)
		}
		return true
	})
}
