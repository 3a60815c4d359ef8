package qat

import (
	"encoding/json"
	"fmt"

	"setun/runtime/asm"
	"setun/runtime/tensor"
)

// A Quantization is what a layer keeps in order to quantise: its scheme, and what
// that learns, calibrates and draws. Its zero value is b1.58, which keeps nothing.
type Quantization struct {
	scheme  Scheme
	learned []learned // of each weight; nil if nothing is learned
	resting bool      // not training: nothing is drawn or calibrated

	calibrated float32 // the range of Calibrated activations; 0: none yet
	draws      uint64  // of stochastic rounding
	seen       int     // version of the first weight at the last draw and calibration, and 1
	fresh      bool    // this version has not calibrated yet
}

// Scheme returns the scheme.
func (q *Quantization) Scheme() Scheme { return q.scheme }

// SetScheme makes s the scheme for a layer of the weights ws. What the layer has
// learned stays if s learns the same; else it begins anew, from the weights as
// they are when it is first used. It panics with a *tensor.OpError that names
// what is wrong with s.
func (q *Quantization) SetScheme(s Scheme, ws ...*tensor.Tensor) {
	s.need()
	old := q.scheme
	q.scheme = s
	_, is := s.Estimator.(Learnable)
	_, was := old.Estimator.(Learnable)
	if s.Activations != old.Activations {
		q.calibrated = 0
	}
	if q.learned != nil && is == was && s.Weights.learnsLike(old.Weights) {
		return
	}
	q.learned = nil
	for _, w := range ws {
		if p := newLearned(w, s); p.scale != nil {
			q.learned = append(q.learned, p)
		}
	}
}

// learnsLike reports whether what was learned for p is of use to q.
func (q WeightQuantizer) learnsLike(p WeightQuantizer) bool {
	q.Stochastic, p.Stochastic = 0, 0
	return q == p
}

// Params returns what is learned.
func (q *Quantization) Params() []*tensor.Tensor {
	var all []*tensor.Tensor
	for _, p := range q.learned {
		all = append(all, p.scale)
		if p.zero != nil {
			all = append(all, p.zero)
		}
	}
	return all
}

// SetTraining says whether the layer is being trained: else nothing is rounded at
// random, and the range of activations stays as it is. A new layer trains. It
// returns what it was.
func (q *Quantization) SetTraining(on bool) (was bool) {
	was = !q.resting
	q.resting = !on
	return was
}

// Linear returns x̂·Ŵᵀ for activations x[…×K] and each of the weights ws[N×K], side
// by side […×N₁+N₂+…], as the scheme says.
func (q *Quantization) Linear(x *tensor.Tensor, ws ...*tensor.Tensor) *tensor.Tensor {
	switch {
	case q.scheme.IsFloat():
		return tensor.Linears(x, ws...)
	case len(ws) == 1 && q.scheme.isB158():
		return BitLinear(x, ws[0])
	}
	q.step(ws[0])
	return q.linear(x, ws...)
}

// NormLinear is Linear of [tensor.RMSNorm] of x.
func (q *Quantization) NormLinear(x *tensor.Tensor, eps float32, ws ...*tensor.Tensor) *tensor.Tensor {
	if q.scheme.isB158() {
		return NormBitLinear(x, eps, ws...)
	}
	z := tensor.RMSNorm(x, eps)
	y := q.Linear(z, ws...)
	tensor.Done(z)
	return y
}

// Weights returns the weights w, which is weight i of the layer, as the layer
// computes with them now, rounding to the nearest.
func (q *Quantization) Weights(i int, w *tensor.Tensor) *QuantizedWeights {
	out := new(QuantizedWeights)
	s := q.scheme
	if s.Weights.Bits == FloatBits {
		panic(&tensor.OpError{Op: "Weights", Why: "the layer's weights are floats"})
	}
	out.quantize(nil, w, s, q.learnedOf(i), noise{})
	return out.unpacked()
}

// learnedOf is what is learned for weight i.
func (q *Quantization) learnedOf(i int) learned {
	if q.learned == nil {
		return learned{}
	}
	return q.learned[i]
}

// step notes whether the weights have changed since the last pass. What is drawn
// and calibrated belongs to a state of the weights: a pass over them that is
// repeated, as by recomputation, sees the same.
func (q *Quantization) step(w *tensor.Tensor) {
	q.fresh = false
	if version := w.Version() + 1; !q.resting && version != q.seen {
		q.seen, q.fresh = version, true
		q.draws++
	}
}

func (q *Quantization) weightNoise(i int) noise {
	return q.noise(q.scheme.Weights.Stochastic, uint64(i))
}

func (q *Quantization) activationNoise() noise {
	return q.noise(q.scheme.Activations.Stochastic, 1<<32)
}

// noise is that of a seed for use number i in the layer, none outside training.
func (q *Quantization) noise(seed, i uint64) noise {
	if seed == 0 || q.resting {
		return noise{}
	}
	return noise{key: seed + i, draw: q.draws}
}

// momentum is how much of the calibrated range stays at each step.
const momentum = 0.99

// activationRange is the range that all rows of x share, 0 if each has its own.
func (q *Quantization) activationRange(x *tensor.Tensor) float32 {
	switch q.scheme.Activations.Range {
	case PerBatch:
		return max(asm.MaxAbs(x.Peek()), ScaleFloor)
	case Calibrated:
		if q.calibrated == 0 || q.fresh {
			q.Calibrate(x)
		}
		return q.calibrated
	}
	return 0
}

// Calibrate takes the absmax of x into the running range of calibrated
// activations: the first one as it is, and then 1 % of each.
func (q *Quantization) Calibrate(x *tensor.Tensor) {
	r := max(asm.MaxAbs(x.Peek()), ScaleFloor)
	if q.calibrated > 0 {
		r = float32(momentum*q.calibrated) + float32((1-momentum)*r)
	}
	q.calibrated = r
}

// quantizationState is what a checkpoint keeps of a Quantization beside the
// parameters.
type quantizationState struct {
	Range float32 `json:"range,omitempty"`
	Draws uint64  `json:"draws,omitempty"`
}

// State returns what the layer keeps besides parameters and scheme: nil if that is
// nothing.
func (q *Quantization) State() ([]byte, error) {
	s := quantizationState{q.calibrated, q.draws}
	if q.scheme.Weights.Stochastic == 0 && q.scheme.Activations.Stochastic == 0 {
		s.Draws = 0
	}
	if s == (quantizationState{}) {
		return nil, nil
	}
	return json.Marshal(s)
}

// SetState takes back what State returned.
func (q *Quantization) SetState(b []byte) error {
	var s quantizationState
	if len(b) > 0 {
		if err := json.Unmarshal(b, &s); err != nil {
			return fmt.Errorf("state of a quantised layer: %w", err)
		}
	}
	q.calibrated, q.draws, q.seen = s.Range, s.Draws, 0
	return nil
}

// Copy makes q what p is, for a layer of the weights ws, with parameters of its own.
func (q *Quantization) Copy(p *Quantization, ws ...*tensor.Tensor) error {
	q.SetScheme(p.scheme, ws...)
	for i, from := range p.Params() {
		copy(q.Params()[i].Data(), from.Data())
	}
	q.resting = p.resting
	state, err := p.State()
	if err != nil {
		return err
	}
	return q.SetState(state)
}
