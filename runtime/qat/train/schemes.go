package train

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"setun/runtime/qat"
	"setun/runtime/qat/nn"
)

// LayerSettings is what some layers of a model compute with at the start of a run:
// their [qat.Scheme] as data.
type LayerSettings struct {
	Layers []string `json:"layers"` // their names, as the model's table has them
	SchemeSettings
}

// SchemeSettings is a [qat.Scheme] as data. What is left out is as b1.58 has it.
type SchemeSettings struct {
	Weights     WeightSettings     `json:"weights"`
	Activations ActivationSettings `json:"activations,omitzero"`
	Estimator   EstimatorSettings  `json:"estimator,omitzero"`
	Blend       float32            `json:"blend,omitempty"`
	Channels    float32            `json:"channels,omitempty"`
}

// WeightSettings is a [qat.WeightQuantizer] as data.
type WeightSettings struct {
	Bits       float64 `json:"bits"` // 1.58 (ternary), 1 (binary), 2 to 8, or 32 (floats)
	Asymmetric bool    `json:"asymmetric,omitempty"`
	Scale      string  `json:"scale,omitempty"` // mean, median, max or learned
	Per        string  `json:"per,omitempty"`   // channel or group
	Group      int     `json:"group,omitempty"` // how many weights are a group
	Stochastic uint64  `json:"stochastic,omitempty"`
}

// ActivationSettings is a [qat.ActivationQuantizer] as data.
type ActivationSettings struct {
	Bits       int    `json:"bits,omitempty"`
	Range      string `json:"range,omitempty"` // batch or calibrated
	Stochastic uint64 `json:"stochastic,omitempty"`
}

// EstimatorSettings is a [qat.Estimator] as data: its name and its numbers. Of one
// that somebody wrote there is the text alone, which tells runs apart and makes no
// estimator.
type EstimatorSettings struct {
	Name        string  `json:"name,omitempty"`
	Bound       float32 `json:"bound,omitempty"`       // of Clipped and Magnitude
	Frozen      float32 `json:"frozen,omitempty"`      // of Adaptive
	Temperature float32 `json:"temperature,omitempty"` // of Soft and Tanh
	Own         string  `json:"own,omitempty"`
}

// The words for rules and ranges, by their numbers.
var (
	scaleWords = []string{"", "mean", "median", "max", "learned"}
	rangeWords = []string{"", "batch", "calibrated"}
)

// layerSettings are the schemes of the quantised layers of m, those that share one
// together.
func layerSettings(m nn.Module) []LayerSettings {
	var all []LayerSettings
	for _, l := range nn.QuantizedLayers(m) {
		s := schemeSettings(l.Layer.Scheme())
		i := slices.IndexFunc(all, func(o LayerSettings) bool { return o.SchemeSettings == s })
		if i < 0 {
			i = len(all)
			all = append(all, LayerSettings{SchemeSettings: s})
		}
		all[i].Layers = append(all[i].Layers, l.Name)
	}
	return all
}

func schemeSettings(s qat.Scheme) SchemeSettings {
	w, a := s.Weights, s.Activations
	out := SchemeSettings{
		Weights:     WeightSettings{Bits: float64(w.Bits), Asymmetric: w.Asymmetric, Scale: scaleWords[w.Scale], Stochastic: w.Stochastic},
		Activations: ActivationSettings{Bits: a.Bits, Range: rangeWords[a.Range], Stochastic: a.Stochastic},
		Estimator:   estimatorSettings(s.Estimator),
		Blend:       s.Blend,
		Channels:    s.Channels,
	}
	if w.Bits == qat.TernaryBits {
		out.Weights.Bits = ternaryBits
	}
	switch {
	case w.Per == qat.PerChannel:
		out.Weights.Per = "channel"
	case w.Per > 0:
		out.Weights.Per, out.Weights.Group = "group", int(w.Per)
	}
	return out
}

// ternaryBits is how ternary weights are called.
const ternaryBits = 1.58

func estimatorSettings(e qat.Estimator) EstimatorSettings {
	switch e := e.(type) {
	case nil:
		return EstimatorSettings{}
	case qat.Standard:
		return EstimatorSettings{Name: "Standard"}
	case qat.Clipped:
		return EstimatorSettings{Name: "Clipped", Bound: e.Bound}
	case qat.Magnitude:
		return EstimatorSettings{Name: "Magnitude", Bound: e.Bound}
	case qat.Adaptive:
		return EstimatorSettings{Name: "Adaptive", Frozen: e.Frozen}
	case qat.Soft:
		return EstimatorSettings{Name: "Soft", Temperature: e.T}
	case qat.Tanh:
		return EstimatorSettings{Name: "Tanh", Temperature: e.T}
	case qat.Learnable:
		return EstimatorSettings{Name: "Learnable"}
	case fmt.Stringer:
		return EstimatorSettings{Own: e.String()}
	default:
		return EstimatorSettings{Own: fmt.Sprintf("%T%+v", e, e)}
	}
}

// scheme is s as layers take it; path is where s stands, for what is wrong with it.
func (s SchemeSettings) scheme(path string, wrong *faults) qat.Scheme {
	before := len(*wrong)
	out := qat.Scheme{
		Weights:     s.Weights.quantizer(path+".weights", wrong),
		Activations: qat.ActivationQuantizer{Bits: s.Activations.Bits, Stochastic: s.Activations.Stochastic},
		Estimator:   s.Estimator.estimator(path+".estimator", wrong),
		Blend:       s.Blend,
		Channels:    s.Channels,
	}
	out.Activations.Range = qat.ActivationRange(wordIn(rangeWords, s.Activations.Range, path+".activations.range", wrong))
	if len(*wrong) > before {
		return qat.Scheme{}
	}
	if err := out.Validate(); err != nil {
		for _, fault := range strings.Split(err.Error(), "\n") {
			wrong.add("%s: %s", path, fault)
		}
	}
	return out
}

