package train

import (
	"context"
	"errors"
	"math"
	"runtime"
	"time"

	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

// Fit trains m as a classifier on d.Train, and measures it on d.Test (if there
// is one) after every epoch and at the end. It changes the parameters of m and
// nothing else: d.Train.Next goes on from where it stood. The batch and what is
// computed from it belong to the [tensor.Scope] of the step: a layer that wants
// to have a tensor beyond it says Keep.
//
// If ctx ends, Fit stops after the current step with an *Interrupted error and
// the run so far; if the loss stops being a number, with a *Diverged error and
// the run so far. Errors of the model, such as a *tensor.ShapeError, are
// returned as they are. The run is nil only if nothing could be started.
func Fit(ctx context.Context, m nn.Module, d *data.Dataset, c Config) (run *Run, err error) {
	defer recoverError(&err)
	c, err = c.filled(m, d)
	if err != nil {
		return nil, err
	}
	f, err := newFit(m, d, c)
	if err != nil {
		return nil, err
	}
	run = f.run
	defer f.finish()
	for run.Steps < run.Planned {
		if ctx.Err() != nil {
			return run, f.interrupted(ctx)
		}
		if err := f.step(); err != nil {
			return run, err
		}
		f.observe(false)
		if run.Steps%run.StepsPerEpoch == 0 || run.Steps == run.Planned {
			if err := f.measure(ctx); err != nil {
				return run, err
			}
			f.observe(true)
		}
	}
	return run, nil
}

// fit is a run while it goes on.
type fit struct {
	run     *Run
	data    *data.Dataset
	sampler *data.Sampler
	opt     *optim.Optimizer
	rate    float64 // the base of the schedule
	scope   *tensor.Scope

	// The batch. Labels and indices are used again for the next step.
	x       *tensor.Tensor // [B, features], of the scope
	y       tensor.Labels  // [B]
	indices []int

	epoch     tally // of the running epoch
	start     time.Time
	training  time.Duration // in steps
	measuring time.Duration // the last measurement
	samples   int
	pace      float64 // seconds a sample, lately
}

// lately is about how many steps the pace is averaged over: other programs come
// and go, and the rest of the run takes what it takes now.
const lately = 100

func newFit(m nn.Module, d *data.Dataset, c Config) (*fit, error) {
	params := m.Params()
	if len(params) == 0 {
		return nil, errors.New("train: the model has no parameters to train")
	}
	run := &Run{Model: m, Dataset: d.Name, Config: c}
	for _, p := range params {
		run.Parameters += p.Len()
	}
	// B samples a batch, and what is left in the last one of an epoch.
	run.StepsPerEpoch = (d.Train.Len() + c.Batch - 1) / c.Batch
	run.Planned = c.Steps
	if c.Epochs > 0 {
		run.Planned = c.Epochs * run.StepsPerEpoch
	}
	run.History = make([]Point, 0, min(run.Planned, 1<<20))
	opt := c.Optimizer.For(m)
	run.Memory = Memory{Parameters: 4 * int64(run.Parameters), Gradients: 4 * int64(run.Parameters), Optimizer: opt.Bytes()}
	f := &fit{
		run:     run,
		data:    d,
		sampler: d.Train.Sampler(c.Seed),
		opt:     opt,
		rate:    opt.LR(),
		scope:   &tensor.Scope{Private: nn.Builtin(m), On: c.On},
		start:   time.Now(),
	}
	return f, nil
}

// step learns from the next batch.
func (f *fit) step() error {
	began := time.Now()
	run := f.run
	if run.Steps%run.StepsPerEpoch == 0 {
		f.epoch = tally{}
	}
	lr := f.rate * run.Config.Schedule(run.Steps, run.Planned)
	f.opt.SetLR(lr)

	defer f.scope.End()
	f.draw(min(run.Config.Batch, f.sampler.Left()))
	logits := run.Model.Forward(f.x)
	loss := tensor.CrossEntropy(logits, f.y)
	l := float64(loss.Item())
	run.History = append(run.History, Point{Step: run.Steps + 1, Loss: l, LR: lr})
	if !finite(l) {
		return &Diverged{Step: run.Steps + 1, Loss: l, LR: lr, Run: run}
	}
	f.epoch.add(l, logits, f.y)
	run.Train = f.epoch.metrics()
	loss.Backward()
	f.opt.Step()

	run.Steps++
	took := time.Since(began)
	f.samples += len(f.y)
	f.training += took
	f.pace += (took.Seconds()/float64(len(f.y)) - f.pace) / float64(min(run.Steps, lately))
	return nil
}

// draw fills the batch with the next n samples.
func (f *fit) draw(n int) {
	if cap(f.y) < n {
		f.y = make(tensor.Labels, n)
		f.indices = make([]int, n)
	}
	f.x, f.y, f.indices = f.scope.New(n, f.data.Train.Features()), f.y[:n], f.indices[:n]
	f.sampler.Indices(f.indices)
	f.data.Train.BatchInto(f.x, f.y, f.indices)
}

// measure closes an epoch: it evaluates on the test split and notes the result.
func (f *fit) measure(ctx context.Context) error {
	began := time.Now()
	run := f.run
	if f.data.Test != nil {
		test, err := Evaluate(ctx, run.Model, f.data.Test, 0)
		if ctx.Err() != nil {
			return f.interrupted(ctx)
		}
		if err != nil {
			return err
		}
		run.Test = test
	}
	last := run.History[len(run.History)-1]
	run.Epochs = append(run.Epochs, EpochStat{
		Epoch:   (run.Steps + run.StepsPerEpoch - 1) / run.StepsPerEpoch,
		Step:    run.Steps,
		Train:   run.Train,
		Test:    run.Test,
		LR:      last.LR,
		Seconds: time.Since(f.start).Seconds(),
	})
	f.measuring = time.Since(began)
	if run.Test.N > 0 && !finite(run.Test.Loss) {
		return &Diverged{Step: run.Steps, Loss: run.Test.Loss, LR: last.LR, Run: run}
	}
	return nil
}

func (f *fit) interrupted(ctx context.Context) error {
	f.run.Interrupted = true
	return &Interrupted{Step: f.run.Steps, Steps: f.run.Planned, Cause: context.Cause(ctx)}
}

func (f *fit) observe(measured bool) {
	run := f.run
	f.finish()
	if run.Config.Observe == nil {
		return
	}
	last := run.History[len(run.History)-1]
	run.Config.Observe(Progress{
		Run:              run,
		Epoch:            (run.Steps + run.StepsPerEpoch - 1) / run.StepsPerEpoch,
		Epochs:           (run.Planned + run.StepsPerEpoch - 1) / run.StepsPerEpoch,
		Step:             run.Steps,
		Steps:            run.Planned,
		Loss:             last.Loss,
		LR:               last.LR,
		SamplesPerSecond: f.throughput(),
		Elapsed:          time.Since(f.start),
		ETA:              f.eta(),
		Measured:         measured,
	})
}

// finish brings the run's times and memory up to date.
func (f *fit) finish() {
	f.run.Memory.Activations = f.scope.Usage().Peak
	f.run.Seconds = time.Since(f.start).Seconds()
	if s := f.training.Seconds(); s > 0 {
		f.run.SamplesPerSecond = float64(f.samples) / s
	}
}

// throughput is the present pace in samples a second; 0 while the clock has not moved.
func (f *fit) throughput() float64 {
	if f.pace == 0 {
		return 0
	}
	return 1 / f.pace
}

// eta is how long the samples and the measurements that are left will take at
// the present pace. Before the first measurement it is guessed: a forward is a
// third of a step.
func (f *fit) eta() time.Duration {
	run := f.run
	perStep := float64(f.data.Train.Len()) / float64(run.StepsPerEpoch)
	seconds := f.pace * perStep * float64(run.Planned-run.Steps)
	if f.data.Test != nil {
		measuring := f.measuring.Seconds()
		if measuring == 0 {
			measuring = f.pace / 3 * float64(f.data.Test.Len())
		}
		planned := (run.Planned + run.StepsPerEpoch - 1) / run.StepsPerEpoch
		seconds += measuring * float64(planned-len(run.Epochs))
	}
	return time.Duration(seconds * float64(time.Second))
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// recoverError turns the typed panics of the rooms below into an error. What is
// not meant for people, a bug, goes on as a panic.
func recoverError(err *error) {
	switch v := recover().(type) {
	case nil:
	case runtime.Error:
		panic(v)
	case error:
		*err = v
	default:
		panic(v)
	}
}
