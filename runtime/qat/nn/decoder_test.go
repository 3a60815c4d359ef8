package nn_test

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"setun/runtime/qat"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/token"
	"setun/runtime/tensor"
)

// What a decoder says after each token, given one by one or several at a time, is
// to the bit what the whole forward says there.
func TestDecoderEqualsForward(t *testing.T) {
	for name, size := range sizes() {
		for _, float := range []bool{false, true} {
			for _, step := range []int{1, 5} {
				t.Run(fmt.Sprintf("%s, float=%v, %d at a time", name, float, step), func(t *testing.T) {
					size.Context, size.Float = 70, float
					m := nn.NewBitNetLM(size).Init(3)
					x, _ := text(1, 1, size.Context, size.Vocab)
					want := m.Forward(x).Data()
					tokens := make([]int32, x.Len())
					for i, v := range x.Data() {
						tokens[i] = int32(v)
					}
					for _, workers := range []int{1, 3} {
						was := runtime.GOMAXPROCS(workers)
						d := nn.NewDecoder(m)
						var logits []float32
						for at := 0; at < len(tokens); at += step {
							logits = d.Next(logits, tokens[at:at+step]...)
							last := d.Len() - 1
							if !slices.Equal(logits, want[last*size.Vocab:(last+1)*size.Vocab]) {
								t.Fatalf("with %d workers the logits at place %d are others", workers, last)
							}
						}
						runtime.GOMAXPROCS(was)
					}
				})
			}
		}
	}
}

// So it is by every scheme, although a decoder rounds the weights once for all tokens.
func TestDecoderOfEveryScheme(t *testing.T) {
	weights := func(q qat.WeightQuantizer) qat.Scheme { return qat.Scheme{Weights: q} }
	for name, s := range map[string]qat.Scheme{
		"b1.58 in words":      weights(qat.WeightQuantizer{Scale: qat.AbsMean}),
		"ternary per channel": weights(qat.WeightQuantizer{Per: qat.PerChannel}),
		"ternary per group":   weights(qat.WeightQuantizer{Per: qat.PerGroup(7), Scale: qat.Median}),
		"binary":              weights(qat.WeightQuantizer{Bits: 1}),
		"4 bits, asymmetric":  weights(qat.WeightQuantizer{Bits: 4, Asymmetric: true, Per: qat.PerGroup(9)}),
		"8 bits":              weights(qat.WeightQuantizer{Bits: 8}),
		"LSQ":                 weights(qat.WeightQuantizer{Bits: 3, Scale: qat.Learned}),
		"stochastic":          weights(qat.WeightQuantizer{Bits: 2, Stochastic: 5}),
		"Learnable":           {Estimator: qat.Learnable{}},
		"Soft":                {Estimator: qat.Soft{T: 0.5}},
		"half of the outputs": {Channels: 0.5},
		"half way":            {Blend: 0.5},
		"int4 activations":    {Activations: qat.ActivationQuantizer{Bits: 4}},
		"calibrated":          {Activations: qat.ActivationQuantizer{Range: qat.Calibrated}},
		"float activations":   {Activations: qat.ActivationQuantizer{Bits: qat.FloatBits}},
		"float weights":       {Weights: qat.WeightQuantizer{Bits: qat.FloatBits}, Activations: qat.ActivationQuantizer{Bits: 8}},
	} {
		t.Run(name, func(t *testing.T) {
			m := nn.NewBitNetLM(sizes()["groups"]).Init(3).With(nn.WithScheme(s))
			x, y := text(1, 1, m.Context, m.Vocab)
			tensor.CrossEntropy(m.Forward(x), y).Backward() // calibrates, and draws
			nn.SetTraining(m, false)
			want := m.Forward(x).Data()
			d := nn.NewDecoder(m)
			var logits []float32
			for at, v := range x.Data() {
				logits = d.Next(logits, int32(v))
				if !slices.Equal(logits, want[at*m.Vocab:(at+1)*m.Vocab]) {
					t.Fatalf("the logits at place %d are others", at)
				}
			}
		})
	}
}

// A decoder that was reset knows the weights as they have become.
func TestDecoderResets(t *testing.T) {
	m := nn.NewBitNetLM(sizes()["groups"]).Init(3)
	d := nn.NewDecoder(m)
	before := d.Next(nil, 1)
	m.Init(4)
	d.Reset()
	x := tensor.Full(1, 1, 1)
	if after := d.Next(nil, 1); slices.Equal(after, before) || !slices.Equal(after, m.Forward(x).Data()) {
		t.Errorf("got %v after %v, want %v", after, before, m.Forward(x).Data())
	}
}

