package nn

import "setun/runtime/tensor"

// Trace runs m on x and shows what each layer makes of what it gets, in the order
// in which they run. y is to be looked at, not kept.
func Trace(m Module, x *tensor.Tensor, see func(name, kind string, y *tensor.Tensor)) {
	scope := &tensor.Scope{Inference: true}
	defer scope.End()
	x = scope.Enter(x)
	for _, s := range stagesOf("", m) {
		x = s.forward(x)
		see(s.name, s.kind, x)
	}
}
