package asm

import (
	"math"
	"math/rand/v2"
	"os"
	"testing"
)

// eachImplementation runs a test body on every implementation this machine has,
// each with the reference to compare with. With SETUN_REQUIRE set to a name
// ("avx512"), a path that the CPU should have and that was not run is a failure.
func eachImplementation(t *testing.T, body func(t *testing.T)) {
	t.Helper()
	seen := map[string]bool{}
	saved := active
	t.Cleanup(func() { active = saved })
	for _, im := range available {
		seen[im.name] = true
		t.Run(im.name, func(t *testing.T) {
			active = im
			body(t)
		})
	}
	active = saved
	if want := os.Getenv("SETUN_REQUIRE"); want != "" && !seen[want] {
		t.Errorf("no %s here, which SETUN_REQUIRE asks for", want)
	}
}

// reference computes with pure Go whatever f does.
func reference(f func()) {
	saved := active
	active = pureGo
	f()
	active = saved
}

// guard is what lies around a slice under test.
const guard = 0x7fabcdef

// guarded returns n floats that begin off elements after a 64-byte boundary or
// so, with guard bands on both sides, and a check that the bands are whole.
func guarded(t *testing.T, n, off int) ([]float32, func()) {
	t.Helper()
	const band = 32
	g := math.Float32frombits(guard)
	all := make([]float32, n+2*band+off)
	for i := range all {
		all[i] = g
	}
	x := all[band+off : band+off+n : band+off+n]
	return x, func() {
		t.Helper()
		for i, v := range all {
			if (i < band+off || i >= band+off+n) && math.Float32bits(v) != guard {
				t.Fatalf("wrote outside the slice, at element %d of %d", i-band-off, n)
			}
		}
	}
}

// fill sets x to numbers of mixed magnitude.
func fill(rng *rand.Rand, x []float32) {
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
}

// fillSpecial mixes in zeros, subnormals, Inf and NaN.
func fillSpecial(rng *rand.Rand, x []float32) {
	fill(rng, x)
	special := []float32{
		0, float32(math.Copysign(0, -1)), math.SmallestNonzeroFloat32, 0x1p-130, math.MaxFloat32,
		float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()), 1e-20, 1e20, 0.5, -0.5, 2.5,
	}
	for i := range x {
		if rng.IntN(8) == 0 {
			x[i] = special[rng.IntN(len(special))]
		}
	}
}

// same fails unless got and want have the same bits (NaN equals NaN).
func same(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i := range want {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) && (got[i] == got[i] || want[i] == want[i]) {
			t.Fatalf("%s: element %d is %v (%#x), the reference says %v (%#x)", what, i,
				got[i], math.Float32bits(got[i]), want[i], math.Float32bits(want[i]))
		}
	}
}
