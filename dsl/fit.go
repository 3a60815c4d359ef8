package dsl

import (
	"errors"
	"os"

	"github.com/google/uuid"

	"setun/display"
	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/train"
	"setun/runtime/tensor"
)

// Fit trains model to classify the samples of d, and measures it on d.Test after
// every epoch. It changes the model's weights. Without options it makes 5
// epochs in batches of 128 with AdamW at 1e-3.
//
//	run := Fit(model, mnist, Epochs(5), Batch(128), AdamW(1e-3), Cosine())
//	run.Test.Accuracy
//
// In a notebook it draws a live chart of losses, accuracy and learning rate; in
// a program it keeps a line on the terminal. When it is interrupted it returns
// the run so far; a loss that stops being a number is an error of type
// *train.Diverged, which holds the run so far.
func Fit(model nn.Module, d *data.Dataset, opts ...FitOption) *train.Run {
	var f fitting
	for _, o := range opts {
		o.applyFit(&f)
	}
	view := newFitView(f.cell)
	config := f.resolve()
	config.Observe = view.observe
	run, err := train.Fit(f.cell.context(), model, d, config)
	if run != nil && len(run.History) > 0 {
		view.finish(run)
	}
	if _, interrupted := errors.AsType[*train.Interrupted](err); err != nil && !interrupted {
		panic(err)
	}
	f.cell.Shown.add(run)
	return run
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
