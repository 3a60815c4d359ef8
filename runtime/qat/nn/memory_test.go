package nn_test

import (
	"slices"
	"testing"

	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// 64 rows of 16 floats are 4096 bytes. A Linear remembers its input, which is
// the caller's for the first, and ReLU's result for the second; its own result is
// dropped as soon as ReLU has read it.
func TestMeasureMemory(t *testing.T) {
	m := nn.NewSequential(nn.NewLinear(16, 16), nn.ReLU{}, nn.NewLinear(16, 4))
	got := nn.MeasureMemory(m, tensor.New(64, 16))
	want := []nn.LayerMemory{
		{Name: "0", Kind: "Linear", Bytes: 0},
		{Name: "1", Kind: "ReLU", Bytes: 64 * 16 * 4},
		{Name: "2", Kind: "Linear", Bytes: 64 * 4 * 4}, // the result
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A block that is computed again for the backward keeps its result alone, which
// is the input of the next.
func TestMeasureMemoryOfTransformer(t *testing.T) {
	x, _ := text(1, 8, 12, 11)
	rows := int64(8 * 12 * 16 * 4)
	for _, recompute := range []bool{false, true} {
		got := nn.MeasureMemory(nn.NewBitNetLM(nn.Transformer{Vocab: 11, Context: 12, Width: 16, Layers: 2, Heads: 2, Recompute: recompute}), x)
		if len(got) != 4 || got[0].Name != "embedding" || got[1].Name != "blocks.0" || got[3].Name != "head" {
			t.Fatalf("the layers are %v", got)
		}
		if got[0].Bytes != rows {
			t.Errorf("the embedding takes %d bytes, want its result, %d", got[0].Bytes, rows)
		}
		if alone := got[1].Bytes == rows; alone != recompute {
			t.Errorf("with Recompute %v a block takes %d bytes; its result has %d", recompute, got[1].Bytes, rows)
		}
	}
}
