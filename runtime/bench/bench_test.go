package bench

import (
	"context"
	"errors"
	"math"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"setun/runtime/asm"
)

// TestRows runs every row once: that each says something sensible, not how fast
// it is.
func TestRows(t *testing.T) {
	rows, err := choose(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	seen := map[string]bool{}
	for _, r := range rows {
		if seen[r.name] {
			t.Errorf("two rows are called %s", r.name)
		}
		seen[r.name] = true
		t.Run(r.name, func(t *testing.T) {
			if testing.Short() && strings.Contains(r.name, "DRAM") {
				t.Skip("needs hundreds of megabytes")
			}
			if large := regexp.MustCompile("lenet|lm10M|lm125M|mlp10M"); large.MatchString(r.name) {
				t.Skip("takes minutes; it differs from smaller rows in its numbers only")
			}
			if asm.Selected() == "go" && (strings.HasPrefix(r.name, "gemm") || strings.HasPrefix(r.name, "ternary")) {
				t.Skip("takes minutes without assembly")
			}
			var got []Row
			b := &bench{
				ctx:     context.Background(),
				threads: slices.Compact([]int{1, min(2, runtime.NumCPU())}),
				pace:    pace{rounds: 1},
				emit: func(r Row) error {
					got = append(got, r)
					return nil
				},
			}
			if err := r.measure(b, r.name); err != nil {
				t.Fatal(err)
			}
			if len(got) < len(b.threads) {
				t.Errorf("%d rows for %d numbers of threads", len(got), len(b.threads))
			}
			for _, g := range got {
				if !strings.HasPrefix(g.Name, r.name) || g.Unit == "" || g.Threads < 1 || g.Ours < 0 || math.IsInf(g.Ours, 0) || math.IsNaN(g.Ours) {
					t.Errorf("a row that says nothing: %+v", g)
				}
				if g.Against != "" && (g.Ratio == nil) != (g.Note != "") && !strings.Contains(r.name, "memory") {
					t.Errorf("against %s there is a ratio or a reason: %+v", g.Against, g)
				}
			}
		})
	}
}

func TestChoose(t *testing.T) {
	all, _ := choose(nil)
	for _, c := range []struct {
		names []string
		want  func(name string) bool
	}{
		{[]string{"gemm"}, func(n string) bool { return strings.HasPrefix(n, "gemm/") }},
		{[]string{"gemm/NT/"}, func(n string) bool { return strings.HasPrefix(n, "gemm/NT/") }},
		{[]string{"mlp/memory", "peak"}, func(n string) bool { return n == "mlp/memory" || strings.HasPrefix(n, "peak/") }},
	} {
		got, err := choose(c.names)
		if err != nil {
			t.Errorf("%v: %v", c.names, err)
		}
		var names, want []string
		for _, r := range got {
			names = append(names, r.name)
		}
		for _, r := range all {
			if c.want(r.name) {
				want = append(want, r.name)
			}
		}
		if len(want) == 0 || !slices.Equal(names, want) {
			t.Errorf("%v chose %v, want %v", c.names, names, want)
		}
	}
	for name, hint := range map[string]string{
		"gem":           "gemm, ternary, gemv",
		"gemm/XX":       "gemm/NN/64x64x64, ",
		"peak/float32x": "rows are peak/float32, peak/int8",
	} {
		_, err := choose([]string{"peak", name})
		var unknown UnknownRowError
		if !errors.As(err, &unknown) || unknown.Name != name || !strings.Contains(unknown.Hint(), hint) {
			t.Errorf("%s: %v, hint %q", name, err, unknown.Hint())
		}
	}
}

func TestParseThreads(t *testing.T) {
	for s, want := range map[string][]int{"1": {1}, "1,2": {1, 2}, "4, 1": {4, 1}, "": nil, "0": nil, "2,x": nil} {
		got, err := ParseThreads(s)
		if !slices.Equal(got, want) && (err == nil || want != nil) {
			t.Errorf("ParseThreads(%q) = %v, %v, want %v", s, got, err, want)
		}
	}
}

func TestRunRefuses(t *testing.T) {
	for want, o := range map[string]Options{
		"0 threads":      {Rows: []string{"peak"}, Threads: []int{0}},
		"100000 threads": {Rows: []string{"peak"}, Threads: []int{100000}},
		"-1 seconds":     {Rows: []string{"peak"}, Seconds: -1},
	} {
		err := Run(context.Background(), o, func(Row) error { return nil })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
