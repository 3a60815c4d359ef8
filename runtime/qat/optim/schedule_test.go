package optim_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"setun/runtime/qat/optim"
)

// The factors are those of PyTorch's CosineAnnealingLR and LinearLR over ten
// steps; PyTorch computes each from the one before it, so that rounding adds up
// there.
func TestSchedulesAgainstPyTorch(t *testing.T) {
	text, err := os.ReadFile("../testdata/schedules.json")
	if err != nil {
		t.Fatal(err)
	}
	var goldens map[string][]float64
	if err := json.Unmarshal(text, &goldens); err != nil {
		t.Fatal(err)
	}
	for name, schedule := range map[string]optim.Schedule{
		"Cosine": optim.Cosine, "Linear": optim.Linear, "Exponential": optim.Exponential(0.9), "Steps": optim.Steps(3, 0.5),
	} {
		for step, want := range goldens[name] {
			if got := schedule(step, 10); math.Abs(got-want) > 1e-12 {
				t.Errorf("%s(%d, 10) = %.17g, want %.17g", name, step, got, want)
			}
		}
		if len(goldens[name]) != 10 {
			t.Errorf("%s: %d golden factors", name, len(goldens[name]))
		}
	}
}

func TestSchedules(t *testing.T) {
	cases := []struct {
		name        string
		schedule    optim.Schedule
		step, total int
		want        float64
	}{
		{"Constant", optim.Constant, 7, 10, 1},
		{"Linear first", optim.Linear, 0, 10, 1},
		{"Linear half", optim.Linear, 5, 10, 0.5},
		{"Linear over", optim.Linear, 12, 10, 0},
		{"Linear of nothing", optim.Linear, 0, 0, 0},
		{"Cosine first", optim.Cosine, 0, 10, 1},
		{"Cosine half", optim.Cosine, 5, 10, 0.5},
		{"Cosine a third", optim.Cosine, 1, 3, 0.75},
		{"Cosine over", optim.Cosine, 10, 10, 0},
		{"Warmup first", optim.Warmup(4, optim.Cosine), 0, 14, 0.25},
		{"Warmup last", optim.Warmup(4, optim.Cosine), 3, 14, 1},
		{"Warmup done", optim.Warmup(4, optim.Cosine), 4, 14, 1},
		{"Warmup half of the rest", optim.Warmup(4, optim.Cosine), 9, 14, 0.5},
		{"Warmup of nothing", optim.Warmup(0, optim.Linear), 5, 10, 0.5},
		{"WSD up", optim.WSD(4, 5), 1, 20, 0.5},
		{"WSD stable", optim.WSD(4, 5), 10, 20, 1},
		{"WSD first of the way down", optim.WSD(4, 5), 15, 20, 1},
		{"WSD last", optim.WSD(4, 5), 19, 20, 0.2},
		{"WSD over", optim.WSD(4, 5), 25, 20, 0},
		{"TwoStage first", optim.TwoStage(0.5), 0, 10, 1},
		{"TwoStage before the drop", optim.TwoStage(0.5), 4, 10, 0.6},
		{"TwoStage after the drop", optim.TwoStage(0.5), 5, 10, 0.25},
		{"TwoStage over", optim.TwoStage(0.5), 10, 10, 0},
		{"TwoStageDecay first half", optim.TwoStageDecay, 4, 10, 1},
		{"TwoStageDecay second half", optim.TwoStageDecay, 5, 10, 0},
		{"Warmup longer than the plan", optim.Warmup(20, optim.Linear), 4, 10, 0.25},
	}
	for _, c := range cases {
		if got := c.schedule(c.step, c.total); math.Abs(got-c.want) > 1e-15 {
			t.Errorf("%s: factor %g, want %g", c.name, got, c.want)
		}
	}
}

// Cosine's own series is cos² to the last digits, over the whole range.
func TestCosineIsACosine(t *testing.T) {
	const total = 1000
	for step := range total + 1 {
		want := (1 + math.Cos(math.Pi*float64(step)/total)) / 2
		if got := optim.Cosine(step, total); math.Abs(got-want) > 3e-16 {
			t.Errorf("Cosine(%d, %d) = %.17g, want %.17g", step, total, got, want)
		}
	}
}
