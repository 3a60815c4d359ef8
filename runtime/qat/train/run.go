package train

import (
	"fmt"
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
	// step; Test is the last measurement on the test split, not measured if
	// there was none before an interrupt.
	Train, Test Metrics

	Steps         int // done
	Planned       int // steps that the run was to have
	StepsPerEpoch int
	History       []Point     // one for each step
	Epochs        []EpochStat // one for each measurement: after every epoch, and at the end

	Interrupted      bool
	Stopped          string  // why a hook ended the run before its plan did, "" if none
	Seconds          float64 // from start to end
	SamplesPerSecond float64 // while training, measurements not counted

	Memory Memory // of the training so far
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
}

// An EpochStat is the state of a run at the end of an epoch, or at its own end.
type EpochStat struct {
	Epoch       int // 1 for the first
	Step        int // steps done by then
	Train, Test Metrics
	LR          float64 // of the last step
	Seconds     float64 // since the start of the run
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

// Diverged is the error of a Fit whose loss is no longer a number. The model
// has not taken that last step.
type Diverged struct {
	Step int
	Loss float64
	LR   float64
	Run  *Run // with its history up to the bad loss
}

func (e *Diverged) Error() string {
	return fmt.Sprintf("training diverged: the loss of step %d is %v at a learning rate of %.3g; try a smaller rate or a warm-up", e.Step, e.Loss, e.LR)
}
