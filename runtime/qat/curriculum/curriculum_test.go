package curriculum

import (
	"slices"
	"strings"
	"testing"

	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/qat/train"
	"setun/runtime/tensor"
)

// fades are images of two kinds whose contrast falls with their number: the first
// are easy.
func fades(t testing.TB, n int) *data.Split {
	t.Helper()
	rng := tensor.NewRNG(1)
	pixels, labels := make([]uint8, n*16), make([]uint8, n)
	for i := range labels {
		labels[i] = uint8(i % 2)
		contrast := 110 - 100*i/n
		for p := range 16 {
			pixels[i*16+p] = uint8(60 + rng.IntN(20))
			if p/8 == int(labels[i]) {
				pixels[i*16+p] += uint8(contrast)
			}
		}
	}
	s, err := data.NewSplit(4, 4, pixels, labels)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// seen is the samples of each step, as a hook that stands behind the curriculum
// sees them: by what is in X.
type seen struct {
	train.NoHook
	shapes []string
	means  []float32 // of all pixels of a batch
}

func (*seen) Name() string { return "seen" }
func (s *seen) Loss(l *train.Loop, loss *tensor.Tensor) *tensor.Tensor {
	s.shapes = append(s.shapes, tensor.FormatShape(l.X.Shape()))
	s.means = append(s.means, tensor.Mean(l.X).Item())
	return loss
}

// The judge finds the order, and a run that follows it sees bright images first.
func TestEasyFirst(t *testing.T) {
	d := &data.Dataset{Name: "fades", Train: fades(t, 200)}
	judge := nn.NewSequential(nn.NewLinear(16, 2))
	if _, err := train.Fit(t.Context(), judge, d, train.Config{Epochs: 20, Batch: 20, Optimizer: optim.NewAdamW(1e-2)}); err != nil {
		t.Fatal(err)
	}
	order, err := ByLoss(t.Context(), judge, d.Train)
	if err != nil {
		t.Fatal(err)
	}
	early := 0
	for _, i := range order[:50] {
		if i < 100 {
			early++
		}
	}
	if early < 45 {
		t.Errorf("of the 50 samples that the judge finds easiest %d are of the clearer half", early)
	}
	watch := &seen{}
	c := &Difficulty{Order: order, First: 0.1, Steps: 15}
	if _, err := train.Fit(t.Context(), nn.MLP(16, 2), d, train.Config{Epochs: 2, Batch: 10, Hooks: []train.Hook{c, watch}}); err != nil {
		t.Fatal(err)
	}
	first, last := watch.means[0], watch.means[len(watch.means)-1]
	if first < last+0.05 {
		t.Errorf("the first batch is %.3f bright, the last %.3f: not easy ones first", first, last)
	}
}

func TestPoolGrows(t *testing.T) {
	c := Difficulty{First: 0.2, Steps: 10}
	for step, want := range map[int]int{1: 20, 6: 60, 11: 100, 40: 100} {
		if got := c.Pool(step, 40, 100); got != want {
			t.Errorf("step %d: %d of 100 samples, want %d", step, got, want)
		}
	}
}

// A pass over all samples is whole passes over the pool: each of it comes as often.
func TestPoolIsDealtEvenly(t *testing.T) {
	split := fades(t, 100)
	order := make([]int, 100)
	for i := range order {
		order[i] = 99 - i
	}
	c := &Difficulty{Order: order, First: 0.25, Steps: 1000}
	l := &train.Loop{Data: &data.Dataset{Train: split}, Step: 1, Steps: 1}
	all := make([]int, 100)
	split.Sampler(3).Indices(all)
	c.Choose(l, all)
	counts := map[int]int{}
	for _, i := range all {
		counts[i]++
	}
	for i := 75; i < 100; i++ {
		if counts[i] != 4 {
			t.Errorf("sample %d came %d times, want 4", i, counts[i])
		}
	}
}

// Sequences grow to their whole length; the model learns from what it is given.
func TestShortFirst(t *testing.T) {
	d, err := data.TextOf("text", strings.Repeat("the rays of light bend. ", 60), data.TextConfig{Length: 32})
	if err != nil {
		t.Fatal(err)
	}
	lm := nn.NewBitNetLM(nn.Transformer{Vocab: 256, Context: 32, Width: 16, Layers: 1, Heads: 2})
	watch := &seen{}
	c := &Length{First: 8, Steps: 4}
	if _, err := train.Fit(t.Context(), lm, d, train.Config{Steps: 6, Batch: 4, Hooks: []train.Hook{c, watch}}); err != nil {
		t.Fatal(err)
	}
	if want := []string{"[4×8]", "[4×8]", "[4×16]", "[4×24]", "[4×32]", "[4×32]"}; !slices.Equal(watch.shapes, want) {
		t.Errorf("batches %v, want %v", watch.shapes, want)
	}
}

func TestMistakes(t *testing.T) {
	d := &data.Dataset{Name: "fades", Train: fades(t, 10)}
	for want, h := range map[string]train.Hook{
		"an order of 2 samples for a split of 10": &Difficulty{Order: []int{0, 1}},
		"sample 0 stands in the order twice":      &Difficulty{Order: make([]int, 10)},
		"fades is no text":                        &Length{},
		"-1 tokens at first":                      &Length{First: -1},
	} {
		_, err := train.Fit(t.Context(), nn.MLP(16, 2), d, train.Config{Steps: 1, Hooks: []train.Hook{h}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}
