package nn_test

import (
	"math"
	"runtime"
	"slices"
	"testing"

	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// An element is dropped with the given probability, and what stays is scaled so
// that the mean does not move.
func TestDropout(t *testing.T) {
	const n = 20001
	x := tensor.Full(2, 3, n)
	d := nn.NewDropout(0.3)
	first := d.Forward(x)
	dropped, sum := 0, 0.0
	for _, v := range first.Data() {
		sum += float64(v)
		switch v {
		case 0:
			dropped++
		case 2 * float32(1/(1-float32(0.3))):
		default:
			t.Fatalf("a 2 became %v", v)
		}
	}
	// Of 60,003 draws the share varies by √(0.3·0.7/60003) = 0.0019.
	if share := float64(dropped) / (3 * n); math.Abs(share-0.3) > 0.01 {
		t.Errorf("%.4f were dropped, want 0.3", share)
	}
	if mean := sum / (3 * n); math.Abs(mean-2) > 0.03 {
		t.Errorf("the mean went from 2 to %.4f", mean)
	}
	if slices.Equal(d.Forward(x).Data(), first.Data()) {
		t.Error("the second mask is the first")
	}
	if nn.SetTraining(d, false); d.Forward(x) != x {
		t.Error("it does something when it is not in training")
	}
}

// The gradient passes where the value did.
func TestDropoutGradient(t *testing.T) {
	x := tensor.Param("x", 5, 7)
	for i := range x.Data() {
		x.Data()[i] = 1
	}
	y := nn.NewDropout(0.5).Forward(x)
	values := slices.Clone(y.Data())
	tensor.Sum(y).Backward()
	if !slices.Equal(x.Grad(), values) {
		t.Errorf("gradient %v of 1s that became %v", x.Grad(), values)
	}
}

// The mask belongs to the seed and to the place of the layer, not to the
// workers; and the generator's state is all there is to keep.
func TestDropoutState(t *testing.T) {
	x := tensor.Full(1, 300, 400)
	m := nn.NewSequential(nn.ReLU{}, nn.NewSequential(nn.NewDropout(0.5))).Init(7)
	states := nn.NamedStates(m)
	if len(states) != 1 || states[0].Name != "1.0" {
		t.Fatalf("layers with a state: %v", states)
	}
	m.Forward(x)
	state, err := states[0].Layer.State()
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Clone(m.Forward(x).Data())
	for _, workers := range []int{1, 3} {
		was := runtime.GOMAXPROCS(workers)
		if err := states[0].Layer.SetState(state); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(m.Forward(x).Data(), want) {
			t.Errorf("with %d workers the mask is another one", workers)
		}
		runtime.GOMAXPROCS(was)
	}
	if m.Init(7).Forward(x); !slices.Equal(m.Forward(x).Data(), want) {
		t.Error("the same seed gives other masks")
	}
	if m.Init(8).Forward(x); slices.Equal(m.Forward(x).Data(), want) {
		t.Error("another seed gives the same masks")
	}
	if err := states[0].Layer.SetState([]byte("nonsense")); err == nil {
		t.Error("nonsense is accepted as a state")
	}
}

// What is computed again for the backward draws the same masks, and leaves the
// generator where it would have been.
func TestDropoutIsRecomputed(t *testing.T) {
	x, y := digits(40)
	build := func(recompute bool) *nn.Sequential {
		m := nn.NewSequential(nn.NewBitLinear(784, 24), nn.ReLU{}, nn.NewDropout(0.5), nn.NewBitLinear(24, 10))
		if recompute {
			return nn.NewSequential(nn.Checkpoint(m))
		}
		return nn.NewSequential(m)
	}
	for _, scope := range []*tensor.Scope{nil, {Private: true}} {
		plain, again := build(false), build(true)
		for range 3 {
			want, wantGrads := gradients(plain, scope, x, y)
			got, grads := gradients(again, scope, x, y)
			if got != want || !slices.EqualFunc(grads, wantGrads, slices.Equal[[]float32]) {
				t.Fatalf("loss %v, want %v, or other gradients", got, want)
			}
		}
	}
}

func TestDropoutRefuses(t *testing.T) {
	for _, p := range []float32{-0.1, 1, float32(math.NaN())} {
		func() {
			defer func() {
				if _, ok := recover().(*tensor.OpError); !ok {
					t.Errorf("a share of %v is accepted", p)
				}
			}()
			nn.NewDropout(p)
		}()
	}
}