func (w WeightSettings) quantizer(path string, wrong *faults) qat.WeightQuantizer {
	out := qat.WeightQuantizer{Asymmetric: w.Asymmetric, Stochastic: w.Stochastic}
	switch {
	case w.Bits == ternaryBits:
		out.Bits = qat.TernaryBits
	case w.Bits != math.Trunc(w.Bits) || w.Bits < 1 || w.Bits > 8 && w.Bits != qat.FloatBits:
		wrong.add("%s.bits is %v; want 1.58 (ternary), 1 (binary), 2 to 8, or 32 (floats)", path, w.Bits)
	default:
		out.Bits = int(w.Bits)
	}
	out.Scale = qat.ScaleRule(wordIn(scaleWords, w.Scale, path+".scale", wrong))
	switch wordIn([]string{"", "channel", "group"}, w.Per, path+".per", wrong) {
	case 1:
		out.Per = qat.PerChannel
	case 2:
		wrong.need(path+".group", w.Group, 1)
		out.Per = qat.PerGroup(w.Group)
	}
	if w.Group != 0 && w.Per != "group" {
		wrong.add("%s.group is %d, but weights share a scale by %q", path, w.Group, w.Per)
	}
	return out
}

// wordIn is the number of a word.
func wordIn(words []string, word, path string, wrong *faults) int {
	i := slices.Index(words, word)
	if i < 0 {
		wrong.add("%s is %q; want %s, or nothing", path, word, strings.Join(words[1:], ", "))
	}
	return max(i, 0)
}

func (e EstimatorSettings) estimator(path string, wrong *faults) qat.Estimator {
	if e.Own != "" {
		wrong.add("%s: %s is an estimator of your own, which a file cannot hold: take it out of the file and give it as an option", path, e.Own)
		return nil
	}
	var out qat.Estimator
	switch e.Name {
	case "":
	case "Standard":
		out = qat.Standard{}
	case "Clipped":
		out = qat.Clipped{Bound: e.Bound}
	case "Magnitude":
		out = qat.Magnitude{Bound: e.Bound}
	case "Adaptive":
		out = qat.Adaptive{Frozen: e.Frozen}
	case "Soft":
		out = qat.Soft{T: e.Temperature}
	case "Tanh":
		out = qat.Tanh{T: e.Temperature}
	case "Learnable":
		out = qat.Learnable{}
	default:
		wrong.add("%s: there is no estimator %q; want Standard, Clipped, Magnitude, Adaptive, Soft, Tanh or Learnable", path, e.Name)
		return nil
	}
	if has := estimatorSettings(out); has != e {
		wrong.add("%s: %s has other numbers than those: its own are %s", path, orNone(e.Name), text(has))
	}
	return out
}

func orNone(name string) string {
	if name == "" {
		return "an estimator without a name"
	}
	return name
}

// checkSchemes notes what makes no sense in a list of schemes whatever the model.
func checkSchemes(all []LayerSettings, wrong *faults) {
	seen := map[string]bool{}
	for i, l := range all {
		path := at("schemes", i)
		if len(l.Layers) == 0 {
			wrong.add("%s.layers: there are none", path)
		}
		for _, name := range l.Layers {
			if seen[name] {
				wrong.add("%s.layers: layer %s has a scheme already", path, name)
			}
			seen[name] = true
		}
		l.scheme(path, wrong)
	}
}

// at is the path of an element of a list.
func at(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// SetSchemes gives the layers of m the schemes that s has for them; the others stay.
// It is a *ConfigError, and nothing changes, if m has no such layers.
func (s Settings) SetSchemes(m nn.Module) error {
	var wrong faults
	checkSchemes(s.Schemes, &wrong)
	want := map[string]qat.Scheme{}
	var names []string
	for _, l := range nn.QuantizedLayers(m) {
		names = append(names, l.Name)
	}
	for i, l := range s.Schemes {
		for _, name := range l.Layers {
			want[name] = l.scheme(at("schemes", i), new(faults))
			if !slices.Contains(names, name) {
				wrong.add("%s.layers: the model has no quantised layer %s, but %s", at("schemes", i), name, strings.Join(names, ", "))
			}
		}
	}
	if err := wrong.err(); err != nil || len(want) == 0 {
		return err
	}
	return nn.With(m, nn.ChangeFunc(func(name string, at *qat.Scheme) {
		if scheme, there := want[name]; there {
			*at = scheme
		}
	}))
}

// schemeDifferences notes which layers computed with something else.
func schemeDifferences(was, is []LayerSettings, wrong *faults) {
	before := map[string]SchemeSettings{}
	for _, l := range was {
		for _, name := range l.Layers {
			before[name] = l.SchemeSettings
		}
	}
	for _, l := range is {
		for _, name := range l.Layers {
			if old, there := before[name]; there && old != l.SchemeSettings {
				wrong.add("layer %s computed with %s, and now with %s", name, text(old), text(l.SchemeSettings))
			}
		}
	}
}

// text is settings as they stand in a file, on one line.
func text(settings any) string {
	b, err := json.Marshal(settings)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
