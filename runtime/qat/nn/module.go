package nn

import (
	"fmt"
	"math"
	"strconv"

	"setun/runtime/tensor"
)

// A Module is a layer or a network. A type of your own with these two methods
// is one.
type Module interface {
	// Forward computes the output for a batch x, rows first.
	Forward(x *tensor.Tensor) *tensor.Tensor
	// Params returns what can be learnt, in an order that never changes.
	Params() []*tensor.Tensor
}

// Builtin reports whether m is made of layers of this package alone. Of those it
// is known that they hold no tensor beyond a step, so that a [tensor.Scope] for
// them can be private.
func Builtin(m Module) bool {
	switch m := m.(type) {
	case *Sequential:
		for _, layer := range m.Layers {
			if !Builtin(layer) {
				return false
			}
		}
		return true
	case *Checkpointed:
		return Builtin(m.Module)
	case *Residual:
		return Builtin(m.Body)
	case *Linear, *BitLinear, ReLU, ReLUSquared, SiLU, GELU, RMSNorm, Flatten, *Projection, *Block, *BitNetLM, *Dropout,
		*Conv2D, *BitConv2D, Image, ImageNorm, MaxPool2D, AvgPool2D, *LayerNorm, *GainedRMSNorm, *Embedding, *Attention, *FeedForward:
		return true
	}
	return false
}

// widths is implemented by layers that take and give a fixed number of features.
type widths interface{ widths() (in, out int) }

// widthsOf returns the widths of a layer, 0 and 0 if they are not known.
func widthsOf(layer Module) (in, out int) {
	if l, ok := layer.(widths); ok {
		return l.widths()
	}
	return 0, 0
}

// A Named is a parameter with its name in a network, such as 2.weight.
type Named struct {
	Name  string
	Param *tensor.Tensor
}

// NamedParams returns the parameters of m with their names: the positions in
// the Sequentials that they stand in and their own names, joined by points.
func NamedParams(m Module) []Named {
	return appendNamed(nil, "", m)
}

func appendNamed(list []Named, prefix string, m Module) []Named {
	if c, ok := m.(*Checkpointed); ok {
		return appendNamed(list, prefix, c.Module)
	}
	if r, ok := m.(*Residual); ok {
		return appendNamed(list, prefix, r.Body)
	}
	if s, ok := m.(*Sequential); ok {
		for i, layer := range s.Layers {
			list = appendNamed(list, prefix+strconv.Itoa(i)+".", layer)
		}
		return list
	}
	// The parts of somebody's own module may share names: the second weight
	// becomes weight.2.
	uses := map[string]int{}
	for _, p := range m.Params() {
		name := prefix + p.Name()
		uses[name]++
		if n := uses[name]; n > 1 {
			name += "." + strconv.Itoa(n)
		}
		list = append(list, Named{name, p})
	}
	return list
}

// uniform is PyTorch's initialisation of nn.Linear, kaiming_uniform_ with
// a = √5: weights and biases uniform in ±1/√in.
func uniform(in int) tensor.Init {
	bound := float32(1 / math.Sqrt(float64(in)))
	return func(rng *tensor.RNG, w []float32) {
		for i := range w {
			w[i] = float32((2*rng.Uniform() - 1) * bound)
		}
	}
}

// needWidths panics unless a layer's numbers of features make sense.
func needWidths(layer string, in, out int) {
	if in < 1 || out < 1 {
		panic(&tensor.OpError{Op: layer, Why: fmt.Sprintf("a layer has at least 1 input and 1 output, not %d and %d", in, out)})
	}
}

// needInput panics with an error that names the layer unless the rows of x have
// in features.
func needInput(layer interface{ title() string }, x *tensor.Tensor, in int) {
	if x.Dim(-1) != in {
		refuseInput(layer.title(), x, in)
	}
}

func refuseInput(layer string, x *tensor.Tensor, in int) {
	want := x.Shape()
	want[len(want)-1] = in
	panic(&tensor.ShapeError{
		Layer: layer, Got: x.Shape(), Want: want,
		Why: fmt.Sprintf("it takes %d features a row, and the input has %d", in, x.Dim(-1)),
	})
}
