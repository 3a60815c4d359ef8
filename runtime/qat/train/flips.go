package train

import (
	"setun/runtime/qat"
	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// flips compares the codes of quantised weights with what they were when it last
// looked. Latent weights that move change nothing until one crosses a boundary
// between two codes: how many do is how much the network that is used changes.
type flips struct {
	before map[string][]int8 // by the names of the weights
}

// A weightsHealth is what has become of the codes of one parameter.
type weightsHealth struct {
	name                  string
	weights, flips, zeros int
}

// look counts the codes that are zero, and those that changed since the last look;
// at the first, and for weights that were not quantised then, none has.
func (f *flips) look(m nn.Module) []weightsHealth {
	var all []weightsHealth
	now := map[string][]int8{}
	eachCodes(m, func(name string, codes []int8) {
		h := weightsHealth{name: name, weights: len(codes)}
		before := f.before[name]
		known := len(before) == len(codes)
		for i, code := range codes {
			if code == 0 {
				h.zeros++
			}
			if known && before[i] != code {
				h.flips++
			}
		}
		now[name] = codes
		all = append(all, h)
	})
	f.before = now
	return all
}

// eachCodes shows the codes of the weights of m that have some now, by the names
// of the weights.
func eachCodes(m nn.Module, see func(name string, codes []int8)) {
	names := map[*tensor.Tensor]string{}
	for _, p := range nn.NamedParams(m) {
		names[p.Param] = p.Name
	}
	for _, l := range nn.QuantizedLayers(m) {
		c, ok := l.Layer.(nn.Coded)
		if s := l.Layer.Scheme(); !ok || s.IsFloat() || s.Weights.Bits == qat.FloatBits {
			continue
		}
		for i, w := range c.Latents() {
			if codes := c.CodesOf(i).Codes; codes != nil {
				see(names[w], codes)
			}
		}
	}
}

// total adds the parameters up.
func total(all []weightsHealth) (t weightsHealth) {
	for _, h := range all {
		t.weights += h.weights
		t.flips += h.flips
		t.zeros += h.zeros
	}
	return t
}

// share is n of all, 0 of none.
func share(n, all int) float64 {
	if all == 0 {
		return 0
	}
	return float64(n) / float64(all)
}
