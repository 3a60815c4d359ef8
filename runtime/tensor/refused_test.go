package tensor_test

import (
	"testing"

	"setun/runtime/tensor"
)

// TestRefusedBackwardLeavesTheRest: a Backward that is refused for one part of a
// graph must not use up, or mark as done, the part that is not at fault.
func TestRefusedBackwardLeavesTheRest(t *testing.T) {
	w := tensor.Param("w", 1)
	w.Update(func(w, _ []float32) { w[0] = 1 })
	good, spent := tensor.Scale(w, 3), tensor.Scale(w, 5)
	spent.Backward()
	func() {
		defer func() {
			if recover() == nil {
				t.Fatal("a spent part was not refused")
			}
		}()
		tensor.Add(good, spent).Backward()
	}()
	good.Backward()
	if got := w.Grad()[0]; got != 3+5 {
		t.Errorf("gradient %v, want 5 of the first Backward and 3 of the last", got)
	}
}
