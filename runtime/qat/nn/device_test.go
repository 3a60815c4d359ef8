package nn_test

import (
	"reflect"
	"slices"
	"sort"
	"testing"

	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// counted returns the processors as another device, which counts the calls of
// each of its kernels by name.
func counted() (*tensor.Device, map[string]int) {
	d, calls := tensor.CPU(), map[string]int{}
	d.Name = "counted"
	var wrap func(name string, v reflect.Value)
	wrap = func(name string, v reflect.Value) {
		switch v.Kind() {
		case reflect.Func:
			f := reflect.ValueOf(v.Interface())
			v.Set(reflect.MakeFunc(v.Type(), func(args []reflect.Value) []reflect.Value {
				calls[name]++
				return f.Call(args)
			}))
		case reflect.Struct:
			for i := range v.NumField() {
				wrap(name+"."+v.Type().Field(i).Name, v.Field(i))
			}
		}
	}
	v := reflect.ValueOf(d).Elem()
	for i := range v.NumField() {
		wrap(v.Type().Field(i).Name, v.Field(i))
	}
	return d, calls
}

// What runs in a scope reaches all its kernels through the scope's device, also
// what is computed again, and the numbers are the same.
func TestScopesNameTheDevice(t *testing.T) {
	x, y := text(1, 4, 12, 11)
	lm := nn.Transformer{Vocab: 11, Context: 12, Width: 16, Layers: 2, Heads: 4, Groups: 2}
	twin, again := lm, lm
	twin.Float, again.Recompute = true, true
	transformer := []string{"Gather", "Scatter", "RoPE", "Attention", "AttentionBackward", "Gate", "GateBackward", "Add", "RMSNorm", "RMSNormBackward", "GEMM", "CrossEntropy", "CrossEntropyBackward", "Sum"}
	integers := []string{"Ternarize", "NormQuantizeRows", "NormQuantizeRowsBackward", "TernaryGEMM", "GEMMInt8", "GEMMTernary"}
	for name, c := range map[string]struct {
		size nn.Transformer
		want []string
	}{
		"integers":   {lm, slices.Concat(transformer, integers)},
		"recomputed": {again, slices.Concat(transformer, integers)},
		"floats":     {twin, transformer},
	} {
		t.Run(name, func(t *testing.T) {
			m := nn.NewBitNetLM(c.size)
			want, wantGrads := gradients(m, nil, x, y)
			device, calls := counted()
			got, grads := gradients(m, &tensor.Scope{Private: true, On: device}, x, y)
			if got != want || !slices.EqualFunc(grads, wantGrads, slices.Equal[[]float32]) {
				t.Errorf("loss %v, want %v, or other gradients", got, want)
			}
			var reached []string
			for kernel := range calls {
				reached = append(reached, kernel)
			}
			sort.Strings(reached)
			sort.Strings(c.want)
			if !slices.Equal(reached, c.want) {
				t.Errorf("kernels reached: %v\nwant %v", reached, c.want)
			}
		})
	}
}
