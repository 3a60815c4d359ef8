package nn_test

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

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
