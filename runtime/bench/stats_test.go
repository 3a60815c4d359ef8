package bench

import (
	"math"
	"testing"
)

func TestQuantile(t *testing.T) {
	for _, c := range []struct {
		values []float64
		q      float64
		want   float64
	}{
		{nil, 0.5, 0},
		{[]float64{7}, 0.5, 7},
		{[]float64{3, 1, 2}, 0.5, 2},
		{[]float64{4, 1, 3, 2}, 0.5, 2.5},
		{[]float64{5, 1, 3, 2, 4}, 0.25, 2},
		{[]float64{5, 1, 3, 2, 4}, 0, 1},
		{[]float64{5, 1, 3, 2, 4}, 1, 5},
		{[]float64{1, 1000}, 0.1, 100.9},
	} {
		if got := quantile(c.values, c.q); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("quantile(%v, %v) = %v, want %v", c.values, c.q, got, c.want)
		}
	}
}

func TestSpread(t *testing.T) {
	// One turn of a hundred that was disturbed changes nothing.
	values := make([]float64, 100)
	for i := range values {
		values[i] = 10
	}
	values[50] = 1
	if median(values) != 10 || spread(values) != 0 {
		t.Errorf("median %v, spread %v, want 10 and 0", median(values), spread(values))
	}
	if got := spread([]float64{8, 9, 10, 11, 12}); got != 0.2 {
		t.Errorf("spread of 8 to 12 is %v, want 0.2", got)
	}
	if got := spread(nil); got != 0 {
		t.Errorf("spread of nothing is %v", got)
	}
}
