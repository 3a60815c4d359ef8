package dsl

import (
	"errors"
	"fmt"
	"os"

	"github.com/google/uuid"

	"setun/display"
	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/train"
	"setun/runtime/tensor"
)

// Fit trains model on the samples of d, and measures it after every epoch: on
// d.Validation, or where there is none on d.Test. It changes the model's weights.
// Without options it makes 5 epochs in batches of 128 with AdamW at 1e-3.
//
//	run := Fit(model, mnist, Epochs(5), Batch(128), AdamW(1e-3), Cosine())
//	run.Test.Accuracy
//
// In a notebook it draws a live chart of losses, accuracy and learning rate; in
// a program it keeps a line on the terminal. When it is interrupted it returns
// the run so far, which can [Run.Continue]; a loss that stops being a number is an
// error of type *train.Diverged, which says where that began and holds the run so
// far.
func Fit(model nn.Module, d *data.Dataset, opts ...FitOption) *Run {
	var f fitting
	for _, o := range opts {
		o.applyFit(&f)
	}
	config := f.resolve()
	if f.settings != nil && model != nil {
		if err := f.settings.SetSchemes(model); err != nil {
			panic(fmt.Errorf("%s: %w", f.settingsPath, err))
		}
	}
	if len(f.schemes) > 0 {
		if err := nn.With(model, f.schemes...); err != nil {
			panic(err)
		}
	}
	view := newFitView(f.cell)
	config.Observe, config.Code = view.observe, f.cell.Code
	r, err := train.Fit(f.cell.context(), model, d, config)
	run := &Run{r}
	run.show(f.cell, view, err)
	return run
}

// A Run is the record of a [Fit]: what was asked for, what happened at every step,
// and how good the model is now. It is shown as a chart and a table.
//
//	run := Fit(model, mnist, Epochs(5))
//	run.Test.Accuracy
//	run.History[len(run.History)-1].Loss
//	run.Continue(Epochs(5))
type Run struct{ *train.Run }

// Continue goes on with the run: to the end of its plan if it was interrupted, and
// then for as many [Epochs] or [Steps] as are given, which have the [Schedule]
// from its beginning. The numbers are the same as if it had never been
// interrupted.
//
//	run.Continue()          // after an interrupt
//	run.Continue(Epochs(5)) // for more
func (r *Run) Continue(opts ...ContinueOption) *Run {
	var c continuing
	for _, o := range opts {
		o.applyContinue(&c)
	}
	view := newFitView(c.cell)
	r.Config.Observe = view.observe
	err := r.Run.Continue(c.cell.context(), c.steps+c.epochs*r.StepsPerEpoch)
	r.show(c.cell, view, err)
	return r
}

// A ContinueOption is an option of [Run.Continue]: [Epochs], [Steps].
type ContinueOption interface{ applyContinue(*continuing) }

// continuing is what the options of one Continue add up to.
type continuing struct {
	cell          Cell
	epochs, steps int
}

func (c Cell) applyContinue(to *continuing) { to.cell = c }

// show leaves the run shown as it ended, and panics with what it ended by, unless
// that is an interrupt.
func (r *Run) show(c Cell, view fitView, err error) {
	if r.Run != nil && len(r.History) > 0 {
		view.finish(r.Run)
	}
	if _, interrupted := errors.AsType[*train.Interrupted](err); err != nil && !interrupted {
		panic(err)
	}
	c.Shown.add(r)
}

// fitView shows a run while it goes on.
type fitView interface {
	observe(train.Progress)
	finish(*train.Run)
}

func newFitView(c Cell) fitView {
	if c.Sink == nil {
		return &fitLine{newProgressLine(os.Stderr)}
	}
	return &fitChart{display.NewLive(c.Sink, uuid.NewString())}
}

// fitLine is the view in a terminal: one line.
type fitLine struct{ line *progressLine }

func (v *fitLine) observe(p train.Progress) {
	v.line.update(func() string { return progressText(p) })
}

func (v *fitLine) finish(r *train.Run) { v.line.finish(runText(r) + " · " + paceText(r)) }

// fitChart is the view in a notebook: a chart that is redrawn.
type fitChart struct{ live *display.Live }

func (v *fitChart) observe(p train.Progress) {
	v.live.Update(func() display.Bundle {
		b := runChart(p.Run, progressText(p)).Display()
		b.Data[display.MIMEText] = progressText(p)
		return b
	})
}

func (v *fitChart) finish(r *train.Run) { v.live.Finish(runBundle(r)) }

// Evaluate measures model as a classifier on all of split: its mean
// cross-entropy and its accuracy, 0 to 1.
//
//	Evaluate(model, mnist.Test).Accuracy
func Evaluate(model nn.Module, split *data.Split, opts ...CellOption) train.Metrics {
	if model == nil || split == nil {
		panic(errors.New("Evaluate: want a model and a split of a data set, got nil"))
	}
	m, err := train.Evaluate(cellOf(opts).context(), model, split, 0)
	if err != nil {
		panic(err)
	}
	return m
}

// CrossEntropy is the loss of a classifier: the mean over the batch of
// −log softmax(logits)[y], in nats. logits [B, C] are the network's output, y [B]
// the right classes, 0 to C−1. The result is a scalar; its Backward fills the
// gradients of the network's parameters.
//
//	x, y := mnist.Train.Next(128)
//	loss := CrossEntropy(model.Forward(x), y)
//	loss.Backward()
func CrossEntropy(logits *tensor.Tensor, y tensor.Labels) *tensor.Tensor {
	return tensor.CrossEntropy(logits, y)
}
