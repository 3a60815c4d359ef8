package nn

import (
	"fmt"
	"slices"
	"strings"

	"setun/runtime/qat"
	"setun/runtime/tensor"
)

// A Projection normalises its input by the root mean square of each row (without
// a gain) and multiplies it with several weights, whose results lie side by side:
// the queries, keys and values of attention, or the gate and the value of a
// feed-forward layer. Without a bias.
//
// It is a BitLinear for each weight, which share the quantised activations.
type Projection struct {
	In      int
	Outs    []int
	Weights []*tensor.Tensor // latent, float32 [Outs[i]×In]

	quantization qat.Quantization
	frozen       *qat.Frozen // of a projection that is only used; see freeze
}

// newProjection returns a projection whose weights have the given names: of b1.58,
// or in float32.
func newProjection(prefix string, float bool, in int, outs []int, names ...string) *Projection {
	p := &Projection{In: in, Outs: outs}
	for i, out := range outs {
		needWidths(prefix+names[i], in, out)
		p.Weights = append(p.Weights, tensor.ParamInit(prefix+names[i]+".weight", uniform(in), out, in))
	}
	if float {
		p.SetScheme(qat.FloatScheme())
	}
	return p
}

// Forward returns y[…×ΣOuts] for x[…×In].
func (p *Projection) Forward(x *tensor.Tensor) *tensor.Tensor {
	needInput(p, x, p.In)
	if p.frozen != nil {
		return p.frozen.NormLinear(x, tensor.NormEps)
	}
	return p.quantization.NormLinear(x, tensor.NormEps, p.Weights...)
}

// freeze returns p with its weights rounded once, for many passes over weights that
// do not change.
func (p *Projection) freeze() *Projection {
	frozen := *p
	frozen.frozen = p.quantization.Freeze(p.Weights...)
	return &frozen
}

// Params returns the latent weights, and what the scheme learns.
func (p *Projection) Params() []*tensor.Tensor {
	return append(slices.Clone(p.Weights), p.quantization.Params()...)
}

// Scheme returns what the projection computes with.
func (p *Projection) Scheme() qat.Scheme { return p.quantization.Scheme() }

// SetScheme makes s what the projection computes with, for each of its weights.
func (p *Projection) SetScheme(s qat.Scheme) { p.quantization.SetScheme(s, p.Weights...) }

// SetTraining says whether the projection is being trained; see [Mode].
func (p *Projection) SetTraining(on bool) (was bool) { return p.quantization.SetTraining(on) }

// State returns what the scheme keeps besides parameters.
func (p *Projection) State() ([]byte, error) { return p.quantization.State() }

// SetState takes back what State returned.
func (p *Projection) SetState(state []byte) error { return p.quantization.SetState(state) }

// Codes returns weight i as the scheme rounds it now.
func (p *Projection) Codes(i int) *qat.QuantizedWeights {
	return p.quantization.Weights(i, p.Weights[i])
}

// Describe is the row in the table of a network.
func (p *Projection) Describe() Info {
	in, out := p.widths()
	row := Info{Kind: "BitLinear", In: fmt.Sprint(in), Out: fmt.Sprint(out), Params: countParams(p.Params())}
	schemeInfo(&row, p.Scheme(), in, p.Outs...)
	if p.Scheme().IsFloat() {
		row.Kind, row.Scheme = "Linear", ""
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
