package train

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"

	"setun/runtime/qat/optim"
)

// Average is a hook that keeps the exponential running average of the weights (see
// [optim.Average], also for what that means for ternary ones), and measures it
// beside the weights themselves: [Run].Averaged. The model keeps its own weights;
// Swap gives it the average.
type Average struct {
	NoHook
	Decay float64 // how much of the average stays at each step, such as 0.999

	mean  *optim.Average
	state []byte // to take over at the start
}

// Name is the hook's.
func (a *Average) Name() string { return "Average" }

// Recipe is the hook as a cell writes it.
func (a *Average) Recipe() string { return fmt.Sprintf("Average(%g)", a.Decay) }

// Start begins with the weights that there are.
func (a *Average) Start(l *Loop) error {
	if !(a.Decay > 0 && a.Decay < 1) {
		return fmt.Errorf("a decay of %v; want more than 0 and less than 1", a.Decay)
	}
	if a.mean == nil || a.state != nil {
		a.mean = optim.NewAverage(l.Model, a.Decay)
	}
	if a.state == nil {
		return nil
	}
	n := 0
	for _, mean := range a.mean.Means() {
		n += len(mean)
	}
	if len(a.state) != 4*n {
		return fmt.Errorf("an average of %d bytes for %d weights", len(a.state), n)
	}
	b := a.state
	for _, mean := range a.mean.Means() {
		for i := range mean {
			mean[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		}
		b = b[4*len(mean):]
	}
	a.state = nil
	return nil
}

// AfterStep takes the new weights in.
func (a *Average) AfterStep(*Loop) error {
	a.mean.Update()
	return nil
}

// Measured measures the average as the weights were.
func (a *Average) Measured(l *Loop, stat EpochStat) error {
	a.mean.Swap()
	defer a.mean.Swap()
	var err error
	if stat.Validation.N > 0 {
		stat.Validation, err = Evaluate(context.Background(), l.Model, l.Data.Validation, 0)
	}
	if stat.Test.N > 0 && err == nil {
		stat.Test, err = Evaluate(context.Background(), l.Model, l.Data.Test, 0)
	}
	l.Run.Averaged = append(l.Run.Averaged, stat)
	return err
}

// Swap exchanges the model's weights and their average: call it once to use the
// average, and once more to train on.
func (a *Average) Swap() { a.mean.Swap() }

// State is the average.
func (a *Average) State() ([]byte, error) {
	var b []byte
	for _, mean := range a.mean.Means() {
		for _, v := range mean {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	return b, nil
}

// SetState takes back what State returned, at the next Start.
func (a *Average) SetState(state []byte) error {
	a.state = state
	if state == nil {
		a.state = []byte{}
	}
	return nil
}
