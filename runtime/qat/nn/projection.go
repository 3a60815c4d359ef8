package nn

import (
	"fmt"
	"strings"

	"setun/runtime/qat"
	"setun/runtime/tensor"
)

// A Projection normalises its input by the root mean square of each row (without
// a gain) and multiplies it with several weights, whose results lie side by side:
// the queries, keys and values of attention, or the gate and the value of a
// feed-forward layer. Without a bias.
//
// It is a BitLinear for each weight, which share the quantised activations; or,
// with Float, the same in float32.
type Projection struct {
	In      int
	Outs    []int
	Weights []*tensor.Tensor // latent, float32 [Outs[i]×In]
	Float   bool
}

// newProjection returns a projection whose weights have the given names.
func newProjection(prefix string, float bool, in int, outs []int, names ...string) *Projection {
	p := &Projection{In: in, Outs: outs, Float: float}
	for i, out := range outs {
		needWidths(prefix+names[i], in, out)
		p.Weights = append(p.Weights, tensor.ParamInit(prefix+names[i]+".weight", uniform(in), out, in))
	}
	return p
}

// Forward returns y[…×ΣOuts] for x[…×In].
func (p *Projection) Forward(x *tensor.Tensor) *tensor.Tensor {
	needInput(p, x, p.In)
	if !p.Float {
		return qat.NormBitLinear(x, tensor.NormEps, p.Weights...)
	}
	z := tensor.RMSNorm(x, tensor.NormEps)
	y := tensor.Linears(z, p.Weights...)
	tensor.Done(z)
	return y
}

// Params returns the latent weights.
func (p *Projection) Params() []*tensor.Tensor { return p.Weights }

// Describe is the row in the table of a network.
func (p *Projection) Describe() Info {
	in, out := p.widths()
	row := Info{Kind: "BitLinear", In: fmt.Sprint(in), Out: fmt.Sprint(out), Params: in * out, BitsPerWeight: BitsTernary}
	row.Bytes = out*((in+3)/4) + 4*len(p.Outs)
	if p.Float {
		row.Kind, row.BitsPerWeight, row.Bytes = "Linear", 32, 4*in*out
	}
	return row
}

func (p *Projection) title() string {
	outs := make([]string, len(p.Outs))
	for i, out := range p.Outs {
		outs[i] = fmt.Sprint(out)
	}
	return fmt.Sprintf("%s %d→%s", p.Describe().Kind, p.In, strings.Join(outs, "+"))
}

func (p *Projection) widths() (in, out int) {
	for _, n := range p.Outs {
		out += n
	}
	return p.In, out
}
