package progressive_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"setun/runtime/qat"
	"setun/runtime/qat/data"
	"setun/runtime/qat/data/datatest"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/qat/progressive"
	"setun/runtime/qat/train"
)

func dataset(t testing.TB) *data.Dataset {
	return &data.Dataset{Name: "quadrants", Train: datatest.Quadrants(t, 256, 1), Test: datatest.Quadrants(t, 100, 2)}
}

// log is the bits of the first layer in each step of a run.
type log struct {
	train.NoHook
	lines []string
}

func (*log) Name() string  { return "log" }
func (*log) Priority() int { return 1 }

func (g *log) BeforeStep(l *train.Loop) error {
	var bits []string
	for _, q := range nn.QuantizedLayers(l.Model) {
		s := q.Layer.Scheme()
		text := fmt.Sprint(s.Weights.Bits)
		if s.Channels > 0 {
			text += fmt.Sprintf("/%v", s.Channels)
		}
		if s.Blend > 0 {
			text += fmt.Sprintf("+%.2f", s.Blend)
		}
		if e, ok := s.Estimator.(qat.Soft); ok {
			text += fmt.Sprintf("~%.3f", e.T)
		}
		bits = append(bits, text)
	}
	g.lines = append(g.lines, strings.Join(bits, " "))
	return nil
}

// sequence is what a log shows, equals together: "8 8 ×3, 0 0 ×2".
func sequence(lines []string) string {
	var parts []string
	for i := 0; i < len(lines); {
		n := i
		for n < len(lines) && lines[n] == lines[i] {
			n++
		}
		parts = append(parts, fmt.Sprintf("%s ×%d", lines[i], n-i))
		i = n
	}
	return strings.Join(parts, ", ")
}

func TestOrderOfPhases(t *testing.T) {
	deep := func() nn.Module {
		return nn.NewSequential(nn.NewBitLinear(16, 8), nn.NewSequential(nn.ReLU{}, nn.NewBitLinear(8, 8), nn.NewBitLinear(8, 4)))
	}
	two := func() nn.Module { return nn.MLP(16, 8, 4) }
	for _, c := range []struct {
		name  string
		model func() nn.Module
		hook  func(m nn.Module) train.Hook
		want  string
	}{
		{"even shares", two, func(nn.Module) train.Hook {
			return &progressive.Hook{Phases: progressive.BitWidths(8, 4, qat.TernaryBits)}
		}, "8 8 ×4, 4 4 ×4, 0 0 ×4"},
		{"by steps", two, func(nn.Module) train.Hook {
			return &progressive.Hook{Phases: progressive.BitWidths(8, 4, qat.TernaryBits), Advance: progressive.After(2)}
		}, "8 8 ×2, 4 4 ×2, 0 0 ×8"},
		{"by an error that 8 bits have and 2 bits have not", two, func(nn.Module) train.Hook {
			return &progressive.Hook{Phases: progressive.BitWidths(8, 2, qat.TernaryBits), Advance: progressive.ErrorBelow(0.01)}
		}, "8 8 ×4, 2 2 ×4, 0 0 ×4"}, // looked at every tenth step
		{"by an accuracy that is there from the start", two, func(nn.Module) train.Hook {
			return &progressive.Hook{Phases: progressive.BitWidths(8, qat.TernaryBits), Advance: progressive.AccuracyAtLeast(0)}
		}, "8 8 ×4, 0 0 ×8"}, // measured after an epoch of four steps
		{"layer by layer", deep, func(m nn.Module) train.Hook {
			return &progressive.Hook{Phases: progressive.LayerWise(m)}
		}, "0 32 32 ×4, 0 0 32 ×4, 0 0 0 ×4"},
		{"block by block", deep, func(m nn.Module) train.Hook {
			return &progressive.Hook{Phases: progressive.BlockWise(m)}
		}, "0 32 32 ×6, 0 0 0 ×6"},
		{"channel by channel", two, func(nn.Module) train.Hook {
			return &progressive.Hook{Phases: progressive.ChannelWise(4)}
		}, "0/0.25 0/0.25 ×3, 0/0.5 0/0.5 ×3, 0/0.75 0/0.75 ×3, 0/1 0/1 ×3"},
		{"λ-warm-up", two, func(nn.Module) train.Hook {
			return progressive.LambdaWarmup(4)
		}, "0+1.00 0+1.00 ×1, 0+0.75 0+0.75 ×1, 0+0.50 0+0.50 ×1, 0+0.25 0+0.25 ×1, 0 0 ×8"},
		{"soft to hard", two, func(nn.Module) train.Hook {
			return progressive.SoftToHard(1, 0.0625, 4)
		}, "0~1.000 0~1.000 ×1, 0~0.500 0~0.500 ×1, 0~0.250 0~0.250 ×1, 0~0.125 0~0.125 ×1, 0 0 ×8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, g := c.model(), new(log)
			_, err := train.Fit(t.Context(), m, dataset(t), train.Config{Epochs: 3, Batch: 64, Hooks: []train.Hook{c.hook(m), g}})
			if got := sequence(g.lines); err != nil || got != c.want {
				t.Errorf("%v\ngot  %s\nwant %s", err, got, c.want)
			}
		})
	}
}

