package dsl_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	. "setun/dsl"
	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// A convolutional network, trained on images of 3×3 pixels.
func ExampleBitConv2D() {
	model := Sequential(
		Image(3, 3, 1), BitConv2D(1, 8, 3, Padding(1)), ReLU(),
		Flatten(), Dropout(0.1), BitLinear(72, 6),
	)
	run := Fit(model, arrows(), Steps(300), Batch(16), AdamW(1e-2), Cosine())
	fmt.Println(run.Test.Accuracy > 0.9)
	// Output:
	// true
}

// A language model of one text, which it learns by heart.
func ExampleBitNetLM() {
	folder, err := os.MkdirTemp("", "setun-example-*")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "work.txt")
	if err := os.WriteFile(path, []byte(strings.Repeat("All work and no play. ", 100)), 0o644); err != nil {
		panic(err)
	}
	lm := BitNetLM(Width(32), Layers(1), Heads(2), Context(32))
	Fit(lm, Text(path), Steps(150), Batch(4), AdamW(1e-2))
	fmt.Println(lm.Generate("All work", Sampling{Tokens: 14}))
	// Output:
	// All work and no play.
}

func TestLanguageModelOptions(t *testing.T) {
	bpe := BPE("opticks", 300)
	if bpe.Vocab() != 300 {
		t.Fatalf("%v", bpe)
	}
	lm := BitNetLM(Width(32), Layers(3), Heads(4), KVHeads(2), Hidden(48), Context(16), Tokenizer(bpe))
	if want := "BitNetLM of width 32, 3 layers, 4 heads, context 16, 300 tokens"; lm.String() != want || lm.Groups != 2 || len(lm.Blocks) != 3 {
		t.Errorf("got %s", lm)
	}
	opticks := Text("opticks", Tokenizer(bpe), Context(64))
	if opticks.Train.Labels() != 64 {
		t.Errorf("sequences of %d tokens", opticks.Train.Labels())
	}
	// The model takes 16 tokens: the text is cut to that.
	opticks.Test, _ = opticks.Test.Slice(0, 2)
	run := Fit(lm, opticks, Steps(2), Batch(2))
	if run.Steps != 2 || run.Train.N == 0 {
		t.Errorf("%+v", run.Train)
	}
	if text := lm.Generate("The rays of", Sampling{Tokens: 3, Temperature: 1}); !strings.HasPrefix(text, "The rays of") || len(text) == len("The rays of") {
		t.Errorf("generated %q", text)
	}
	if BitNetLM(Vocab(16), Width(8), Layers(1), Heads(1)).Vocab != 16 {
		t.Error("Vocab is not taken")
	}
	if deep := BitNetLM(Recompute(), Width(8), Layers(1), Heads(1)); !deep.Recompute {
		t.Error("Recompute is not taken")
	}
}

// Every layer takes what it says it takes and gives what it says it gives.
func TestLayerWords(t *testing.T) {
	for name, c := range map[string]struct {
		layer nn.Module
		in    []int
		want  string
	}{
		"Image":       {Image(4, 3, 2), []int{5, 24}, "[5×4×3×2]"},
		"Conv2D":      {Conv2D(2, 7, 3, Padding(1)), []int{5, 4, 3, 2}, "[5×4×3×7]"},
		"BitConv2D":   {BitConv2D(2, 7, 2, Stride(2)), []int{5, 4, 6, 2}, "[5×2×3×7]"},
		"MaxPool2D":   {MaxPool2D(2), []int{5, 4, 6, 2}, "[5×2×3×2]"},
		"AvgPool2D":   {AvgPool2D(2), []int{5, 4, 6, 2}, "[5×2×3×2]"},
		"ImageNorm":   {ImageNorm(), []int{5, 4, 6, 2}, "[5×4×6×2]"},
		"RMSNorm":     {RMSNorm(6), []int{5, 6}, "[5×6]"},
		"LayerNorm":   {LayerNorm(6), []int{5, 6}, "[5×6]"},
		"ReLUSquared": {ReLUSquared(), []int{5, 6}, "[5×6]"},
		"SiLU":        {SiLU(), []int{5, 6}, "[5×6]"},
		"GELU":        {GELU(), []int{5, 6}, "[5×6]"},
		"Dropout":     {Dropout(0.5), []int{5, 6}, "[5×6]"},
		"Residual":    {Residual(BitLinear(6, 6), ReLU()), []int{5, 6}, "[5×6]"},
		"Recomputed":  {Recomputed(MLP(6, 4)), []int{5, 6}, "[5×4]"},
		"Embedding":   {Embedding(10, 6), []int{5, 3}, "[5×3×6]"},
		"Attention":   {Attention(8, Heads(2), KVHeads(1), Context(3)), []int{5, 3, 8}, "[5×3×8]"},
		"FeedForward": {FeedForward(8, 20), []int{5, 3, 8}, "[5×3×8]"},
		"LeNet":       {LeNet(), []int{2, 784}, "[2×10]"},
		"twin":        {LeNet().With(Bits(32)), []int{2, 784}, "[2×10]"},
	} {
		y := c.layer.Forward(tensor.New(c.in...))
		if got := tensor.FormatShape(y.Shape()); got != c.want {
			t.Errorf("%s gives %s, want %s", name, got, c.want)
		}
		if text := fmt.Sprint(Render(c.layer).Data["text/plain"]); text == "" || strings.Contains(text, "panicked") {
			t.Errorf("%s shows as %q", name, text)
		}
	}
}

func TestModelMistakes(t *testing.T) {
	for want, do := range map[string]func(){
		"Width(0): want at least 1":                                                                         func() { BitNetLM(Width(0)) },
		"Padding(-1): want at least 0":                                                                      func() { Conv2D(1, 1, 3, Padding(-1)) },
		"RMSNorm: want one width, or none for a norm without a gain; got [1 2]":                             func() { RMSNorm(1, 2) },
		"Tokenizer(nil): want a tokenizer, such as BPE(\"opticks\", 512)":                                   func() { Tokenizer(nil) },
		"BitNetLM: a width of 256 is not made of 3 heads of an even size":                                   func() { BitNetLM(Heads(3)) },
		"data: there is no text \"none.txt\": want the path of a file, or \"opticks\": file does not exist": func() { Text("none.txt") },
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

func TestRenderDatasetOfText(t *testing.T) {
	text := fmt.Sprint(Render(Text("opticks", Context(64))).Data["text/plain"])
	want := "opticks: 7,976 training and 886 test sequences of 64 tokens, "
	if !strings.HasPrefix(text, want) || !strings.Contains(text, "Produced by Suzanne Lybarger") {
		t.Errorf("got %q, want %q and the first sequence", text, want)
	}
}
