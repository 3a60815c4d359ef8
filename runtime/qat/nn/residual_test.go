package nn_test

import (
	"slices"
	"testing"

	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

func TestResidual(t *testing.T) {
	x := tensor.From([]float32{-1, 2, 3, -4}, 2, 2)
	// x + relu(x) doubles what is above 0.
	if got := nn.NewResidual(nn.ReLU{}).Forward(x).Data(); !slices.Equal(got, []float32{-1, 4, 6, -4}) {
		t.Errorf("x + relu(x) = %v", got)
	}
	m := nn.NewSequential(nn.NewBitLinear(784, 16), nn.NewResidual(nn.NewBitLinear(16, 16), nn.ReLU{}), nn.NewDropout(0.1), nn.NewBitLinear(16, 10))
	var names []string
	for _, p := range nn.NamedParams(m) {
		names = append(names, p.Name)
	}
	if want := []string{"0.weight", "1.0.weight", "3.weight"}; !slices.Equal(names, want) {
		t.Errorf("parameters %v, want %v", names, want)
	}
	if want := "Sequential(BitLinear(784, 16), Residual(BitLinear(16, 16), ReLU()), Dropout(0.1), BitLinear(16, 10))"; m.String() != want {
		t.Errorf("it is written %s", m)
	}
	in, y := digits(64)
	needNoAllocs(t, m, in, y)
	var kinds []string
	for _, row := range nn.Describe(m) {
		kinds = append(kinds, row.Name+" "+row.Kind)
	}
	if want := []string{"0 BitLinear", "1.0 BitLinear", "1.1 ReLU", "2 Dropout", "3 BitLinear"}; !slices.Equal(kinds, want) {
		t.Errorf("described as %v", kinds)
	}
}