// A phase ends when the loss is flat, and not while it falls.
func TestLossFlat(t *testing.T) {
	flat := progressive.LossFlat{Tolerance: 0.01, Window: 5}
	at := func(loss func(i int) float64, n int) bool {
		r := &train.Run{}
		for i := range n {
			r.History = append(r.History, train.Point{Loss: loss(i)})
		}
		return flat.Step(&train.Loop{Run: r}, n)
	}
	falling := func(i int) float64 { return 1 / float64(i+1) }
	constant := func(int) float64 { return 1 }
	if at(falling, 20) || !at(constant, 20) || at(constant, 9) {
		t.Errorf("falling: %v, constant: %v, constant but short: %v; want only the second", at(falling, 20), at(constant, 20), at(constant, 9))
	}
}

// stopAt ends a run by its context after a step.
type stopAt struct {
	train.NoHook
	step   int
	cancel context.CancelFunc
}

func (stopAt) Name() string { return "stop" }
func (s stopAt) AfterStep(l *train.Loop) error {
	if l.Step == s.step {
		s.cancel()
	}
	return nil
}

// A run that is interrupted in the middle of its phases and continued from its
// checkpoint by another process gives the same weights as one that is not, also
// where a phase has parameters of its own.
func TestResumeInPhase(t *testing.T) {
	phases := func() []progressive.Phase {
		p := progressive.BitWidths(8, 4, qat.TernaryBits)
		p[1].Options = append(p[1].Options, nn.ChangeFunc(func(_ string, s *qat.Scheme) { s.Weights.Scale = qat.Learned }))
		return p
	}
	fit := func(ctx context.Context, resume string, extra ...train.Hook) (*train.Run, []float32, error) {
		m := nn.MLP(16, 8, 4).Init(3)
		c := train.Config{Epochs: 3, Batch: 32, Optimizer: optim.NewAdamW(1e-2), Resume: resume, Hooks: append(extra, &progressive.Hook{Phases: phases()})}
		run, err := train.Fit(ctx, m, dataset(t), c)
		var all []float32
		for _, p := range m.Params() {
			all = append(all, p.Data()...)
		}
		return run, all, err
	}
	run, want, err := fit(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	events := []train.Event{{Step: 8, Text: "4 bits"}, {Step: 16, Text: "ternary"}}
	if !slices.Equal(run.Events, events) {
		t.Errorf("events %v, want %v", run.Events, events)
	}
	for _, step := range []int{3, 8, 12, 17} { // phases of 8 steps
		folder := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		_, _, err := fit(ctx, "", stopAt{step: step, cancel: cancel}, &train.Checkpoints{Folder: folder, Every: 1})
		if _, ok := errors.AsType[*train.Interrupted](err); !ok {
			t.Fatalf("interrupted after step %d: %v", step, err)
		}
		run, got, err := fit(t.Context(), folder)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("interrupted after step %d and resumed: %v, other weights than without", step, err)
		}
		if !slices.Equal(run.Events, events) {
			t.Errorf("interrupted after step %d and resumed: events %v, want %v", step, run.Events, events)
		}
	}
}

func TestMistakes(t *testing.T) {
	bad := progressive.BitWidths(8, 9)
	for want, h := range map[string]train.Hook{
		"there are no phases":     &progressive.Hook{},
		"phase 2 (9 bits): layer": &progressive.Hook{Phases: bad},
		"-1 steps":                progressive.LambdaWarmup(-1),
	} {
		m := nn.MLP(16, 4)
		_, err := train.Fit(t.Context(), m, dataset(t), train.Config{Steps: 1, Hooks: []train.Hook{h}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
		if s := nn.QuantizedLayers(m)[0].Layer.Scheme(); s != (qat.Scheme{}) {
			t.Errorf("%s: the scheme became %v", want, s)
		}
	}
}
