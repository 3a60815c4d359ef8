package tensor_test

import (
	"fmt"
	"runtime"
	"testing"
	"weak"

	"setun/runtime/tensor"
)

// An operation of one's own: y = x³ with dX = 3x²·dY.
func ExampleNewOp() {
	cube := func(x *tensor.Tensor) *tensor.Tensor {
		y := tensor.New(x.Shape()...)
		for i, v := range x.Data() {
			y.Data()[i] = v * v * v
		}
		return tensor.NewOp("cube", y, []*tensor.Tensor{x}, func(dy []float32) {
			x.AddGrad(func(dx []float32) {
				for i, v := range x.Data() {
					dx[i] = 3 * v * v * dy[i]
				}
			})
		})
	}

	x := tensor.Param("x", 3)
	copy(x.Data(), []float32{1, 2, 3})
	loss := tensor.Sum(cube(x))
	loss.Backward()
	fmt.Println(loss.Item(), x.Grad())
	// Output: 36 [3 12 27]
}

func ExampleTensor_String() {
	x := tensor.New(2, 3)
	for i := range x.Data() {
		x.Data()[i] = float32(i) / 2
	}
	fmt.Println(x)
	// Output:
	// Tensor [2×3]
	// [[0 0.5 1]
	//  [1.5 2 2.5]]
}

// A loss that is kept, for a curve say, does not keep what it was computed from.
func TestBackwardFreesTheGraph(t *testing.T) {
	w := tensor.Param("w", 1)
	hidden := tensor.Scale(w, 2)
	watched := weak.Make(hidden)
	loss := tensor.Scale(hidden, 3)
	hidden = nil
	runtime.GC()
	if watched.Value() == nil {
		t.Fatal("the graph is gone before Backward")
	}
	loss.Backward()
	runtime.GC()
	if watched.Value() != nil {
		t.Error("the loss keeps the graph after Backward")
	}
	runtime.KeepAlive(loss)
}
