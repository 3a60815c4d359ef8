package nn

import (
	"fmt"
	"strings"

	"setun/runtime/qat"
	"setun/runtime/tensor"
)

// Quantized is a layer that computes by a scheme: [BitLinear], [Projection], and
// those of your own that keep a [qat.Quantization].
type Quantized interface {
	Module
	// Scheme returns the scheme, SetScheme makes s that of the layer. Latent
	// weights stay as they are; what a scheme learns beside them is among Params.
	Scheme() qat.Scheme
	SetScheme(s qat.Scheme)
}

// A QuantizedLayer is a [Quantized] with its place in a network, such as 2 or
// blocks.0.qkv.
type QuantizedLayer struct {
	Name  string
	Layer Quantized
}

// QuantizedLayers returns the layers of m that compute by a scheme, at any depth,
// in the order in which they run.
func QuantizedLayers(m Module) []QuantizedLayer {
	var all []QuantizedLayer
	Walk(m, func(name string, part Module) {
		if l, ok := part.(Quantized); ok {
			all = append(all, QuantizedLayer{name, l})
		}
	})
	return all
}

// An Option changes the schemes of layers; see [With].
type Option interface {
	// Change changes s, the scheme that the layer called name is to get.
	Change(name string, s *qat.Scheme)
}

// ChangeFunc is a function as an Option.
type ChangeFunc func(name string, s *qat.Scheme)

// Change calls f.
func (f ChangeFunc) Change(name string, s *qat.Scheme) { f(name, s) }

// WithScheme is the option that makes s the scheme of every layer, whatever it was.
func WithScheme(s qat.Scheme) Option {
	return ChangeFunc(func(_ string, at *qat.Scheme) { *at = s })
}

// Layer is an option for some layers: those called name, or that are part of what
// is: blocks.0 is all that stands in the first block. A * stands for anything
// between two points: blocks.*.down.
func Layer(name string, options ...Option) Option { return layerOption{name, options} }

type layerOption struct {
	name    string
	options []Option
}

func (o layerOption) Change(name string, s *qat.Scheme) {
	if !matches(o.name, name) {
		return
	}
	for _, inner := range o.options {
		inner.Change(name, s)
	}
}

// matches reports whether name is what pattern says, or a part of it.
func matches(pattern, name string) bool {
	want, have := strings.Split(pattern, "."), strings.Split(name, ".")
	if len(want) > len(have) {
		return false
	}
	for i, w := range want {
		if w != "*" && w != have[i] {
			return false
		}
	}
	return true
}

// With changes the schemes of the quantised layers of m, in place, option after
// option: what an option does not speak of stays as it is. It is an error that
// names the layer if that makes no sense of its scheme; then nothing has changed.
func With(m Module, options ...Option) error {
	layers := QuantizedLayers(m)
	if len(layers) == 0 {
		return fmt.Errorf("%s has no quantised layer that options could change", name(m))
	}
	for _, o := range options {
		if err := Check(o, layers); err != nil {
			return err
		}
	}
	schemes := make([]qat.Scheme, len(layers))
	for i, l := range layers {
		schemes[i] = l.Layer.Scheme()
		for _, o := range options {
			o.Change(l.Name, &schemes[i])
		}
		if err := schemes[i].Validate(); err != nil {
			return fmt.Errorf("layer %s (%s): %w", l.Name, kind(l.Layer), err)
		}
	}
	for i, l := range layers {
		l.Layer.SetScheme(schemes[i])
	}
	return nil
}

// Check asks an option that has a method of this name whether it makes sense for
// those layers; [With] does before anything changes.
func Check(o Option, layers []QuantizedLayer) error {
	if c, ok := o.(interface{ Check([]QuantizedLayer) error }); ok {
		return c.Check(layers)
	}
	return nil
}

// Check returns an error unless o is for one of the layers.
func (o layerOption) Check(layers []QuantizedLayer) error {
	var names []string
	for _, l := range layers {
		if matches(o.name, l.Name) {
			return nil
		}
		names = append(names, l.Name)
	}
	return fmt.Errorf("there is no quantised layer %q, but %s", o.name, strings.Join(names, ", "))
}

// mustWith is With for methods that return the network.
func mustWith(m Module, options []Option) {
	if err := With(m, options...); err != nil {
		panic(err)
	}
}

// With changes the schemes of the layers of s, in place, and returns s; see the
// function [With]. It panics with the error of that.
//
//	nn.MLP(784, 256, 10).With(nn.ChangeFunc(func(_ string, s *qat.Scheme) { s.Weights.Bits = 4 }))
func (s *Sequential) With(options ...Option) *Sequential {
	mustWith(s, options)
	return s
}

// With changes the schemes of the projections of m, in place, and returns m; see
// the function [With]. It panics with the error of that.
func (m *BitNetLM) With(options ...Option) *BitNetLM {
	mustWith(m, options)
	return m
}

// schemeInfo fills in what the scheme s makes of the row of a layer with weights
// [outs[i]×in].
func schemeInfo(row *Info, s qat.Scheme, in int, outs ...int) {
	row.BitsPerWeight = s.Weights.BitsPerWeight()
	for _, out := range outs {
		row.Bytes += s.Weights.Bytes(out, in)
	}
	if text := s.String(); text != (qat.Scheme{}).String() {
		row.Scheme = text
	}
}

// countParams is how many numbers the parameters hold.
func countParams(params []*tensor.Tensor) int {
	n := 0
	for _, p := range params {
		n += p.Len()
	}
	return n
}

// quantizedParams is the parameters of a quantised layer: weight, bias if it is not
// nil, and what its scheme learns.
func quantizedParams(weight, bias *tensor.Tensor, q *qat.Quantization) []*tensor.Tensor {
	all := []*tensor.Tensor{weight}
	if bias != nil {
		all = append(all, bias)
	}
	return append(all, q.Params()...)
}

// plusBias returns y + bias, y if bias is nil. The caller is done with y.
func plusBias(y, bias *tensor.Tensor) *tensor.Tensor {
	if bias == nil {
		return y
	}
	z := tensor.AddBias(y, bias)
	tensor.Done(y)
	return z
}
