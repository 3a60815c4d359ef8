package nn_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// layerGolden is a layer as PyTorch computes it, forward and backward; see
// ../testdata/make_layer_goldens.py. The first of the inputs is the layer's, the
// others are its parameters.
type layerGolden struct {
	Inputs    [][]float32
	Shapes    [][]int
	Y         []float32
	YShape    []int
	DY        []float32
	Gradients [][]float32
}

func TestLayersAgainstPyTorch(t *testing.T) {
	text, err := os.ReadFile("../testdata/layers.json")
	if err != nil {
		t.Fatal(err)
	}
	var goldens map[string]layerGolden
	if err := json.Unmarshal(text, &goldens); err != nil {
		t.Fatal(err)
	}
	layers := map[string]nn.Module{
		"Conv2D":                            nn.NewConv2D(3, 4, tensor.Window{Height: 3, Width: 2, Stride: 1}),
		"Conv2D with stride and padding":    nn.NewConv2D(2, 5, tensor.Window{Height: 3, Width: 3, Stride: 2, Pad: 1}),
		"BitConv2D":                         nn.NewBitConv2D(2, 3, tensor.Window{Height: 3, Width: 3, Stride: 1}),
		"BitConv2D with stride and padding": nn.NewBitConv2D(3, 4, tensor.Window{Height: 3, Width: 3, Stride: 2, Pad: 1}),
		"MaxPool2D":                         nn.MaxPool2D{Size: 2},
		"AvgPool2D":                         nn.AvgPool2D{Size: 2},
		"LayerNorm":                         nn.NewLayerNorm(12),
		"RMSNorm":                           nn.NewGainedRMSNorm(12),
	}
	if len(goldens) != len(layers) {
		t.Errorf("%d goldens for %d layers", len(goldens), len(layers))
	}
	for name, layer := range layers {
		t.Run(name, func(t *testing.T) {
			g, params := goldens[name], layer.Params()
			if len(g.Inputs) != 1+len(params) {
				t.Fatalf("%d inputs for a layer of %d parameters", len(g.Inputs), len(params))
			}
			x := tensor.Param("x", g.Shapes[0]...)
			copy(x.Data(), g.Inputs[0])
			for i, p := range params {
				if !slices.Equal(p.Shape(), g.Shapes[1+i]) {
					t.Fatalf("parameter %d has the shape %v, want %v", i, p.Shape(), g.Shapes[1+i])
				}
				copy(p.Data(), g.Inputs[1+i])
			}
			y := layer.Forward(x)
			if !slices.Equal(y.Shape(), g.YShape) {
				t.Fatalf("the result has the shape %v, want %v", y.Shape(), g.YShape)
			}
			near(t, "y", y.Data(), g.Y)
			tensor.Sum(tensor.Mul(y, tensor.From(g.DY, g.YShape...))).Backward()
			near(t, "dx", x.Grad(), g.Gradients[0])
			for i, p := range params {
				near(t, "gradient of "+p.Name(), p.Grad(), g.Gradients[1+i])
			}
		})
	}
}