func TestDecoderTakesNoMoreThanItsContext(t *testing.T) {
	d := nn.NewDecoder(nn.NewBitNetLM(sizes()["groups"]))
	d.Next(nil, make([]int32, 12)...)
	defer func() {
		want := "Decoder: got [1×1], want [1×?]: after 12 tokens it takes 1 or more, up to a context of 12"
		if err, ok := recover().(*tensor.ShapeError); !ok || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}()
	d.Next(nil, 1)
}

// A model that has learnt that 3v+1 or 3v+2 follows v goes on so.
func TestGenerate(t *testing.T) {
	m := nn.NewBitNetLM(nn.Transformer{Vocab: 256, Context: 8, Width: 32, Layers: 1, Heads: 2}).Init(1)
	first := m.Generate("ab", nn.Sampling{Tokens: 20, Temperature: 1})
	if !strings.HasPrefix(first, "ab") || len(first) != 22 {
		t.Errorf("got %q, want 20 bytes after the prompt", first)
	}
	if again := m.Generate("ab", nn.Sampling{Tokens: 20, Temperature: 1}); again != first {
		t.Error("the same seed gives another text")
	}
	if other := m.Generate("ab", nn.Sampling{Tokens: 20, Temperature: 1, Seed: 2}); other == first {
		t.Error("another seed gives the same text")
	}
	// Beyond the context the model goes on from the last half of it.
	greedy := token.Bytes{}.Encode(m.Generate("abcdefgh", nn.Sampling{Tokens: 1}))
	if want := best(m, greedy[:8]); greedy[8] != want {
		t.Errorf("after 8 tokens %d, want %d", greedy[8], want)
	}
	greedy = token.Bytes{}.Encode(m.Generate("abcdefgh", nn.Sampling{Tokens: 2}))
	if want := best(m, greedy[5:9]); greedy[9] != want {
		t.Errorf("after 9 tokens %d, want what follows the last 4, %d", greedy[9], want)
	}
	if text := m.Generate("", nn.Sampling{Tokens: 3}); len(text) != 3 {
		t.Errorf("without a prompt: %q", text)
	}
	stopped := 0
	for range m.Continue(t.Context(), []int32{1}, nn.Sampling{Tokens: 9}) {
		if stopped++; stopped == 2 {
			break
		}
	}
	if stopped != 2 {
		t.Errorf("%d tokens before the loop was left", stopped)
	}
}

// The pieces of a text are what Generate adds, in whole characters, also where a
// character has several tokens and where bytes make up none.
func TestStream(t *testing.T) {
	m := nn.NewBitNetLM(nn.Transformer{Vocab: 256, Context: 64, Width: 32, Layers: 1, Heads: 2}).Init(1)
	s := nn.Sampling{Tokens: 200, Temperature: 2}
	prompt := strings.Repeat("the rays of light, ", 3)
	text, pieces := prompt, 0
	for piece := range m.Stream(prompt, s) {
		text += piece
		pieces++
	}
	if want := m.Generate(prompt, s); text != want || len(text) != len(prompt)+200 {
		t.Errorf("the pieces make up\n%q, not\n%q", text, want)
	}
	if pieces < 150 {
		t.Errorf("the text came in %d pieces", pieces)
	}
}

// A tokenizer of which every token is half a character.
type halves struct{}

func (halves) Vocab() int              { return 256 }
func (halves) Encode(string) []int32   { return nil }
func (halves) Decode(t []int32) string { return "é"[t[0]%2 : t[0]%2+1] }

func TestStreamWaitsForWholeCharacters(t *testing.T) {
	m := nn.NewBitNetLM(nn.Transformer{Vocab: 256, Context: 64, Width: 32, Layers: 1, Heads: 2, Tokenizer: halves{}}).Init(1)
	all := ""
	for piece := range m.Stream("", nn.Sampling{Tokens: 64, Temperature: 3}) {
		if strings.HasSuffix(all, "\xc3") && strings.HasPrefix(piece, "\xa9") {
			t.Errorf("a character is cut after %q", all)
		}
		all += piece
	}
	if len(all) != 64 || !strings.Contains(all, "é") {
		t.Errorf("got %q", all)
	}
}

