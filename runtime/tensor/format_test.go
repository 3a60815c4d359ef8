package tensor_test

import (
	"fmt"
	"testing"

	"setun/runtime/tensor"
)

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

func TestStringShortens(t *testing.T) {
	got := tensor.New(9, 2, 8).String()
	want := "Tensor [9×2×8]\n" +
		"[[[0 0 0 … 0 0 0]\n  [0 0 0 … 0 0 0]]\n" +
		" [[0 0 0 … 0 0 0]\n  [0 0 0 … 0 0 0]]\n" +
		" [[0 0 0 … 0 0 0]\n  [0 0 0 … 0 0 0]]\n" +
		" …\n" +
		" [[0 0 0 … 0 0 0]\n  [0 0 0 … 0 0 0]]\n" +
		" [[0 0 0 … 0 0 0]\n  [0 0 0 … 0 0 0]]\n" +
		" [[0 0 0 … 0 0 0]\n  [0 0 0 … 0 0 0]]]"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
