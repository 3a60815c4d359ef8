package nn_test

import (
	"math"
	"slices"
	"testing"

	"setun/runtime/asm"
	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// The approximate backward leaves the loss as it is, and its gradients are those
// of the exact one but for about a hundredth of their length.
func TestApproximateBackward(t *testing.T) {
	x, y := text(1, 16, 12, 11)
	m := nn.NewBitNetLM(nn.Transformer{Vocab: 11, Context: 12, Width: 32, Layers: 2, Heads: 4})
	want, wantGrads := gradients(m, nil, x, y)
	got, grads := gradients(m, &tensor.Scope{On: tensor.ApproximateCPU()}, x, y)
	if got != want {
		t.Errorf("loss %v, want %v", got, want)
	}
	for i, p := range m.Params() {
		off, length := 0.0, 0.0
		for j, g := range wantGrads[i] {
			d := float64(grads[i][j] - g)
			off += d * d
			length += float64(g) * float64(g)
		}
		if off = math.Sqrt(off / length); !(off < 0.02) {
			t.Errorf("the gradient of %s is off by %.3f of its length", p.Name(), off)
		}
	}
	if same := slices.EqualFunc(grads, wantGrads, slices.Equal[[]float32]); same == asm.HasBF16() {
		t.Errorf("gradients are the exact ones: %v; the processor computes in bfloat16: %v", same, asm.HasBF16())
	}
}
