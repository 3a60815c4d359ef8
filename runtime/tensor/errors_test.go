package tensor_test

import (
	"errors"
	"testing"

	"setun/runtime/tensor"
)

// mistake returns the error that f panics with.
func mistake(t *testing.T, f func()) (err error) {
	t.Helper()
	defer func() {
		var ok bool
		if err, ok = recover().(error); !ok {
			t.Error("it does not panic with an error")
			err = errors.New("")
		}
	}()
	f()
	return nil
}

func TestMistakesAreNamed(t *testing.T) {
	a, b := tensor.New(2, 3), tensor.New(3, 2)
	w := tensor.Param("w", 1)
	used := tensor.Scale(w, 2)
	used.Backward()
	early := tensor.Scale(w, 2)
	w.Update(func(w, g []float32) { w[0] = 1 })
	cases := []struct {
		name string
		do   func()
		want string
	}{
		{"no dimensions", func() { tensor.New() }, "New: got []: a tensor has 1 to 4 dimensions"},
		{"five dimensions", func() { tensor.New(1, 2, 3, 4, 5) }, "New: got [1×2×3×4×5]: a tensor has 1 to 4 dimensions"},
		{"an empty dimension", func() { tensor.New(2, -1) }, "New: got [2×-1]: every dimension is at least 1"},
		{"too large", func() { tensor.New(1<<30, 1<<30) }, "New: got [1073741824×1073741824]: a tensor has less than 2³¹ elements"},
		{"too large a parameter", func() { tensor.Param("w", 1<<30, 2) }, "Param: got [1073741824×2]: a tensor has less than 2³¹ elements"},
		{"other length", func() { tensor.From(make([]float32, 5), 2, 3) }, "From: got [5], want [2×3]: the number of values is not the product of the shape"},
		{"add", func() { tensor.Add(a, b) }, "Add: got [3×2], want [2×3]: both must have the same shape"},
		{"inner sizes", func() { tensor.MatMul(a, tensor.New(4, 2)) }, "MatMul: got [4×2], want [3×2]: the inner sizes must agree with those of [2×3]"},
		{"not matrices", func() { tensor.MatMul(a, tensor.New(3)) }, "MatMul: got [3], want [?×?]: it takes two matrices"},
		{"features", func() { tensor.Linear(a, tensor.New(5, 4)) }, "Linear: got [2×3], want [2×4]: the input has 3 features, the weights [5×4] take 4"},
		{"bias", func() { tensor.AddBias(a, tensor.New(2)) }, "AddBias: got [2], want [3]: the bias has one element for each column of [2×3]"},
		{"reshape", func() { tensor.Reshape(a, 4, -1) }, "Reshape: got [2×3]: it does not have as many elements as [4×-1]"},
		{"reshape to nothing", func() { tensor.Reshape(a, 0, 6) }, "Reshape: got [2×3]: it does not have as many elements as [?×6]"},
		{"no such dimension", func() { a.Dim(2) }, "Dim: got [2×3]: it has no such dimension"},
		{"item", func() { a.Item() }, "Item: got [2×3], want [1]: only a single number has an item"},
		{"number of labels", func() { tensor.CrossEntropy(a, tensor.Labels{0}) }, "CrossEntropy: got [1], want [2]: one label for each row of logits [2×3]"},
		{"no such class", func() { tensor.CrossEntropy(a, tensor.Labels{0, 3}) }, "CrossEntropy: label 3 of row 1 is none of the 3 classes (0 to 2)"},
		{"backward of many", func() { tensor.Scale(tensor.Param("w", 2), 1).Backward() }, "Backward: got [2], want [1]: gradients start from a single number; take the Mean or the Sum first"},
		{"backward of a constant", func() { tensor.New(1).Backward() }, "Backward: it was not computed from any parameter"},
		{"backward twice", used.Backward, "Backward: the result of Scale has been through a Backward already; compute the loss again, or add the losses and call Backward once"},
		{"backward after a step", early.Backward, "Backward: the parameter w was changed after Scale had read it; call Backward before Step"},
		{"no such token", func() { tensor.Embedding(tensor.From([]float32{0, 3}, 2), b) }, "Embedding: 3 at place 1 is none of the 3 tokens (0 to 2)"},
		{"half a token", func() { tensor.Embedding(tensor.From([]float32{0.5}, 1), b) }, "Embedding: 0.5 at place 0 is none of the 3 tokens (0 to 2)"},
		{"rotation beyond the context", func() { tensor.RoPE(tensor.New(1, 3, 4), 1, tensor.NewRotation(4, 2, 100)) }, "RoPE: got [1×3×4], want [?×2×?]: there are angles for 2 positions, the context"},
		{"too many heads", func() { tensor.RoPE(tensor.New(1, 2, 4), 2, tensor.NewRotation(4, 2, 100)) }, "RoPE: got [1×2×4]: a row does not hold 2 heads of 4"},
		{"uneven groups", func() { tensor.CausalAttention(tensor.New(1, 2, 7), 3, 2) }, "CausalAttention: 3 query heads cannot share 2 heads of keys and values evenly"},
		{"no heads", func() { tensor.CausalAttention(tensor.New(1, 2, 7), 1, 1) }, "CausalAttention: got [1×2×7]: a row is not made of 3 heads"},
		{"no gate", func() { tensor.Gated(tensor.New(2, 3), tensor.GateSiLU) }, "Gated: got [2×3]: a row is a gate and a value of the same width"},
		{"redraw", func() { a.Redraw(1, "") }, "Redraw: only a parameter has first values"},
		{"no numbers", func() { tensor.NewRNG(1).IntN(0) }, "IntN: there is no number below 0 to choose"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := mistake(t, c.do).Error(); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestShapeErrorIsTyped(t *testing.T) {
	err := mistake(t, func() { tensor.Linear(tensor.New(2, 3), tensor.New(5, 4)) })
	var shape *tensor.ShapeError
	if !errors.As(err, &shape) || shape.Op != "Linear" || shape.Got[1] != 3 || shape.Want[1] != 4 {
		t.Errorf("%#v is not a ShapeError with the operation and both shapes", err)
	}
}
