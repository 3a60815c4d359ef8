package nn

import (
	"fmt"
	"slices"

	"setun/runtime/qat"
	"setun/runtime/tensor"
)

// Quantize returns a copy of the float network m that computes by a scheme:
// quantisation after training. Its Linear and Conv2D layers become BitLinear and
// BitConv2D with their weights and biases, and without a norm of their own; those
// that are quantised already are copied with it. All begin with the scheme of
// b1.58, which options change as [With] does. m stays as it is.
//
// What has parameters and is no layer of this package must have a method
// Clone() Module, which returns a copy.
func Quantize(m Module, options ...Option) (Module, error) {
	c, err := clone(m, true)
	if err != nil {
		return nil, err
	}
	for _, l := range QuantizedLayers(c) {
		s := l.Layer.Scheme()
		if s.IsFloat() {
			s = qat.Scheme{}
		}
		l.Layer.SetScheme(s)
	}
	return c, With(c, options...)
}

// Clone returns a copy of m with parameters of its own, which have the same names
// and values. What has parameters and is no layer of this package must have a
// method Clone() Module.
func Clone(m Module) (Module, error) { return clone(m, false) }

// clone copies m; if quantized, with quantised layers in place of those in floats.
func clone(m Module, quantized bool) (Module, error) {
	if own, ok := m.(interface{ Clone() Module }); ok {
		return own.Clone(), nil
	}
	switch m := m.(type) {
	case *Sequential:
		c := &Sequential{seed: m.seed}
		for i, layer := range m.Layers {
			inner, err := clone(layer, quantized)
			if err != nil {
				return nil, fmt.Errorf("layer %d: %w", i, err)
			}
			c.Layers = append(c.Layers, inner)
		}
		return c, nil
	case *Residual:
		body, err := clone(m.Body, quantized)
		return &Residual{body}, err
	case *Checkpointed:
		inner, err := clone(m.Module, quantized)
		if err != nil {
			return nil, err
		}
		return Checkpoint(inner), nil
	case *Linear:
		if quantized {
			return &BitLinear{In: m.In, Out: m.Out, Weight: cloneParam(m.Weight), Bias: cloneParam(m.Bias), Bare: true}, nil
		}
		return &Linear{m.In, m.Out, cloneParam(m.Weight), cloneParam(m.Bias)}, nil
	case *Conv2D:
		if quantized {
			return &BitConv2D{In: m.In, Out: m.Out, Window: m.Window, Weight: cloneParam(m.Weight), Bias: cloneParam(m.Bias), Bare: true}, nil
		}
		return &Conv2D{m.In, m.Out, m.Window, cloneParam(m.Weight), cloneParam(m.Bias)}, nil
	case *BitLinear:
		c := &BitLinear{In: m.In, Out: m.Out, Weight: cloneParam(m.Weight), Bias: cloneParam(m.Bias), Bare: m.Bare}
		return c, c.quantization.Copy(&m.quantization, c.Weight)
	case *BitConv2D:
		c := &BitConv2D{In: m.In, Out: m.Out, Window: m.Window, Weight: cloneParam(m.Weight), Bias: cloneParam(m.Bias), Bare: m.Bare}
		return c, c.quantization.Copy(&m.quantization, c.Weight)
	case *Projection:
		return m.clone()
	case *Attention:
		return m.clone()
	case *FeedForward:
		return m.clone()
	case *Block:
		return m.clone()
	case *BitNetLM:
		return m.clone()
	case *LayerNorm:
		return &LayerNorm{m.Width, cloneParam(m.Gain), cloneParam(m.Bias)}, nil
	case *GainedRMSNorm:
		return &GainedRMSNorm{m.Width, cloneParam(m.Gain)}, nil
	case *Embedding:
		return &Embedding{m.Vocab, m.Width, cloneParam(m.Weight)}, nil
	case *Dropout:
		c := *m
		return &c, nil
	}
	if len(m.Params()) == 0 {
		return m, nil // nothing that could be changed
	}
	return nil, fmt.Errorf("a %s is not one of the layers that can be copied; give it a method Clone() nn.Module", kind(m))
}

func (p *Projection) clone() (*Projection, error) {
	c := &Projection{In: p.In, Outs: slices.Clone(p.Outs)}
	for _, w := range p.Weights {
		c.Weights = append(c.Weights, cloneParam(w))
	}
	return c, c.quantization.Copy(&p.quantization, c.Weights...)
}

func (a *Attention) clone() (*Attention, error) {
	c := &Attention{Width: a.Width, Heads: a.Heads, Groups: a.Groups, rotation: a.rotation}
	return c, cloneProjections([]*Projection{a.QKV, a.O}, &c.QKV, &c.O)
}

func (f *FeedForward) clone() (*FeedForward, error) {
	c := &FeedForward{Gate: f.Gate}
	return c, cloneProjections([]*Projection{f.Up, f.Down}, &c.Up, &c.Down)
}

func (b *Block) clone() (*Block, error) {
	attention, err := b.Attention.clone()
	if err != nil {
		return nil, err
	}
	feed, err := b.FeedForward.clone()
	return &Block{Attention: *attention, FeedForward: *feed}, err
}

// cloneProjections puts copies of from into to.
func cloneProjections(from []*Projection, to ...**Projection) error {
	for i, p := range from {
		c, err := p.clone()
		if err != nil {
			return err
		}
		*to[i] = c
	}
	return nil
}

func (m *BitNetLM) clone() (*BitNetLM, error) {
	c := NewBitNetLM(m.Transformer)
	c.seed = m.seed
	for i, b := range m.Blocks {
		inner, err := b.clone()
		if err != nil {
			return nil, err
		}
		*c.Blocks[i] = *inner
	}
	copy(c.Table.Data(), m.Table.Data())
	if m.Untied {
		copy(c.Head.Data(), m.Head.Data())
	}
	return c, nil
}

// cloneParam returns a parameter of the same name and values, nil for nil.
func cloneParam(p *tensor.Tensor) *tensor.Tensor {
	if p == nil {
		return nil
	}
	c := tensor.Param(p.Name(), p.Shape()...)
	copy(c.Data(), p.Data())
	return c
}
