package tensor_test

import (
	"testing"

	"setun/runtime/tensor"
)

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
