package nn

import (
	"encoding/json"
	"fmt"

	"setun/runtime/tensor"
)

// A Dropout sets each element to 0 with probability P in training, and divides
// the others by 1−P; otherwise it does nothing (see [SetTraining]). Which go is
// drawn from a generator that belongs to the layer's place in the network; a
// checkpoint stores it.
type Dropout struct {
	P float32

	rng  tensor.RNG
	idle bool // not in training
}

// NewDropout returns a layer that drops a share p of the elements, 0 ≤ p < 1.
func NewDropout(p float32) *Dropout {
	if !(p >= 0 && p < 1) {
		panic(&tensor.OpError{Op: "Dropout", Why: fmt.Sprintf("a share of %g cannot be dropped; want 0 or more, and less than 1", p)})
	}
	d := &Dropout{P: p}
	d.Place(tensor.DefaultSeed, "")
	return d
}

// Forward returns x with some elements set to 0, in training.
func (d *Dropout) Forward(x *tensor.Tensor) *tensor.Tensor {
	if d.idle || d.P == 0 {
		return x
	}
	return tensor.Dropout(x, d.P, &d.rng)
}

// Params returns nothing: there is nothing to learn.
func (d *Dropout) Params() []*tensor.Tensor { return nil }

// SetTraining says whether elements are dropped.
func (d *Dropout) SetTraining(on bool) (was bool) {
	was = !d.idle
	d.idle = !on
	return was
}

// RNG is the generator of the masks.
func (d *Dropout) RNG() *tensor.RNG { return &d.rng }

// Place starts the generator anew, as that of path in a network of that seed.
func (d *Dropout) Place(seed uint64, path string) {
	d.rng = *tensor.NewRNG(seed).Split(join(path, "dropout"))
}

// State is where the generator stands.
func (d *Dropout) State() ([]byte, error) { return json.Marshal(d.rng.State()) }

// SetState makes the generator go on from what State gave.
func (d *Dropout) SetState(state []byte) error {
	var s tensor.RNGState
	if err := json.Unmarshal(state, &s); err != nil {
		return fmt.Errorf("nn: the state of a Dropout: %w", err)
	}
	d.rng = *tensor.Restore(s)
	return nil
}

// String is the layer as a cell writes it.
func (d *Dropout) String() string { return fmt.Sprintf("Dropout(%v)", d.P) }
