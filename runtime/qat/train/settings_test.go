package train

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"setun/runtime/qat"
	"setun/runtime/qat/nn"
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
	if got.Optimizer != "AdamW(0.001, Decay(0.1))" || !reflect.DeepEqual(got.Hooks, []string{"Monitor()", "Checkpoints"}) {
		t.Errorf("got %+v", got)
	}
}

func TestSettingsAreReadStrictly(t *testing.T) {
	for text, want := range map[string][]string{
		`{"epochs": 5, "epoch": 6, "learning_rate": 1}`:                          {`no setting "epoch"`, `no setting "learning_rate"`},
		`{"epochs": "five", "batch": -1, "clip": -2}`:                            {"epochs: cannot unmarshal", "the batch is -1", "clipped at -2"},
		`{"epochs": 5, "steps": 5, "on_divergence": {"rollbacks": 1}}`:           {"say one", `no setting "on_divergence.rollbacks"`},
		`{"on_divergence": {"spike": 0.5}, "measure_every": -4, "batch": 1e300}`: {"a spike is 0.5", "measurements is -4", "batch: cannot"},
		`{"schemes": [{"layers": ["0"], "weights": {"bits": 9, "scale": "average", "pre": 1}, "estimator": {"name": "Clipped", "temperature": 1}}]}`: {
			`no setting "schemes[0].weights.pre"`, "schemes[0].weights.bits is 9; want", `schemes[0].weights.scale is "average"; want mean, median, max, learned`,
			`schemes[0].estimator: Clipped has other numbers than those: its own are {"name":"Clipped"}`,
		},
		`{"schemes": [{"layers": []}, {"layers": ["0"], "weights": {"bits": 1.58, "per": "group"}}, {"layers": ["0"], "weights": {"bits": 4}, "activations": {"range": "all"}}]}`: {
			"schemes[0].layers: there are none", "schemes[0].weights.bits is 0", "schemes[1].weights.group is 0; want at least 1",
			"schemes[2].layers: layer 0 has a scheme already", `schemes[2].activations.range is "all"`,
		},
		`{"schemes": [{"layers": ["0"], "weights": {"bits": 1, "asymmetric": true}, "blend": 2, "estimator": {"name": "Adaptive", "frozen": 3}}], "validation": -1}`: {
			"schemes[0]: asymmetric levels are for 2 to 8 bits", "schemes[0]: a blend of 2", "schemes[0]: Adaptive(3)", "the number of samples to validate with is -1",
		},
		`{"schemes": [{"layers": "0", "weights": []}, 7], "seed": -1}`: {
			"schemes[0].layers: cannot", "schemes[0].weights: cannot", "schemes[1]: cannot", "seed: cannot",
		},
		`{"schemes": [{"layers": ["0"], "weights": {"bits": 4}, "estimator": {"own": "Sawtooth{0.5}"}}]}`: {
			"schemes[0].estimator: Sawtooth{0.5} is an estimator of your own, which a file cannot hold",
		},
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

// own is somebody's estimator.
type own struct{ qat.Standard }

func (own) String() string { return "own(3)" }

// The schemes of a model survive the way through a file, whatever they are made of.
func TestSchemesAreSavedAndRead(t *testing.T) {
	for _, s := range []qat.Scheme{
		{},
		qat.FloatScheme(),
		{Weights: qat.WeightQuantizer{Bits: qat.BinaryBits, Per: qat.PerChannel}},
		{Weights: qat.WeightQuantizer{Bits: 4, Asymmetric: true, Per: qat.PerGroup(7), Stochastic: 1<<63 + 1}},
		{Weights: qat.WeightQuantizer{Bits: 8, Scale: qat.Learned}, Activations: qat.ActivationQuantizer{Bits: 4, Range: qat.Calibrated, Stochastic: 3}},
		{Weights: qat.WeightQuantizer{Scale: qat.Median}, Activations: qat.ActivationQuantizer{Bits: qat.FloatBits, Range: qat.PerBatch}, Blend: 0.1},
		{Weights: qat.WeightQuantizer{Scale: qat.AbsMean}, Channels: 0.3, Estimator: qat.Standard{}},
		{Weights: qat.WeightQuantizer{Bits: 3, Scale: qat.AbsMax}, Estimator: qat.Clipped{Bound: 2.6}},
		{Estimator: qat.Magnitude{Bound: 1}},
		{Estimator: qat.Adaptive{Frozen: 0.02}},
		{Estimator: qat.Learnable{}},
		{Estimator: qat.Soft{T: 0.3}},
		{Estimator: qat.Tanh{T: 0.7}},
	} {
		t.Run(s.String(), func(t *testing.T) {
			from := nn.MLP(16, 8, 4).With(nn.Layer("0", nn.WithScheme(s)))
			run := newLoop(from, dataset(t), mustFill(t, from, Config{Validation: 5})).Run
			text, err := json.Marshal(run.Settings())
			if err != nil {
				t.Fatal(err)
			}
			saved, err := ParseSettings(text)
			if err != nil || saved.Validation != 5 {
				t.Fatalf("%v, %+v", err, saved)
			}
			to := nn.MLP(16, 8, 4).With(nn.WithScheme(qat.Scheme{Weights: qat.WeightQuantizer{Bits: 5}}))
			if err := saved.SetSchemes(to); err != nil {
				t.Fatal(err)
			}
			for i, l := range nn.QuantizedLayers(to) {
				if want := nn.QuantizedLayers(from)[i].Layer.Scheme(); l.Layer.Scheme() != want {
					t.Errorf("layer %s has %+v, want %+v\n%s", l.Name, l.Layer.Scheme(), want, text)
				}
			}
		})
	}
}

func mustFill(t *testing.T, m nn.Module, c Config) Config {
	t.Helper()
	c, err := c.filled(m, dataset(t))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What a file has for layers that are not there, or holds of an estimator that it
// cannot, changes nothing.
func TestSchemesOfAnotherModel(t *testing.T) {
	m := nn.MLP(16, 8, 4).With(nn.WithScheme(qat.Scheme{Estimator: own{}}))
	s := Settings{Schemes: layerSettings(m)}
	s.Schemes = append(s.Schemes, LayerSettings{Layers: []string{"7"}, SchemeSettings: SchemeSettings{Weights: WeightSettings{Bits: 4}}})
	to := nn.MLP(16, 8, 4)
	err := s.SetSchemes(to)
	for _, want := range []string{"schemes[0].estimator: own(3) is an estimator of your own", "schemes[1].layers: the model has no quantised layer 7, but 0, 2"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
	for _, l := range nn.QuantizedLayers(to) {
		if l.Layer.Scheme() != (qat.Scheme{}) {
			t.Errorf("layer %s has become %s", l.Name, l.Layer.Scheme())
		}
	}
}

// A run that goes on computes with what it began with, also with an estimator that no
// file can hold.
func TestResumeComparesSchemes(t *testing.T) {
	folder := t.TempDir()
	fit := func(e qat.Estimator, steps int) error {
		m := nn.MLP(16, 8, 4).With(nn.WithScheme(qat.Scheme{Estimator: e}))
		_, err := Fit(t.Context(), m, dataset(t), Config{Steps: steps, Batch: 16, Hooks: []Hook{&Checkpoints{Folder: folder}}, Resume: folder})
		return err
	}
	if err := fit(own{}, 4); err != nil {
		t.Fatal(err)
	}
	err := fit(qat.Tanh{T: 0.5}, 4)
	want := `layer 0 computed with {"weights":{"bits":1.58},"estimator":{"own":"own(3)"}}, and now with {"weights":{"bits":1.58},"estimator":{"name":"Tanh","temperature":0.5}}`
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
	if err := fit(own{}, 4); err != nil {
		t.Error(err)
	}
}
