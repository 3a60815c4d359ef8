package nn

import (
	"fmt"
	"strconv"

	"setun/runtime/tensor"
)

// A LayerMemory is what one layer takes of the memory of a training step.
type LayerMemory struct {
	Name string // its place in the network, as in [Describe]
	Kind string
	// Bytes are in use between the layer's forward and its backward: what it
	// remembers, and its result as far as the layers after it need that.
	Bytes int64
}

// MeasureMemory runs the forward of a training step of m on x and returns what
// each layer takes until the backward. The workspace of single operations is not
// in it; see [tensor.Scope.Usage] for the peak with all.
func MeasureMemory(m Module, x *tensor.Tensor) []LayerMemory {
	scope := &tensor.Scope{Private: Builtin(m)}
	defer scope.End()
	given := scope.Enter(x)
	x = given
	var list []LayerMemory
	for _, s := range stagesOf("", m) {
		before := scope.Usage().InUse
		y := s.forward(x)
		after := scope.Usage().InUse
		list = append(list, LayerMemory{s.name, s.kind, after - before})
		if y != x && x != given {
			tensor.Done(x)
			list[len(list)-2].Bytes -= after - scope.Usage().InUse
		}
		x = y
	}
	return list
}

// stage is a part of a network that runs as a whole.
type stage struct {
	name, kind string
	forward    func(x *tensor.Tensor) *tensor.Tensor
}

// stagesOf returns the layers of m in the order in which they run.
func stagesOf(name string, m Module) []stage {
	switch m := m.(type) {
	case *Sequential:
		var all []stage
		for i, layer := range m.Layers {
			inner := strconv.Itoa(i)
			if name != "" {
				inner = name + "." + inner
			}
			all = append(all, stagesOf(inner, layer)...)
		}
		return all
	case *BitNetLM:
		all := []stage{{"embedding", "Embedding", m.embed}}
		for i, b := range m.run {
			all = append(all, stage{fmt.Sprintf("blocks.%d", i), kind(b), b.Forward})
		}
		return append(all, stage{"head", "Linear", m.predict})
	}
	return []stage{{name, kind(m), m.Forward}}
}