// A limit ends a text where it has come to, also before the first token.
func TestGenerateStopsAtItsLimit(t *testing.T) {
	m := nn.NewBitNetLM(nn.Transformer{Vocab: 256, Context: 1 << 10, Width: 32, Layers: 1, Heads: 2}).Init(1)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	pieces := 0
	for range m.Stream("a", nn.Sampling{Tokens: 1 << 40}, limit{ctx}) {
		if pieces++; pieces == 5 {
			stop()
		}
	}
	if pieces > 6 {
		t.Errorf("%d pieces after 5 were enough", pieces)
	}
	if text := m.Generate(strings.Repeat("a", 1000), nn.Sampling{}, limit{ctx}); len(text) != 1000 {
		t.Errorf("%d bytes after the end", len(text)-1000)
	}
}

type limit struct{ ctx context.Context }

func (l limit) Limit() context.Context { return l.ctx }

// best is the most likely token after those.
func best(m *nn.BitNetLM, tokens []int32) int32 {
	x := tensor.New(1, len(tokens))
	for i, v := range tokens {
		x.Data()[i] = float32(v)
	}
	logits := m.Forward(x).Data()
	logits = logits[(len(tokens)-1)*m.Vocab:]
	return int32(slices.Index(logits, slices.Max(logits)))
}

// Tokens come as often as their probabilities say, among those that are left.
func TestSamplingDistribution(t *testing.T) {
	m := nn.NewBitNetLM(nn.Transformer{Vocab: 4, Context: 4, Width: 8, Layers: 1, Heads: 1})
	logits := nn.NewDecoder(m).Next(nil, 2)
	order := []int{0, 1, 2, 3}
	slices.SortFunc(order, func(a, b int) int { return int(math.Copysign(1, float64(logits[b]-logits[a]))) })
	probabilities := func(temperature float64, kept int) []float64 {
		p, sum := make([]float64, 4), 0.0
		for _, i := range order[:kept] {
			p[i] = math.Exp(float64(logits[i]) / temperature)
			sum += p[i]
		}
		for i := range p {
			p[i] /= sum
		}
		return p
	}
	two := probabilities(1, 4)
	for name, c := range map[string]struct {
		s    nn.Sampling
		want []float64
	}{
		"all":     {nn.Sampling{Temperature: 1}, probabilities(1, 4)},
		"sharper": {nn.Sampling{Temperature: 0.2}, probabilities(0.2, 4)},
		"top 2":   {nn.Sampling{Temperature: 1, TopK: 2}, probabilities(1, 2)},
		"nucleus": {nn.Sampling{Temperature: 1, TopP: two[order[0]] + two[order[1]] - 0.01}, probabilities(1, 2)},
		"greedy":  {nn.Sampling{}, probabilities(1, 1)},
	} {
		t.Run(name, func(t *testing.T) {
			const n = 3000
			counts := make([]int, 4)
			for seed := range uint64(n) {
				c.s.Tokens, c.s.Seed = 1, seed+1
				for next := range m.Continue(t.Context(), []int32{2}, c.s) {
					counts[next]++
				}
			}
			for i, p := range c.want {
				// Four deviations of a count of n draws.
				if got := float64(counts[i]) / n; math.Abs(got-p) > 4*math.Sqrt(p*(1-p)/n)+1e-9 {
					t.Errorf("token %d came with a share of %.3f, want %.3f", i, got, p)
				}
			}
		})
	}
}

func TestSamplingMistakes(t *testing.T) {
	m := nn.NewBitNetLM(sizes()["groups"])
	for name, c := range map[string]struct {
		do   func()
		want string
	}{
		"everything wrong": {
			func() {
				m.Continue(t.Context(), nil, nn.Sampling{Tokens: -1, Temperature: math.NaN(), TopP: 2})
			},
			"nn: sampling of -1 tokens among the 0 most likely; want none of them negative\nnn: sampling at a temperature of NaN; want 0 or more\nnn: sampling among a share of 2; want 0 to 1",
		},
		"another vocabulary": {
			func() { m.Generate("a", nn.Sampling{}) },
			"BitNetLM: it has 11 tokens, and its tokenizer 256; set its Tokenizer",
		},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if err, ok := recover().(error); !ok || err.Error() != c.want {
					t.Errorf("got  %v\nwant %s", err, c.want)
				}
			}()
			c.do()
		})
	}
}
