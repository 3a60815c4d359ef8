package train

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"setun/runtime/qat/optim"
)

func TestSettingsAreSavedAndRead(t *testing.T) {
	c := Config{
		Epochs: 3, Batch: 16, Accumulate: 2, MeasureEvery: 7, Seed: 1<<63 + 1, Clip: 0.5,
		Optimizer: optim.NewAdamW(1e-3, optim.Decay(0.1)), Schedule: optim.Cosine, ScheduleName: "Cosine()",
		Decay: optim.TwoStageDecay, DecayName: "TwoStage()", LossName: "LabelSmoothing(0.1)",
		OnDivergence: Guard{Rollback: 2, Spike: 10}, Hooks: []Hook{&Checkpoints{}, &Monitor{}},
	}
	want := c.Settings()
	path := filepath.Join(t.TempDir(), "config.json")
	if err := want.Write(path); err != nil {
		t.Fatal(err)
	}
	got, err := ReadSettings(path)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, got %+v, want %+v", err, got, want)
	}
	if got.Optimizer != "AdamW(0.001, Decay(0.1))" || !reflect.DeepEqual(got.Hooks, []string{"Monitor", "Checkpoints"}) {
		t.Errorf("got %+v", got)
	}
}

func TestSettingsAreReadStrictly(t *testing.T) {
	for text, want := range map[string][]string{
		`{"epochs": 5, "epoch": 6, "learning_rate": 1}`:                          {`no setting "epoch"`, `no setting "learning_rate"`},
		`{"epochs": "five", "batch": -1, "clip": -2}`:                            {"epochs: cannot unmarshal", "the batch is -1", "clipped at -2"},
		`{"epochs": 5, "steps": 5, "on_divergence": {"rollbacks": 1}}`:           {"say one", `unknown field "rollbacks"`},
		`{"on_divergence": {"spike": 0.5}, "measure_every": -4, "batch": 1e300}`: {"a spike is 0.5", "measurements is -4", "batch: cannot"},
		`{"epochs": 5`: {"unexpected end"},
		`[]`:           {"cannot unmarshal array"},
	} {
		_, err := ParseSettings([]byte(text))
		for _, w := range want {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("%s: got %v, want %q in it", text, err, w)
			}
		}
	}
	if _, err := ReadSettings(filepath.Join(t.TempDir(), "none.json")); err == nil || !strings.Contains(err.Error(), "none.json") {
		t.Errorf("got %v", err)
	}
}
