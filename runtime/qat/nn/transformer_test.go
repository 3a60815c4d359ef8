package nn_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

// text returns a batch of random tokens [B×T] and the tokens after them.
func text(seed uint64, batch, length, vocab int) (*tensor.Tensor, tensor.Labels) {
	rng := tensor.NewRNG(seed)
	x, y := tensor.New(batch, length), make(tensor.Labels, batch*length)
	for b := range batch {
		next := rng.IntN(vocab)
		for t := range length {
			x.Data()[b*length+t] = float32(next)
			next = (3*next + 1 + rng.IntN(2)) % vocab
			y[b*length+t] = int32(next)
		}
	}
	return x, y
}

// sizes are two small transformers: one with as many heads of keys as of queries,
// one whose query heads share them.
func sizes() map[string]nn.Transformer {
	return map[string]nn.Transformer{
		"heads":  {Vocab: 11, Context: 12, Width: 16, Layers: 2, Heads: 2, Untied: true},
		"groups": {Vocab: 11, Context: 12, Width: 16, Layers: 1, Heads: 4, Groups: 2, Hidden: 24},
	}
}

func TestTransformerLearns(t *testing.T) {
	for name, size := range sizes() {
		for _, float := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/float=%v", name, float), func(t *testing.T) {
				size.Float = float
				m := nn.NewBitNetLM(size)
				opt := optim.NewAdamW(3e-3).For(m)
				scope := &tensor.Scope{Private: true}
				var last float32
				for step := range 150 {
					x, y := text(uint64(step), 8, 12, 11)
					loss := tensor.CrossEntropy(m.Forward(scope.Enter(x)), y)
					last = loss.Item()
					loss.Backward()
					opt.Step()
					scope.End()
				}
				// Two tokens can follow each token: ln 2 is the best there is.
				if !(last < 1.1) || last < math.Ln2-0.1 {
					t.Errorf("the loss is %.3f after 150 steps, want less than 1.1 (at first %.3f)", last, math.Log(11))
				}
			})
		}
	}
}

// A token has no influence on what is predicted before it.
func TestTransformerIsCausal(t *testing.T) {
	m := nn.NewBitNetLM(sizes()["groups"])
	x, _ := text(1, 1, 12, 11)
	before := m.Forward(x).Data()
	changed := x.Clone()
	changed.Data()[7] = float32((int(x.Data()[7]) + 1) % 11)
	after := m.Forward(changed).Data()
	for i := range before {
		if row := i / 11; row < 7 && before[i] != after[i] {
			t.Fatalf("logit %d of place %d changed with the token of place 7", i%11, row)
		}
	}
}

func TestSteadyTransformerStepAllocatesNothing(t *testing.T) {
	for name, size := range sizes() {
		for _, float := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/float=%v", name, float), func(t *testing.T) {
				size.Float = float
				x, y := text(1, 4, 12, 11)
				needNoAllocs(t, nn.NewBitNetLM(size), x, y)
			})
		}
	}
}

func TestDescribeTransformer(t *testing.T) {
	m := nn.NewBitNetLM(sizes()["groups"])
	var got []string
	params := 0
	for _, row := range nn.Describe(m) {
		got = append(got, fmt.Sprintf("%s %s %s→%s %d × %.2f bits = %d bytes", row.Name, row.Kind, row.In, row.Out, row.Params, row.BitsPerWeight, row.Bytes))
		params += row.Params
	}
	want := []string{
		"embedding Embedding 1→16 176 × 32.00 bits = 704 bytes",
		"blocks.0.qkv BitLinear 16→32 512 × 1.58 bits = 140 bytes",
		"blocks.0.o BitLinear 16→16 256 × 1.58 bits = 68 bytes",
		"blocks.0.up BitLinear 16→48 768 × 1.58 bits = 200 bytes",
		"blocks.0.down BitLinear 24→16 384 × 1.58 bits = 100 bytes",
		"head Linear 16→11 0 × 0.00 bits = 0 bytes",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	all := 0
	names := map[string]bool{}
	for _, p := range nn.NamedParams(m) {
		all += p.Param.Len()
		names[p.Name] = true
	}
	if params != all || len(names) != len(m.Params()) {
		t.Errorf("%d parameters are described and there are %d, with %d names for %d", params, all, len(names), len(m.Params()))
	}
}

func TestTransformerMistakes(t *testing.T) {
	good := nn.Transformer{Vocab: 11, Context: 12, Width: 16, Layers: 1, Heads: 2}
	cases := map[string]struct {
		change func(*nn.Transformer)
		want   string
	}{
		"no layers":      {func(s *nn.Transformer) { s.Layers = 0 }, "at least 1"},
		"uneven heads":   {func(s *nn.Transformer) { s.Heads = 3 }, "a width of 16 is not made of 3 heads of an even size"},
		"uneven groups":  {func(s *nn.Transformer) { s.Heads, s.Groups = 4, 3 }, "4 query heads cannot share 3 heads"},
		"too many words": {func(s *nn.Transformer) { s.Vocab = 1 << 25 }, "33554432 tokens are more than 16777216"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if err, ok := recover().(*tensor.OpError); !ok || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v, want an OpError with %q", err, c.want)
				}
			}()
			size := good
			c.change(&size)
			nn.NewBitNetLM(size)
		})
	}
	t.Run("too long", func(t *testing.T) {
		defer func() {
			want := "BitNetLM: got [2×13], want [?×12]: it takes a batch of up to 12 tokens each"
			if err, ok := recover().(*tensor.ShapeError); !ok || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
		}()
		nn.NewBitNetLM(good).Forward(tensor.New(2, 13))
	})
}

// Init names the weights: the same seed gives the same, another others, and the
// twin in float32 starts from the same.
func TestTransformerInit(t *testing.T) {
	size := sizes()["heads"]
	first := nn.NewBitNetLM(size)
	size.Float = true
	twin := nn.NewBitNetLM(size)
	for i, p := range first.Params() {
		if !slices.Equal(p.Data(), twin.Params()[i].Data()) {
			t.Errorf("%s of the twin is another", p.Name())
		}
	}
	was := slices.Clone(first.Head.Data())
	if first.Init(5); slices.Equal(first.Head.Data(), was) || first.Seed() != 5 {
		t.Error("another seed gives the same weights")
	}
	if first.Init(tensor.DefaultSeed); !slices.Equal(first.Head.Data(), was) {
		t.Error("the same seed gives other weights")
	}
}

// BenchmarkTransformerStep is a training step of a small language model.
func BenchmarkTransformerStep(b *testing.B) {
	for _, float := range []bool{false, true} {
		b.Run(fmt.Sprintf("float=%v", float), func(b *testing.B) {
			m := nn.NewBitNetLM(nn.Transformer{Vocab: 256, Context: 128, Width: 256, Layers: 4, Heads: 4, Float: float})
			x, y := text(1, 8, 128, 256)
			opt := optim.NewAdamW(0).For(m)
			scope := &tensor.Scope{Private: true}
			b.ReportAllocs()
			for b.Loop() {
				tensor.CrossEntropy(m.Forward(scope.Enter(x)), y).Backward()
				opt.Step()
				scope.End()
			}
			b.ReportMetric(float64(len(y)*b.N)/b.Elapsed().Seconds(), "tokens/s")
			b.ReportMetric(float64(scope.Usage().Peak), "peak-B")
		})
	}
}
