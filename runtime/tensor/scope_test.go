package tensor_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"setun/runtime/tensor"
)

// step is a little network in a scope: sum(relu(x·wᵀ)).
func step(scope *tensor.Scope, x, w *tensor.Tensor) (hidden, loss *tensor.Tensor) {
	hidden = tensor.ReLU(tensor.Linear(scope.Enter(x), w))
	return hidden, tensor.Sum(hidden)
}

func weights() *tensor.Tensor {
	w := tensor.Param("w", 3, 2)
	copy(w.Data(), []float32{1, 2, -3, 4, 5, -6})
	return w
}

// needOpError fails unless f panics with an OpError that holds text.
func needOpError(t *testing.T, text string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		err, _ := recover().(error)
		var op *tensor.OpError
		if !errors.As(err, &op) || !strings.Contains(err.Error(), text) {
			t.Errorf("got %v, want an OpError with %q", err, text)
		}
	}()
	f()
}

// A scope changes nothing about the numbers, step after step.
func TestScopeComputesTheSame(t *testing.T) {
	for _, private := range []bool{false, true} {
		scope := &tensor.Scope{Private: private}
		for i := range 4 {
			x := tensor.Full(float32(i)+0.5, 4, 2)
			w, free := weights(), weights()
			_, loss := step(scope, x, w)
			got := loss.Item()
			loss.Backward()
			scope.End()

			want := tensor.Sum(tensor.ReLU(tensor.Linear(x, free)))
			want.Backward()
			if got != want.Item() || !slices.Equal(w.Grad(), free.Grad()) {
				t.Errorf("private %v, step %d: loss %v and gradient %v, want %v and %v", private, i, got, w.Grad(), want.Item(), free.Grad())
			}
		}
	}
}

// What a person holds of a step stays, or says that it is gone; it is never
// another step's.
func TestNothingHeldChangesSilently(t *testing.T) {
	scope, w := tensor.NewScope(), weights()
	x := tensor.Full(1, 4, 2)
	hidden, loss := step(scope, x, w)
	kept, _ := step(scope, x, w)
	kept.Keep()
	data := hidden.Data()
	want := slices.Clone(data)
	clone := loss.Clone()
	scope.End()
	for range 3 {
		step(scope, tensor.Full(7, 4, 2), w)
		scope.End()
	}
	if !slices.Equal(data, want) || !slices.Equal(hidden.Data(), want) || !slices.Equal(kept.Data(), want) {
		t.Errorf("after later steps: data %v, tensor %v, kept %v; want %v", data, hidden.Data(), kept.Data(), want)
	}
	if clone.Item() != 16 {
		t.Errorf("the clone is %v, want 16", clone.Item())
	}
	for name, use := range map[string]func(){
		"Item":      func() { loss.Item() },
		"Data":      func() { loss.Data() },
		"Keep":      func() { loss.Keep() },
		"Backward":  func() { loss.Backward() },
		"operation": func() { tensor.ReLU(loss) },
		"String":    func() { _ = loss.String() },
	} {
		t.Run(name, func(t *testing.T) { needOpError(t, "its scope has ended", use) })
	}
}

// In a steady state a scope holds what it has, and nothing is in use between
// steps.
func TestScopeIsSteady(t *testing.T) {
	for _, private := range []bool{false, true} {
		scope, w := &tensor.Scope{Private: private}, weights()
		var first tensor.Usage
		for i := range 5 {
			_, loss := step(scope, tensor.Full(1, 40, 2), w)
			loss.Backward()
			scope.End()
			if i == 0 {
				first = scope.Usage()
			}
		}
		if got := scope.Usage(); got != first || got.InUse != 0 || got.Peak == 0 {
			t.Errorf("private %v: %+v after five steps, %+v after one", private, got, first)
		}
	}
}

// A step that was broken off leaves nothing behind.
func TestScopeAfterABrokenStep(t *testing.T) {
	for _, private := range []bool{false, true} {
		scope, w := &tensor.Scope{Private: private}, weights()
		func() {
			defer scope.End()
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			hidden, _ := step(scope, tensor.Full(1, 4, 2), w)
			tensor.Sum(tensor.NewOp("broken", tensor.New(4, 3), []*tensor.Tensor{hidden}, func([]float32) { panic("broken") })).Backward()
		}()
		if u := scope.Usage(); u.InUse != 0 {
			t.Errorf("private %v: %d bytes are still in use", private, u.InUse)
		}
	}
}

// Inference remembers nothing: results want no gradient.
func TestInferenceRecordsNothing(t *testing.T) {
	scope := &tensor.Scope{Inference: true}
	_, loss := step(scope, tensor.Full(1, 4, 2), weights())
	needOpError(t, "not computed from any parameter", loss.Backward)
}

// The values of an intermediate result that no operation remembers are taken
// back when its maker is done with it.
func TestPrivateScopeFreesEarly(t *testing.T) {
	scope, w := &tensor.Scope{Private: true}, weights()
	x := scope.Enter(tensor.Full(1, 4096, 2))
	a := tensor.Linear(x, w)
	b := tensor.ReLU(a) // remembers its result
	before := scope.Usage().InUse
	tensor.Done(a)
	tensor.Done(b)
	if freed, want := before-scope.Usage().InUse, int64(4*a.Len()); freed != want {
		t.Errorf("%d bytes were freed, want those of one result, %d", freed, want)
	}
	needOpError(t, "its maker was done with it", func() { tensor.ReLU(a) })
	tensor.Sum(b)
	scope.End()
}
