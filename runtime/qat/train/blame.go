package train

import (
	"fmt"

	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// blame says where in the step that is being made numbers stopped being finite:
// in the batch, in the weights, in what a layer made of them, or in the loss.
func (l *Loop) blame() string {
	if n := notFinite(l.X.Peek()); n > 0 {
		return fmt.Sprintf("%d numbers of the batch itself are not finite", n)
	}
	for _, p := range nn.NamedParams(l.Model) {
		if n := notFinite(p.Param.Data()); n > 0 {
			return fmt.Sprintf("%d of the %d numbers of %s are not finite, since an earlier step", n, p.Param.Len(), p.Name)
		}
	}
	where := ""
	nn.Trace(l.Model, l.X, func(name, kind string, y *tensor.Tensor) {
		if n := notFinite(y.Peek()); n > 0 && where == "" {
			if name != "" {
				kind = name + " (" + kind + ")"
			}
			where = fmt.Sprintf("the first layer to give numbers that are not finite is %s: %d of %d", kind, n, y.Len())
		}
	})
	if where == "" {
		where = "all layers give finite numbers: it is the loss itself"
	}
	return where
}

// blameGradients says which parameter's gradient is not finite: the one nearest
// to the loss, where it began.
func (l *Loop) blameGradients() string {
	where := "the gradients are finite one by one, and their norm is not"
	for _, p := range nn.NamedParams(l.Model) {
		if n := notFinite(p.Param.Grad()); n > 0 {
			where = fmt.Sprintf("%d of the %d numbers in the gradient of %s are not finite", n, p.Param.Len(), p.Name)
		}
	}
	return where
}

func notFinite(x []float32) int {
	n := 0
	for _, v := range x {
		if v-v != 0 {
			n++
		}
	}
	return n
}
