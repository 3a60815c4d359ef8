package nn

import (
	"setun/runtime/qat"
	"setun/runtime/tensor"
)

// A Coded layer shows its weights both ways: as they are learnt, and as its scheme
// rounds them.
type Coded interface {
	Quantized
	// Latents returns the latent weights, float32.
	Latents() []*tensor.Tensor
	// CodesOf returns the weights of Latents()[i] as the scheme rounds them now,
	// to the nearest. The scheme must not be one of floats.
	CodesOf(i int) *qat.QuantizedWeights
}

// Latents returns the latent weights.
func (l *BitLinear) Latents() []*tensor.Tensor { return []*tensor.Tensor{l.Weight} }

// CodesOf returns the weights as the layer's scheme rounds them now; i is 0.
func (l *BitLinear) CodesOf(int) *qat.QuantizedWeights { return l.Codes() }

// Latents returns the latent weights.
func (p *Projection) Latents() []*tensor.Tensor { return p.Weights }

// CodesOf returns weight i as the scheme rounds it now.
func (p *Projection) CodesOf(i int) *qat.QuantizedWeights { return p.Codes(i) }

// Rounded are the latent weights of a layer beside the values that it computes
// with in their place.
type Rounded struct {
	Name   string // of the layer
	Latent *tensor.Tensor
	Values []float32 // Ŵ, as many as the latent weights
}

// RoundedWeights returns the weights of the layers of m that have codes now: not of
// those whose scheme leaves the weights floats. The values are copies.
func RoundedWeights(m Module) []Rounded {
	var all []Rounded
	for _, l := range QuantizedLayers(m) {
		c, ok := l.Layer.(Coded)
		if s := l.Layer.Scheme(); !ok || s.IsFloat() || s.Weights.Bits == qat.FloatBits {
			continue
		}
		for i, w := range c.Latents() {
			values := make([]float32, w.Len())
			c.CodesOf(i).Dequantize(values)
			all = append(all, Rounded{l.Name, w, values})
		}
	}
	return all
}
