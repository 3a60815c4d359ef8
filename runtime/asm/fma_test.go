package asm

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// exactFMA is x·y + z by math/big, rounded once.
func exactFMA(x, y, z float32) float32 {
	f := func(v float32) *big.Float { return new(big.Float).SetPrec(2000).SetFloat64(float64(v)) }
	sum := f(0).Add(f(0).Mul(f(x), f(y)), f(z))
	r, _ := sum.Float32()
	return r
}

func TestFMARoundsOnce(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	specials := []float32{
		0, 1, -1, 0.5, 1.5, math.MaxFloat32, math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32,
		0x1p-126, -0x1p-126, 0x1.fffffep-127, 1 + 0x1p-23, 1 - 0x1p-24, 0x1p-24, 0x1p-25, 0x1p64, 0x1.000002p-75,
	}
	pick := func() float32 {
		switch rng.IntN(4) {
		case 0:
			return specials[rng.IntN(len(specials))]
		case 1: // few bits, so that halfway cases happen
			return float32(rng.IntN(8193)-4096) * float32(math.Pow(2, float64(rng.IntN(60)-30)))
		case 2: // anything finite
			for {
				if v := math.Float32frombits(rng.Uint32()); v-v == 0 {
					return v
				}
			}
		default:
			return float32(rng.NormFloat64())
		}
	}
	for range 400_000 {
		x, y, z := pick(), pick(), pick()
		if rng.IntN(3) == 0 { // cancel most of the product
			z = -x * y
		}
		if z-z != 0 {
			continue
		}
		got, want := fma32(x, y, z), exactFMA(x, y, z)
		if got != want {
			t.Fatalf("fma32(%x, %x, %x) = %x, exactly %x", x, y, z, got, want)
		}
	}
}

func TestFMASpecials(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, c := range []struct{ x, y, z, want float32 }{
		{inf, 1, 1, inf},
		{inf, 0, 1, nan},
		{1, 1, nan, nan},
		{inf, 1, -inf, nan},
		{math.MaxFloat32, math.MaxFloat32, -inf, -inf},
		{math.MaxFloat32, 2, 0, inf},
	} {
		got := fma32(c.x, c.y, c.z)
		if got != c.want && (got == got || c.want == c.want) {
			t.Errorf("fma32(%v, %v, %v) = %v, want %v", c.x, c.y, c.z, got, c.want)
		}
	}
}

func BenchmarkFMA(b *testing.B) {
	x, sum := float32(1.0001), float32(0)
	for b.Loop() {
		for range 1000 {
			sum = fma32(x, 0.999, sum)
		}
	}
	b.ReportMetric(2000*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}
