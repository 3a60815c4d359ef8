package nn

import "setun/runtime/tensor"

// Checkpointed is a layer or a network that keeps nothing for the backward but
// its input, and is computed again then: less memory for more time, and the same
// bits. (It is called gradient checkpointing; it has nothing to do with saving.)
type Checkpointed struct {
	Module Module

	params  []*tensor.Tensor
	rngs    []*tensor.RNG
	forward func(x *tensor.Tensor) *tensor.Tensor
}

// Checkpoint returns m with recomputation.
func Checkpoint(m Module) *Checkpointed {
	c := &Checkpointed{Module: m, params: m.Params(), forward: m.Forward}
	Walk(m, func(_ string, m Module) {
		if r, ok := m.(Random); ok {
			c.rngs = append(c.rngs, r.RNG())
		}
	})
	return c
}

// Forward returns what the module returns.
func (c *Checkpointed) Forward(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Recompute(x, c.params, c.forward, c.rngs...)
}

// Params returns the parameters of the module.
//
// They may have become more or less since: a scheme learns some.
func (c *Checkpointed) Params() []*tensor.Tensor {
	c.params = c.Module.Params()
	return c.params
}

// String is the layer as a cell writes it.
func (c *Checkpointed) String() string { return "Checkpoint(" + name(c.Module) + ")" }

func (c *Checkpointed) title() string      { return c.String() }
func (c *Checkpointed) widths() (int, int) { return widthsOf(c.Module) }
