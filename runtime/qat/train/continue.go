package train

import (
	"context"
	"errors"
	"fmt"
)

// Continue goes on with a run where it stands: to the end of its plan, and then
// for so many steps more, which are a part of the plan of their own, with the
// schedule from its beginning. A run that was interrupted and then continued is
// the same, to the bit, as one that was not interrupted.
//
// The errors are those of [Fit]. A run that diverged cannot go on; one that a
// hook stopped can.
func (r *Run) Continue(ctx context.Context, more int) error {
	switch {
	case r.loop == nil:
		return errors.New("train: this run cannot go on: it was not made by Fit")
	case len(r.History) > r.Steps:
		return fmt.Errorf("train: this run diverged at step %d and cannot go on; begin again, or resume from a checkpoint of it", len(r.History))
	case more < 0 || more > maxSteps-r.Planned:
		return fmt.Errorf("train: %d steps more than %d; want 0 or more, and no more than %d in all", more, r.Planned, maxSteps)
	case r.Steps == r.Planned && more == 0:
		return fmt.Errorf("train: this run has made all of its %d steps; say how many more", r.Planned)
	}
	if more > 0 {
		r.Planned += more
		r.plans = append(r.plans, r.Planned)
		r.loop.Steps = r.Planned
	}
	return r.loop.run(ctx)
}
