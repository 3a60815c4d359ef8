package train

import (
	"fmt"
	"slices"
	"time"

	"setun/runtime/qat/nn"
)

// A Run is the record of one training: what was asked for, what happened at
// every step, and how good the model is. A run that was interrupted is as
// usable as one that was not: its model keeps what it has learnt.
type Run struct {
	Model      nn.Module
	Dataset    string // its name
	Parameters int
	Config     Config // with the defaults filled in

	// Train is the mean over the last epoch, measured on each batch before its
	// step; Validation and Test are the last measurements on those splits, not
	// measured if there was none before an interrupt.
	Train, Validation, Test Metrics

	Steps         int // done
	Planned       int // steps that the run was to have
	StepsPerEpoch int
	History       []Point     // one for each step
	Epochs        []EpochStat // one for each measurement: after every epoch or so many steps, and at the end

	Health   []Health    // what a [Monitor] saw
	Averaged []EpochStat // one for each measurement of the averaged weights, with an [Average]
	Events   []Event     // what changed on the way

	Interrupted      bool
	Stopped          string  // why a hook ended the run before its plan did, "" if none
	Seconds          float64 // from start to end
	SamplesPerSecond float64 // while training, measurements not counted

	Memory Memory // of the training so far

	// Resumed is the checkpoint that the run started from, "" if from new weights.
	Resumed string
	// Notes are what a person should know of, although the run went on.
	Notes []string

	schemes []LayerSettings // of the model at the start

	plans []int // the steps at which the parts of the plan end, the last of them Planned
	loop  *Loop // to go on with
}

// note adds to the Notes.
func (r *Run) note(format string, a ...any) {
	if text := fmt.Sprintf(format, a...); !slices.Contains(r.Notes, text) {
		r.Notes = append(r.Notes, text)
	}
}

// Memory is what a training takes, in bytes.
type Memory struct {
	Activations int64 // the most at once in a step: results, what the backward needs of them, workspace
	Parameters  int64 // latent weights in float32
	Gradients   int64 // of the parameters
	Optimizer   int64 // its state
}

// Total is all of it.
func (m Memory) Total() int64 { return m.Activations + m.Parameters + m.Gradients + m.Optimizer }

// A Point is one step of a run.
type Point struct {
	Step int     // 1 for the first
	Loss float64 // mean over the batch, before the step
	LR   float64 // the learning rate of the step

	// GradNorm is the norm of all gradients together, before clipping; 0 in a run
	// without clipping, which does not compute it.
	GradNorm float64
}

// An Event is a change on the way of a run that its losses show: a phase of
// progressive quantisation, a step back to numbers that were good.
type Event struct {
	Step int    `json:"step"` // steps done before it
	Text string `json:"text"` // a few words, for the chart
}

// An EpochStat is a measurement: at the end of an epoch or after so many steps,
// and at the end of the run.
type EpochStat struct {
	Epoch      int // the running one, 1 for the first
	Step       int // steps done by then
	Train      Metrics
	Validation Metrics // not measured without a validation split
	Test       Metrics // with a validation split only at the end of the run
	LR         float64 // of the last step
	Seconds    float64 // since the start of the run
}

// Measured is what decisions on the way are made by: the validation split, or
// where there is none the test split.
func (e EpochStat) Measured() Metrics {
	if e.Validation.N > 0 {
		return e.Validation
	}
	return e.Test
}

// Progress is what an observer of Fit is told.
type Progress struct {
	Run              *Run // so far; only to be read, and only before the observer returns
	Epoch, Epochs    int  // the running one, from 1, and how many there will be
	Step, Steps      int  // done, planned
	Loss, LR         float64
	SamplesPerSecond float64 // lately
	Elapsed, ETA     time.Duration
	Measured         bool // the test split has just been measured
}

// Interrupted is the error of a Fit whose context ended: how far it came, and
// why. The Run beside it is complete up to there.
type Interrupted struct {
	Step, Steps int
	Cause       error
}

func (e *Interrupted) Error() string {
	return fmt.Sprintf("training interrupted after step %d of %d: %v", e.Step, e.Steps, e.Cause)
}

func (e *Interrupted) Unwrap() error { return e.Cause }

// Diverged is the error of a Fit whose loss is no longer a number, or has jumped
// further than its [Guard] allows. The model has not taken that last step.
type Diverged struct {
	Step  int
	Loss  float64
	LR    float64
	Where string // where the numbers stopped being finite
	Run   *Run   // with its history up to the bad loss
}

func (e *Diverged) Error() string {
	return fmt.Sprintf("training diverged: the loss of step %d is %v at a learning rate of %.3g (%s); try a smaller rate or a warm-up", e.Step, e.Loss, e.LR, e.Where)
}
