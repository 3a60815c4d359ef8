package train

import (
	"context"
	"slices"
	"time"
)

// toMeasure reports whether the run is to be measured before it goes on: it is
// at the end of an epoch, or after so many steps, or at the end of what was
// planned, and has not been measured there.
func (l *Loop) toMeasure() bool {
	run := l.Run
	if run.Steps == 0 || len(run.Epochs) > 0 && run.Epochs[len(run.Epochs)-1].Step == run.Steps {
		return false
	}
	return l.measuredAt(run.Steps)
}

// measuredAt reports whether there is a measurement after so many steps.
func (l *Loop) measuredAt(steps int) bool {
	return steps%l.measureEvery() == 0 || l.ends(steps)
}

// measureEvery is the number of steps from one measurement to the next.
func (l *Loop) measureEvery() int {
	if n := l.Run.Config.MeasureEvery; n > 0 {
		return n
	}
	return l.Run.StepsPerEpoch
}

// ends reports whether a part of the plan, or the run, ends after so many steps.
func (l *Loop) ends(steps int) bool {
	return slices.Contains(l.Run.plans, steps) || l.stop != "" && steps == l.Run.Steps
}

// measure evaluates the model and notes the result: on the validation split, and
// at the end on the test split; where there is no validation split, always on the
// test split.
func (l *Loop) measure(ctx context.Context) error {
	began := time.Now()
	run, d := l.Run, l.Data
	last := run.History[len(run.History)-1]
	stat := EpochStat{
		Epoch: (run.Steps + run.StepsPerEpoch - 1) / run.StepsPerEpoch,
		Step:  run.Steps,
		Train: run.Train,
		LR:    last.LR,
	}
	var err error
	if d.Validation != nil {
		stat.Validation, err = Evaluate(ctx, l.Model, d.Validation, 0)
	}
	if d.Test != nil && err == nil && (d.Validation == nil || l.ends(run.Steps)) {
		stat.Test, err = Evaluate(ctx, l.Model, d.Test, 0)
	}
	if ctx.Err() != nil {
		return l.interrupted(ctx)
	}
	if err != nil {
		return err
	}
	stat.Seconds = l.clock.elapsed().Seconds()
	run.Validation = stat.Validation
	if stat.Test.N > 0 {
		run.Test = stat.Test
	}
	run.Epochs = append(run.Epochs, stat)
	l.clock.measuring = time.Since(began)
	if m := stat.Measured(); m.N > 0 && !finite(m.Loss) {
		return &Diverged{Step: run.Steps, Loss: m.Loss, LR: last.LR, Where: "at a measurement, after the step", Run: run}
	}
	return l.each(func(h Hook) error { return h.Measured(l, stat) })
}

// test measures the test split at the end, if that was not known for the end when
// the rest was measured: a hook stopped the run because of the measurement.
func (l *Loop) test(ctx context.Context) error {
	run, d := l.Run, l.Data
	last := len(run.Epochs) - 1
	if d.Test == nil || last < 0 || run.Epochs[last].Step != run.Steps || run.Epochs[last].Test.N > 0 {
		return nil
	}
	test, err := Evaluate(ctx, l.Model, d.Test, 0)
	if ctx.Err() != nil {
		return l.interrupted(ctx)
	}
	if err != nil {
		return err
	}
	run.Test, run.Epochs[last].Test = test, test
	return nil
}
