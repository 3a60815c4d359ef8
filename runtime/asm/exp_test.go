package asm

import (
	"math"
	"testing"
)

// ulps is the distance between got and want in units of the last place of want.
func ulps(got float32, want float64) float64 {
	w := float32(want)
	unit := float64(math.Nextafter32(abs32(w), float32(math.Inf(1)))) - float64(abs32(w))
	return math.Abs(float64(got)-want) / unit
}

func TestExpAccuracy(t *testing.T) {
	worst := 0.0
	for b := uint64(0); b < 1<<32; b += 4093 {
		x := math.Float32frombits(uint32(b))
		want := math.Exp(float64(x))
		got := exp32(x)
		switch {
		case x != x:
			if got == got {
				t.Fatalf("exp(NaN) = %v", got)
			}
		case want > math.MaxFloat32:
			if !math.IsInf(float64(got), 1) {
				t.Fatalf("exp(%v) = %v, want Inf", x, got)
			}
		default:
			if d := ulps(got, want); d > 1 {
				t.Fatalf("exp(%v) = %v is %.2f ulp from %v", x, got, d, want)
			} else {
				worst = max(worst, d)
			}
		}
	}
	t.Logf("largest error %.3f ulp", worst)
}

func TestLogAccuracy(t *testing.T) {
	worst := 0.0
	for b := uint64(1); b < 0x7f800000; b += 2039 {
		x := math.Float32frombits(uint32(b))
		want := math.Log(float64(x))
		if d := ulps(log32(x), want); d > 1 {
			t.Fatalf("log(%v) = %v is %.2f ulp from %v", x, log32(x), d, want)
		} else {
			worst = max(worst, d)
		}
	}
	t.Logf("largest error %.3f ulp", worst)
	inf := math.Inf(1)
	for x, want := range map[float64]float64{0: -inf, -1: math.NaN(), inf: inf, 1: 0} {
		if got := float64(log32(float32(x))); got != want && got == got {
			t.Errorf("log(%v) = %v, want %v", x, got, want)
		}
	}
}
