package nn_test

import (
	"fmt"
	"slices"
	"testing"

	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// A language model of single layers, as a cell puts one together.
func layeredLM() *nn.Sequential {
	return nn.NewSequential(
		nn.NewEmbedding(11, 16),
		nn.NewResidual(nn.NewAttention(nn.AttentionSize{Width: 16, Heads: 4, Groups: 2, Context: 12})),
		nn.NewResidual(nn.NewFeedForward(16, 24)),
		nn.RMSNorm{}, nn.NewLinear(16, 11),
	)
}

// Attention and feed-forward layers with sums around them are the block of
// BitNetLM, to the bit.
func TestLayersOfABlock(t *testing.T) {
	lm := nn.NewBitNetLM(sizes()["groups"]).Init(5)
	m := layeredLM()
	params, head := m.Params(), lm.Table.Data()
	copy(params[0].Data(), lm.Table.Data())
	for i, p := range lm.Blocks[0].Params() {
		copy(params[1+i].Data(), p.Data())
	}
	copy(params[len(params)-2].Data(), head)
	clear(params[len(params)-1].Data())
	x, _ := text(1, 3, 12, 11)
	if got, want := m.Forward(x).Data(), lm.Forward(x).Data(); !slices.Equal(got, want) {
		t.Error("the layers compute something else than the block")
	}
	var names []string
	for _, p := range nn.NamedParams(m) {
		names = append(names, p.Name)
	}
	want := []string{"0.weight", "1.q.weight", "1.k.weight", "1.v.weight", "1.o.weight", "2.gate.weight", "2.up.weight", "2.down.weight", "4.weight", "4.bias"}
	if !slices.Equal(names, want) {
		t.Errorf("parameters %v, want %v", names, want)
	}
	if n := nn.LongestInput(m); n != 12 {
		t.Errorf("it takes %d tokens, want 12", n)
	}
	var rows []string
	for _, row := range nn.Describe(m) {
		rows = append(rows, fmt.Sprintf("%s %s %s→%s", row.Name, row.Kind, row.In, row.Out))
	}
	if want := []string{"0 Embedding 1→16", "1.qkv BitLinear 16→32", "1.o BitLinear 16→16", "2.up BitLinear 16→48", "2.down BitLinear 24→16", "3 RMSNorm 16→16", "4 Linear 16→11"}; !slices.Equal(rows, want) {
		t.Errorf("described as %q", rows)
	}
}

func TestSteadyLayeredStepAllocatesNothing(t *testing.T) {
	x, y := text(1, 4, 12, 11)
	needNoAllocs(t, layeredLM(), x, y)
}

func TestAttentionMistakes(t *testing.T) {
	for want, do := range map[string]func(){
		"Attention: a width of 16 is not made of 3 heads of an even size":         func() { nn.NewAttention(nn.AttentionSize{Width: 16, Heads: 3, Context: 4}) },
		"Attention: 4 query heads cannot share 3 heads of keys and values evenly": func() { nn.NewAttention(nn.AttentionSize{Width: 16, Heads: 4, Groups: 3, Context: 4}) },
		"Attention 16: got [2×5×16], want [?×4×16]: it takes a batch of up to 4 positions each": func() {
			nn.NewAttention(nn.AttentionSize{Width: 16, Heads: 4, Context: 4}).Forward(tensor.New(2, 5, 16))
		},
		"FeedForward(16, 24): got [2×15], want [2×16]: it takes 16 features a row, and the input has 15": func() { nn.NewFeedForward(16, 24).Forward(tensor.New(2, 15)) },
	} {
		func() {
			defer func() {
				if err, ok := recover().(error); !ok || err.Error() != want {
					t.Errorf("got  %v\nwant %s", err, want)
				}
			}()
			do()
		}()
	}
}
