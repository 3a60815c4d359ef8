package tensor

import "sync"

// An Init fills w with the first values of a parameter.
type Init func(rng *RNG, w []float32)

// Zeros is the Init of a parameter that starts at zero.
func Zeros(*RNG, []float32) {}

// DefaultSeed is the seed of parameters that nobody gave another.
const DefaultSeed = 1

// firstValues is how a parameter gets its first values: when somebody first
// looks at them. Until then it can still be placed in a network, whose seed and
// whose name for it decide which random numbers it gets.
type firstValues struct {
	once sync.Once
	init Init
	seed uint64
	path string
	done bool
}

func (f *firstValues) draw(t *Tensor) {
	f.once.Do(func() {
		t.data = keep(t.Len())
		f.init(NewRNG(f.seed).Split(f.path), t.data)
		f.done = true
	})
}

// Param returns a leaf that wants a gradient: something to be learnt. It starts
// at zero; write to its Data to start elsewhere.
func Param(name string, shape ...int) *Tensor {
	return ParamInit(name, Zeros, shape...)
}

// ParamInit returns a parameter whose first values init draws. They are drawn
// when they are first needed, from the generator
// NewRNG(seed).Split(path) where seed and path are those of the last
// [Tensor.Place], or [DefaultSeed] and the parameter's own name.
func ParamInit(name string, init Init, shape ...int) *Tensor {
	checkedLen("Param", shape)
	t := newTensor(nil, shape)
	t.name = name
	t.wants = true
	t.first = &firstValues{init: init, seed: DefaultSeed, path: name}
	return t
}

// Distinct returns the parameters in their order, each once: layers may share one.
func Distinct(params []*Tensor) []*Tensor {
	var all []*Tensor
	seen := make(map[*Tensor]bool, len(params))
	for _, p := range params {
		if !seen[p] {
			seen[p] = true
			all = append(all, p)
		}
	}
	return all
}

// Name returns the name that the parameter was made with, "" for other tensors.
func (t *Tensor) Name() string { return t.name }

// Place says from which seed and under which path in a network the first values
// of a parameter come. A parameter that has values already keeps them.
func (t *Tensor) Place(seed uint64, path string) {
	if f := t.first; f != nil && !f.done {
		f.seed, f.path = seed, path
	}
}

// Redraw replaces the values of a parameter by first values for seed and path
// and forgets its gradient.
func (t *Tensor) Redraw(seed uint64, path string) {
	f := t.first
	if f == nil {
		panic(&OpError{Op: "Redraw", Why: "only a parameter has first values"})
	}
	f.seed, f.path = seed, path
	if f.done {
		clear(t.data)
		f.init(NewRNG(seed).Split(path), t.data)
	}
	t.hasGrad = false
	t.version++
}

// Update lets change write new values into a parameter, given its values w and
// its gradient g, and then forgets the gradient. It reports whether there was a
// gradient; without one change is not called. Optimisers are made of it.
func (t *Tensor) Update(change func(w, g []float32)) bool {
	if !t.hasGrad {
		return false
	}
	change(t.Data(), t.grad)
	t.hasGrad = false
	t.version++
	return true
}

// ClearGrad forgets the gradient.
func (t *Tensor) ClearGrad() { t.hasGrad = false }

// Version counts the changes of a parameter by Update and Redraw.
func (t *Tensor) Version() int { return t.version }
