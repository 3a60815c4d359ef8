package nn_test

import (
	"slices"
	"testing"

	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

func TestWatch(t *testing.T) {
	mlp := nn.NewSequential(nn.NewResidual(nn.NewLinear(3, 3), nn.ReLU{}), nn.NewBitLinear(3, 2))
	lm := nn.NewBitNetLM(nn.Transformer{Vocab: 5, Context: 4, Width: 8, Layers: 1, Heads: 2})
	for _, c := range []struct {
		name  string
		model nn.Module
		x     *tensor.Tensor
		want  []string
	}{
		{"layers", mlp, tensor.Full(1, 2, 3), []string{"0.0 [2×3]", "0.1 [2×3]", "0 [2×3]", "1 [2×2]"}},
		{"blocks", lm, tensor.New(1, 4), []string{
			"blocks.0.qkv [1×4×24]", "blocks.0.o [1×4×8]", "blocks.0.up [1×4×64]", "blocks.0.down [1×4×8]", "blocks.0 [1×4×8]",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var seen []string
			stop := nn.Watch(c.model, func(name string, y *tensor.Tensor) {
				seen = append(seen, name+" "+tensor.FormatShape(y.Shape()))
			})
			both := 0
			stopOther := nn.Watch(c.model, func(string, *tensor.Tensor) { both++ })
			c.model.Forward(c.x)
			stop()
			stopOther()
			c.model.Forward(c.x)
			if !slices.Equal(seen, c.want) {
				t.Errorf("seen %q, want %q", seen, c.want)
			}
			if both != len(c.want) {
				t.Errorf("the other watcher saw %d results, want %d", both, len(c.want))
			}
		})
	}
}
