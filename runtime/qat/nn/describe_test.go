package nn_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

func ExampleDescribe() {
	m := nn.NewSequential(
		nn.NewBitLinear(784, 256), nn.ReLU{},
		nn.NewLinear(256, 10),
	)
	for _, l := range nn.Describe(m) {
		fmt.Printf("%s %-9s %4s → %-4s %6d parameters %5.2f bits %6d bytes\n", l.Name, l.Kind, l.In, l.Out, l.Params, l.BitsPerWeight, l.Bytes)
	}
	// Output:
	// 0 BitLinear  784 → 256  200704 parameters  1.58 bits  50180 bytes
	// 1 ReLU       256 → 256       0 parameters  0.00 bits      0 bytes
	// 2 Linear     256 → 10     2570 parameters 32.00 bits  10280 bytes
}

// tied uses one matrix twice.
type tied struct{ *nn.Linear }

func (l tied) Params() []*tensor.Tensor { return append(l.Linear.Params(), l.Linear.Params()...) }

// labelled says itself how it is shown.
type labelled struct{ nn.ReLU }

func (labelled) Describe() nn.Info { return nn.Info{Kind: "my own", In: "4", Out: "4"} }

func TestDescribe(t *testing.T) {
	m := nn.NewSequential(
		nn.NewBitLinear(3, 4),
		nn.NewSequential(nn.RMSNorm{}, nn.NewBitLinear(4, 5)),
		&tied{nn.NewLinear(5, 4)},
		labelled{},
		nn.ReLU{},
	)
	want := []nn.Info{
		{Name: "0", Kind: "BitLinear", In: "3", Out: "4", Params: 12, BitsPerWeight: nn.BitsTernary, Bytes: 4*1 + 4},
		{Name: "1.0", Kind: "RMSNorm", In: "4", Out: "4"},
		{Name: "1.1", Kind: "BitLinear", In: "4", Out: "5", Params: 20, BitsPerWeight: nn.BitsTernary, Bytes: 5*1 + 4},
		{Name: "2", Kind: "tied", In: "5", Out: "4", Params: 24, BitsPerWeight: 32, Bytes: 96},
		{Name: "3", Kind: "my own", In: "4", Out: "4"},
		{Name: "4", Kind: "ReLU", In: "4", Out: "4"},
	}
	if diff := cmp.Diff(want, nn.Describe(m)); diff != "" {
		t.Error(diff)
	}
	if one := nn.Describe(nn.NewBitLinear(3, 4)); len(one) != 1 || one[0].Name != "" {
		t.Errorf("a single layer is described as %+v", one)
	}
}
