package optim

import (
	"fmt"

	"setun/runtime/tensor"
)

// Parameters is anything that has parameters: a network, a layer.
type Parameters interface {
	Params() []*tensor.Tensor
}

// A Spec is the recipe for an optimiser: which rule, with which numbers.
type Spec interface {
	// For returns an optimiser of this kind for the parameters of m, in its
	// initial state.
	For(m Parameters) *Optimizer
	// Rate is the base learning rate.
	Rate() float64
	// String writes the recipe as it is written in a cell.
	String() string
}

// An Optimizer updates the parameters it was made for. It is not safe for use by
// several goroutines at once.
type Optimizer struct {
	// On is the device that computes the updates of AdamW, Adam and SGD, the
	// processors if nil. Other rules are always the processors'.
	On *tensor.Device

	spec   Spec
	rate   float64
	decay  float64 // the factor on the recipe's weight decay
	params []*param

	newRule func(p *tensor.Tensor) treatment
}

// treatment is how a parameter is updated.
type treatment struct {
	rule   rule
	share  float64 // of the optimiser's rate; not 1 in a [Group] with another rate
	decays bool    // by the recipe's weight decay
}

// param is one parameter with the state that the rule keeps for it.
type param struct {
	tensor *tensor.Tensor
	treatment
	steps int                  // updates so far
	step  func(w, g []float32) // makes the next one: take, made once

	// While a step is made:
	device *tensor.Device
	now    moment
	w, g   []float32

	norms []float64 // of the parts of a gradient; see GradNorm
}

// moment is what an update depends on besides values and gradients.
type moment struct {
	rate  float64
	decay float64 // the factor on the recipe's weight decay
	step  int     // the number of the update, from 1
}

// take updates the values w by the gradient g.
func (p *param) take(w, g []float32) {
	p.steps++
	p.now.step = p.steps
	if f, ok := p.rule.(fused); ok && f.updateOn(p.device, w, g, p.now) {
		return
	}
	p.w, p.g = w, g
	tensor.Share(len(w), stepPart, p)
	p.w, p.g = nil, nil
}

// Piece updates the elements lo to hi-1.
func (p *param) Piece(lo, hi int) { p.rule.update(p.w, p.g, lo, hi, p.now) }

// rule is the update of one parameter.
type rule interface {
	// update changes w[lo:hi] by the gradient, which it may overwrite. Parts of a
	// parameter are updated at the same time.
	update(w, g []float32, lo, hi int, now moment)
	// moments gives what the rule remembers, in an order that never changes.
	moments(yield func(name string, values []float32))
}

// fused is a rule that a device has a kernel for.
type fused interface {
	// updateOn changes all of w, or reports that the kernel does not compute what
	// the recipe says.
	updateOn(d *tensor.Device, w, g []float32, now moment) bool
}

// newOptimizer gives every parameter of m, each once, its own rule, made for its
// number of elements. Vectors decay only if told to.
func newOptimizer(spec Spec, m Parameters, vectorsDecay bool, newRule func(n int) rule) *Optimizer {
	o := &Optimizer{spec: spec, rate: spec.Rate(), decay: 1}
	o.newRule = func(p *tensor.Tensor) treatment {
		return treatment{newRule(p.Len()), 1, vectorsDecay || !Vectors(p)}
	}
	o.SetParams(m)
	return o
}

// SetParams makes o the optimiser of what m has for parameters now. What it
// knows of those that it had before stays; the others begin.
func (o *Optimizer) SetParams(m Parameters) {
	known := map[*tensor.Tensor]*param{}
	for _, p := range o.params {
		known[p.tensor] = p
	}
	o.params = nil
	for _, t := range tensor.Distinct(m.Params()) {
		p := known[t]
		if p == nil {
			p = &param{tensor: t, treatment: o.newRule(t)}
			p.step = p.take
		}
		o.params = append(o.params, p)
	}
}

// LR returns the learning rate that the next Step uses.
func (o *Optimizer) LR() float64 { return o.rate }

// SetLR sets the learning rate for the steps to come.
func (o *Optimizer) SetLR(rate float64) { o.rate = rate }

// SetDecay multiplies the recipe's weight decay by factor for the steps to come:
// what a schedule of the decay says, such as [TwoStageDecay].
func (o *Optimizer) SetDecay(factor float64) { o.decay = factor }

// Bytes returns the memory of the optimiser's state: for AdamW two numbers for
// each parameter, for SGD one.
func (o *Optimizer) Bytes() int64 {
	n := int64(0)
	for _, p := range o.params {
		p.rule.moments(func(_ string, values []float32) { n += 4 * int64(len(values)) })
	}
	return n
}

// String names the rule, its numbers and how much it updates.
func (o *Optimizer) String() string {
	n := 0
	for _, p := range o.params {
		n += p.tensor.Len()
	}
	return fmt.Sprintf("%v for %d parameters", o.spec, n)
}

// stepPart is how many elements one worker updates at a time.
const stepPart = 8192

// Step changes every parameter by its gradient at the current learning rate and
// clears the gradient. Parameters without a gradient stay as they are; it is a
// mistake, and panics with *tensor.OpError, when none has one.
func (o *Optimizer) Step() {
	device := (&tensor.Scope{On: o.On}).Device()
	updated := false
	for _, p := range o.params {
		p.device = device
		p.now.rate, p.now.decay = p.share*o.rate, 0
		if p.decays {
			p.now.decay = o.decay
		}
		updated = p.tensor.Update(p.step) || updated
	}
	if !updated {
		panic(&tensor.OpError{Op: "Step", Why: "no parameter has a gradient; call loss.Backward() first"})
	}
}

// ClearGrads forgets all gradients, for when a batch is not to count.
func (o *Optimizer) ClearGrads() {
	for _, p := range o.params {
		p.tensor.ClearGrad()
	}
}
