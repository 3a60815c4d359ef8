package nn

import (
	"fmt"
	"slices"
	"strings"

	"setun/runtime/tensor"
)

// A Sequential runs its layers one after the other.
type Sequential struct {
	Layers []Module
	seed   uint64

	watched
}

// NewSequential returns the network of the given layers and gives each its place
// in it, for the weights that are still to be drawn: from
// [tensor.DefaultSeed] unless [Sequential.Init] says otherwise. A layer that has
// weights already keeps them.
//
// It panics with a *tensor.ShapeError if the widths of two layers do not meet.
func NewSequential(layers ...Module) *Sequential {
	s := &Sequential{Layers: layers, seed: tensor.DefaultSeed}
	s.needFit()
	for _, p := range NamedParams(s) {
		p.Param.Place(s.seed, p.Name)
	}
	placeRandom(s, s.seed)
	return s
}

// MLP returns BitLinear layers of the given sizes with ReLU between them:
// MLP(784, 256, 10) is BitLinear(784, 256), ReLU(), BitLinear(256, 10).
func MLP(sizes ...int) *Sequential {
	if len(sizes) < 2 {
		panic(&tensor.OpError{Op: "MLP", Why: fmt.Sprintf("it takes at least the number of inputs and of outputs, got %d sizes", len(sizes))})
	}
	var layers []Module
	for i := 1; i < len(sizes); i++ {
		if i > 1 {
			layers = append(layers, ReLU{})
		}
		layers = append(layers, NewBitLinear(sizes[i-1], sizes[i]))
	}
	return NewSequential(layers...)
}

// Init draws all weights anew from seed, also those that were trained, starts the
// generators of random layers anew, and returns s. Each parameter has a stream of its own, which belongs to its name:
// it does not change with what stands before or after it.
func (s *Sequential) Init(seed uint64) *Sequential {
	s.seed = seed
	for _, p := range NamedParams(s) {
		p.Param.Redraw(seed, p.Name)
	}
	placeRandom(s, seed)
	return s
}

// Seed returns the seed of the last Init.
func (s *Sequential) Seed() uint64 { return s.seed }

// Forward sends x through the layers in order.
func (s *Sequential) Forward(x *tensor.Tensor) *tensor.Tensor {
	given := x
	for i, layer := range s.Layers {
		if in, _ := widthsOf(layer); in > 0 && in != x.Dim(-1) {
			refuseInput(place(i, layer), x, in)
		}
		y := layer.Forward(x)
		s.showLayer("", i, y)
		if y != x && x != given {
			tensor.Done(x)
		}
		x = y
	}
	return x
}

// Params returns the parameters of the layers, in order.
func (s *Sequential) Params() []*tensor.Tensor {
	var all []*tensor.Tensor
	for _, layer := range s.Layers {
		all = append(all, layer.Params()...)
	}
	return all
}

// String is the network as a cell writes it.
func (s *Sequential) String() string {
	parts := make([]string, len(s.Layers))
	for i, layer := range s.Layers {
		parts[i] = name(layer)
	}
	return "Sequential(" + strings.Join(parts, ", ") + ")"
}

// widths are those of the outermost layers that have any, 0 where something
// unknown stands before or after them.
func (s *Sequential) widths() (in, out int) {
	for _, layer := range s.Layers {
		if in, _ = widthsOf(layer); in > 0 || !keepsWidth(layer) {
			break
		}
	}
	for _, layer := range slices.Backward(s.Layers) {
		if _, out = widthsOf(layer); out > 0 || !keepsWidth(layer) {
			break
		}
	}
	return in, out
}

// needFit panics unless each layer takes as many features as the ones before it
// give, as far as they are known.
func (s *Sequential) needFit() {
	given, giver := 0, ""
	for i, layer := range s.Layers {
		if layer == nil {
			panic(&tensor.OpError{Op: "Sequential", Why: fmt.Sprintf("layer %d is nil", i)})
		}
		if keepsWidth(layer) {
			continue
		}
		in, out := widthsOf(layer)
		if given > 0 && in > 0 && in != given {
			panic(&tensor.ShapeError{
				Layer: place(i, layer), Got: []int{0, given}, Want: []int{0, in},
				Why: fmt.Sprintf("it takes %d features, and %s gives %d", in, giver, given),
			})
		}
		given, giver = out, place(i, layer)
	}
}

// keepsWidth reports whether a layer gives as many features as it takes.
func keepsWidth(layer Module) bool {
	switch layer := layer.(type) {
	case ReLU, ReLUSquared, SiLU, GELU, RMSNorm, ImageNorm, MaxPool2D, AvgPool2D, *Dropout, *Residual:
		return true
	case *Checkpointed:
		return keepsWidth(layer.Module)
	}
	return false
}

// place names a layer and where it stands, for errors.
func place(i int, layer Module) string {
	title := name(layer)
	if l, ok := layer.(interface{ title() string }); ok {
		title = l.title()
	}
	return fmt.Sprintf("layer %d (%s)", i, title)
}

// name is the layer as a cell writes it, or its type.
func name(layer Module) string {
	if l, ok := layer.(fmt.Stringer); ok {
		return l.String()
	}
	return kind(layer)
}
