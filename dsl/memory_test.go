package dsl_test

import (
	"fmt"
	"slices"
	"testing"

	. "setun/dsl"
	"setun/runtime/tensor"
)

// A loop in a step scope.
func ExampleStepScope() {
	d := arrows()
	model := MLP(9, 32, 6)
	opt := AdamW(1e-2).For(model)
	step := StepScope()
	first := int64(0)
	for i := range 20 {
		x, y := d.Train.Next(16)
		loss := CrossEntropy(model.Forward(step.Enter(x)), y)
		loss.Backward()
		opt.Step()
		step.End()
		if i == 0 {
			first = step.Usage().Held
		}
	}
	u := step.Usage()
	fmt.Println("in use after the steps:", u.InUse, "– held grew:", u.Held > first, "– peak at most what is held:", u.Peak <= u.Held)
	// Output:
	// in use after the steps: 0 – held grew: false – peak at most what is held: true
}

// The same loop learns the same bits with and without a scope.
func TestStepScopeChangesNothing(t *testing.T) {
	learn := func(enter func(*tensor.Tensor) *tensor.Tensor, end func()) [][]float32 {
		d := arrows()
		model := MLP(9, 32, 6)
		opt := AdamW(1e-2).For(model)
		for range 30 {
			x, y := d.Train.Next(16)
			CrossEntropy(model.Forward(enter(x)), y).Backward()
			opt.Step()
			end()
		}
		var weights [][]float32
		for _, p := range model.Params() {
			weights = append(weights, slices.Clone(p.Data()))
		}
		return weights
	}
	step := StepScope()
	with := learn(step.Enter, step.End)
	without := learn(func(x *tensor.Tensor) *tensor.Tensor { return x }, func() {})
	for i := range with {
		if !slices.Equal(with[i], without[i]) {
			t.Errorf("parameter %d is learnt differently in a scope", i)
		}
	}
}

// A tensor that a person holds beyond the step stays what it was, however many
// steps use the memory of that step again; one that was not kept says so.
func TestHeldTensorsStayAsTheyAre(t *testing.T) {
	d := arrows()
	model := MLP(9, 32, 6)
	opt := AdamW(1e-1).For(model)
	step := StepScope()
	var held, dropped []*tensor.Tensor
	var was [][]float32
	for i := range 20 {
		x, y := d.Train.Next(16)
		logits := model.Forward(step.Enter(x))
		loss := CrossEntropy(logits, y)
		switch i % 3 {
		case 0:
			held, was = append(held, logits.Keep()), append(was, slices.Clone(logits.Peek()))
		case 1:
			was, held = append(was, slices.Clone(logits.Data())), append(held, logits)
		default:
			dropped = append(dropped, logits)
		}
		loss.Backward()
		opt.Step()
		step.End()
	}
	for i, h := range held {
		if !slices.Equal(h.Data(), was[i]) {
			t.Errorf("tensor %d changed after its step", i)
		}
	}
	for _, x := range dropped {
		func() {
			defer func() {
				if _, ok := recover().(*tensor.OpError); !ok {
					t.Error("a tensor whose step has ended can be read")
				}
			}()
			x.Data()
		}()
	}
}

func TestLayerMemory(t *testing.T) {
	x, _ := arrows().Train.Next(16)
	var layers []string
	total := int64(0)
	for _, l := range LayerMemory(MLP(9, 32, 6), x) {
		layers = append(layers, l.Kind)
		total += l.Bytes
	}
	if !slices.Equal(layers, []string{"BitLinear", "ReLU", "BitLinear"}) {
		t.Errorf("layers %v", layers)
	}
	// At least the codes of the activations of both layers and the ReLU's result.
	if least := int64(16*9 + 16*32 + 4*16*32); total < least {
		t.Errorf("%d bytes, want at least %d", total, least)
	}
}

// A run with the approximate backward learns, and says what it did.
func TestApproximateBackward(t *testing.T) {
	model := MLP(9, 64, 6)
	run := Fit(model, arrows(), Epochs(30), Batch(16), AdamW(1e-2), ApproximateBackward())
	if run.Test.Accuracy < 0.9 {
		t.Errorf("accuracy %v", run.Test.Accuracy)
	}
	approximate := tensor.ApproximateCPU().Name != tensor.CPU().Name
	said := slices.ContainsFunc(run.Notes, func(n string) bool { return n == "computed on "+tensor.ApproximateCPU().Name })
	if said != approximate {
		t.Errorf("the notes of a run whose device is %q are %q", tensor.ApproximateCPU().Name, run.Notes)
	}
}
