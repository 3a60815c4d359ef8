package display

import (
	"math"
	"strings"
	"testing"
)

func TestScaleTicks(t *testing.T) {
	none := [2]float64{math.Inf(1), math.Inf(-1)}
	for _, test := range []struct {
		name        string
		axis        Axis
		data        [2]float64
		n           int
		snug, whole bool
		want        string // the labels
	}{
		{"no data", Axis{}, none, 2, false, false, "0 0.5 1.0"},
		{"no data, log", Axis{Log: true}, none, 5, false, false, "0.1 0.2 0.5 1"},
		{"planned steps", Axis{Min: 0, Max: 2345}, [2]float64{1, 10}, 8, true, true, "0 500 1,000 1,500 2,000"},
		{"whole numbers have no halves", Axis{}, [2]float64{0, 3}, 8, true, true, "0 1 2 3"},
		{"one step", Axis{}, [2]float64{7, 7}, 8, true, true, "6 7 8"},
		{"one value", Axis{}, [2]float64{2, 2}, 3, false, false, "1.9 2.0 2.1"},
		{"one value, zero", Axis{}, [2]float64{0, 0}, 2, false, false, "0 0.5 1.0"},
		{"one value, log", Axis{Log: true}, [2]float64{3, 3}, 5, false, false, "1 2 5 10"},
		{"widened to round numbers", Axis{}, [2]float64{0.03, 2.41}, 5, false, false, "0 0.5 1.0 1.5 2.0 2.5"},
		{"fractions of one", Axis{Format: Percent}, [2]float64{0.951, 0.979}, 2, false, false, "94% 96% 98%"},
		{"finer fractions", Axis{Format: Percent}, [2]float64{0.9782, 0.9788}, 2, false, false, "97.80% 97.85% 97.90%"},
		{"fractions end at one", Axis{Format: Percent}, [2]float64{0.985, 0.985}, 3, false, false, "90% 95% 100%"},
		{"fractions beyond one", Axis{Format: Percent}, [2]float64{0.5, 1.2}, 3, false, false, "50% 100% 150%"},
		{"fractions, log", Axis{Format: Percent, Log: true}, [2]float64{0.001, 0.1}, 2, false, false, "0.1% 1% 10%"},
		{"learning rate", Axis{}, [2]float64{0, 1e-3}, 2, false, false, "0 0.0005 0.0010"},
		{"small learning rate", Axis{}, [2]float64{0, 1e-5}, 2, false, false, "0 5.0e−6 1.0e−5"},
		{"negative", Axis{}, [2]float64{-30, 10}, 4, false, false, "−30 −20 −10 0 10"},
		{"many", Axis{}, [2]float64{0, 1.5e6}, 3, false, false, "0 500k 1M 1.5M"},
		{"astronomic", Axis{}, [2]float64{0, 2e30}, 2, false, false, "0 1e+30 2e+30"},
		{"decades", Axis{Log: true}, [2]float64{0.002, 30}, 4, false, false, "0.01 0.1 1 10"},
		{"one decade", Axis{Log: true}, [2]float64{0.12, 0.9}, 4, false, false, "0.1 0.2 0.5 1"},
		{"within a decade", Axis{Log: true}, [2]float64{2.2, 4.8}, 4, true, false, "3 4"},
		{"many decades", Axis{Log: true}, [2]float64{1e-12, 1}, 5, false, false, "1e−12 1e−9 1e−6 1e−3 1e+0"},
		{"offset", Axis{}, [2]float64{1000000.001, 1000000.004}, 3, false, false, "1,000,000.001 1,000,000.002 1,000,000.003 1,000,000.004"},
		{"a domain the wrong way round", Axis{Min: 5, Max: 1}, [2]float64{0, 1}, 2, false, false, "0 0.5 1.0"},
		{"a domain that log cannot have", Axis{Min: -5, Max: 1, Log: true}, [2]float64{0.1, 1}, 5, false, false, "0.1 0.2 0.5 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newScale(test.axis, test.data[0], test.data[1], test.n, test.snug, test.whole)
			var labels []string
			for _, v := range s.ticks {
				labels = append(labels, s.format.String(v))
				if p := s.at(v); p < -1e-9 || p > 1+1e-9 {
					t.Errorf("tick %g lies at %g", v, p)
				}
			}
			if got := strings.Join(labels, " "); got != test.want {
				t.Errorf("ticks %q, want %q (domain %g to %g)", got, test.want, s.min, s.max)
			}
			for i, v := range test.data {
				if p := s.at(v); finite(v) && test.axis.Max <= test.axis.Min && (p < -1e-9 || p > 1+1e-9) {
					t.Errorf("the data's end %d, %g, lies at %g", i, v, p)
				}
			}
		})
	}
}

func TestNumMarshals(t *testing.T) {
	for v, want := range map[num]string{
		0: "0", 2345: "2345", 12345678901: "12345678901", 0.1: "0.1", -2.5: "-2.5",
		num(float32(0.1)): "0.1", 1.0 / 3: "0.3333333", 1e-30: "1e-30", 1e300: "1e+300",
		num(math.NaN()): "null", num(math.Inf(1)): "null", num(math.Inf(-1)): "null",
	} {
		if got, err := v.MarshalJSON(); err != nil || string(got) != want {
			t.Errorf("%g marshals to %s, %v; want %s", float64(v), got, err, want)
		}
	}
}
