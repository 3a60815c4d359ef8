package asm

import (
	"slices"
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	list := []implementation{{name: "go"}, {name: "slow"}, {name: "fast"}}
	for _, c := range []struct{ ask, got, err string }{
		{"", "fast", ""},
		{"go", "go", ""},
		{"slow", "slow", ""},
		{"avx1024", "fast", "SETUN_CPU=avx1024: this machine and build have go, slow, fast; using fast"},
	} {
		im, err := choose(list, c.ask)
		message := ""
		if err != nil {
			message = err.Error()
		}
		if im.name != c.got || message != c.err {
			t.Errorf("choose(%q) = %s, %q; want %s, %q", c.ask, im.name, message, c.got, c.err)
		}
	}
}

func TestTheReferenceIsAlwaysThere(t *testing.T) {
	if names := Available(); names[0] != "go" || !slices.Contains(names, Selected()) {
		t.Errorf("available %v, selected %s", names, Selected())
	}
}

// Every implementation has every kernel: a nil one would panic at its first use.
func TestNoKernelIsMissing(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		x := make([]float32, 64)
		calls := []func(){
			func() { GEMM(false, false, 4, 4, 4, x, 4, x[16:], 4, x[32:], 4, false) },
			func() {
				AttentionBackward(x[:4], x[4:8], x[8:12], x[12:], x[16:], x[20:], x[24:], AttentionShape{Queries: 1, Keys: 1, Dim: 4, LDQ: 4, LDK: 4, LDV: 4, LDO: 4})
			},
			func() { RoPE(x, x, x, 1, 1, 4, 0, false) },
		}
		for _, k := range vectorKernels {
			calls = append(calls, func() {
				k.call(16, [3][]float32{x[:16], x[16:32], x[32:48]}, [3][]float32{x[:16], x[16:32], x[32:48]})
			})
		}
		for _, call := range calls {
			call()
		}
	})
}

func TestErrorsSayWhatAndWhere(t *testing.T) {
	for _, c := range []struct {
		err  error
		says []string
	}{
		{SizeError{"GEMM", "len(a)", 11, atLeast(12)}, []string{"GEMM", "len(a)", "11", "at least 12"}},
		{LabelError{"SoftmaxCrossEntropyRows", 7, 10, 10}, []string{"label 10", "row 7", "0..9"}},
	} {
		for _, want := range c.says {
			if !strings.Contains(c.err.Error(), want) {
				t.Errorf("%q does not mention %q", c.err, want)
			}
		}
	}
}
