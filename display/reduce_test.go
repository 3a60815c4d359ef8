package display

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestBuckets(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, test := range []struct {
		name string
		x, y []float64
		n    int
		want []Bucket
	}{
		{"empty", nil, nil, 10, nil},
		{"none wanted", []float64{1}, []float64{1}, 0, nil},
		{"fewer values than buckets", []float64{1, 2}, []float64{5, 6}, 10, []Bucket{{1, 5, 5, 5}, {2, 6, 6, 6}}},
		{"an outlier stays", []float64{1, 2, 3, 4, 5}, []float64{1, 9, 2, 0, 3}, 2, []Bucket{{3, 1, 9, 2}, {5, 0, 3, 3}}},
		{"unequal lengths", []float64{1, 2, 3}, []float64{7}, 1, []Bucket{{1, 7, 7, 7}}},
		{"the first NaN is kept with its place", []float64{1, 2, 3}, []float64{4, nan, 6}, 1, []Bucket{{2, 4, 6, nan}}},
		{"only NaN and Inf", []float64{1, 2}, []float64{inf, nan}, 1, []Bucket{{1, nan, nan, inf}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Buckets(test.x, test.y, test.n)
			if diff := cmp.Diff(test.want, got, cmpopts.EquateNaNs()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEMA(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		name string
		y    []float64
		span float64
		want []float64
	}{
		{"empty", nil, 3, []float64{}},
		{"a constant is itself from the start", []float64{4, 4, 4}, 50, []float64{4, 4, 4}},
		{"span 1 smooths nothing", []float64{1, 5, 2}, 1, []float64{1, 5, 2}},
		{"a span below 1 neither", []float64{1, 5, 2}, -3, []float64{1, 5, 2}},
		// Weight 1/2: (1·1 + 2·4)/3, (1·1 + 2·4 + 4·1)/7.
		{"span 3", []float64{1, 4, 1}, 3, []float64{1, 3, 13.0 / 7}},
		{"NaN passes", []float64{1, nan, 4}, 3, []float64{1, nan, 3}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := EMA(test.y, test.span)
			if diff := cmp.Diff(test.want, got, cmpopts.EquateNaNs(), cmpopts.EquateApprox(1e-12, 0)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
