package loss_test

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"setun/runtime/qat/loss"
	"setun/runtime/tensor"
)

// Values and gradients are PyTorch's: testdata/make_goldens.py.
func TestAgainstPyTorch(t *testing.T) {
	text, err := os.ReadFile("testdata/losses.json")
	if err != nil {
		t.Fatal(err)
	}
	var goldens struct {
		Rows, Cols int
		X, Target  []float32
		Labels     tensor.Labels
		Cases      map[string]struct {
			Loss float32
			DX   []float32
		}
	}
	if err := json.Unmarshal(text, &goldens); err != nil {
		t.Fatal(err)
	}
	pair := func(f func(y, target *tensor.Tensor) *tensor.Tensor) func(*tensor.Tensor) *tensor.Tensor {
		return func(x *tensor.Tensor) *tensor.Tensor {
			return f(x, tensor.From(goldens.Target, goldens.Rows, goldens.Cols))
		}
	}
	classes := func(f func(*tensor.Tensor, tensor.Labels) *tensor.Tensor) func(*tensor.Tensor) *tensor.Tensor {
		return func(x *tensor.Tensor) *tensor.Tensor { return f(x, goldens.Labels) }
	}
	cases := map[string]func(x *tensor.Tensor) *tensor.Tensor{
		"smoothing 0":   classes(loss.Smoothed(0)),
		"smoothing 0.1": classes(loss.Smoothed(0.1)),
		"one-hot MSE":   classes(loss.OneHot(loss.MSE)),
		"MSE":           pair(loss.MSE),
		"L1":            pair(loss.L1),
		"SmoothL1 1":    pair(loss.SmoothL1(1)),
		"SmoothL1 0.5":  pair(loss.SmoothL1(0.5)),
		"KL 1":          pair(func(y, target *tensor.Tensor) *tensor.Tensor { return loss.KL(y, target, 1) }),
		"KL 4":          pair(func(y, target *tensor.Tensor) *tensor.Tensor { return loss.KL(y, target, 4) }),
	}
	if len(cases) != len(goldens.Cases) {
		t.Fatalf("%d goldens for %d losses", len(goldens.Cases), len(cases))
	}
	for name, f := range cases {
		t.Run(name, func(t *testing.T) {
			want := goldens.Cases[name]
			x := tensor.Param("x", goldens.Rows, goldens.Cols)
			copy(x.Data(), goldens.X)
			got := f(x)
			if math.Abs(float64(got.Item()-want.Loss)) > 1e-6 {
				t.Errorf("loss %g, want %g", got.Item(), want.Loss)
			}
			got.Backward()
			for i, g := range x.Grad() {
				if math.Abs(float64(g-want.DX[i])) > 1e-6 {
					t.Fatalf("dX[%d] = %g, want %g", i, g, want.DX[i])
				}
			}
		})
	}
}

// A target that was computed from parameters gets no gradient.
func TestTargetsAreConstant(t *testing.T) {
	for name, f := range map[string]func(y, target *tensor.Tensor) *tensor.Tensor{
		"MSE": loss.MSE, "L1": loss.L1, "SmoothL1": loss.SmoothL1(1),
		"KL": func(y, target *tensor.Tensor) *tensor.Tensor { return loss.KL(y, target, 2) },
	} {
		x, w := tensor.Param("x", 2, 3), tensor.Param("w", 2, 3)
		copy(x.Data(), []float32{1, 2, 3, 4, 5, 6})
		copy(w.Data(), []float32{1, 0, 2, 5, 2, 8})
		f(x, tensor.Scale(w, 2)).Backward()
		if x.Grad() == nil || w.Grad() != nil {
			t.Errorf("%s: gradient of x %v, of the target's parameter %v", name, x.Grad(), w.Grad())
		}
	}
}

func TestMistakes(t *testing.T) {
	x := tensor.New(2, 3)
	for want, f := range map[string]func(){
		"SmoothL1 with β = 0":            func() { loss.SmoothL1(0) },
		"label smoothing of 1":           func() { loss.Smoothed(1) },
		"temperature of 0":               func() { loss.KL(x, x, 0) },
		"MSE: ":                          func() { loss.MSE(x, tensor.New(3, 2)) },
		"label 3 of row 1 is none of th": func() { loss.OneHot(loss.MSE)(x, tensor.Labels{0, 3}) },
		"OneHot: ":                       func() { loss.OneHot(loss.MSE)(x, tensor.Labels{0}) },
	} {
		func() {
			defer func() {
				if err, _ := recover().(error); err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want an error with %q", err, want)
				}
			}()
			f()
		}()
	}
}
