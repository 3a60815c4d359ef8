package asm

// The activations of transformer feed-forward layers. Each backward takes the
// input x of its forward and may write dx onto dy.

// ReLUSquared sets y = max(x, 0)², the activation of BitNet b1.58 2B4T.
func ReLUSquared(y, x []float32) {
	needLen("ReLUSquared", "y", len(y), len(x))
	active.reluSquared(y[:len(x)], x)
}

// ReLUSquaredBackward sets dx = dy·2·max(x, 0).
func ReLUSquaredBackward(dx, dy, x []float32) {
	needLen("ReLUSquaredBackward", "dx", len(dx), len(x))
	needLen("ReLUSquaredBackward", "dy", len(dy), len(x))
	active.reluSquaredBackward(dx[:len(x)], dy[:len(x)], x)
}

// SiLU sets y = x·σ(x) = x/(1 + e⁻ˣ) (Elfwing, Uchibe and Doya,
// "Sigmoid-Weighted Linear Units", 2017).
func SiLU(y, x []float32) {
	needLen("SiLU", "y", len(y), len(x))
	active.silu(y[:len(x)], x)
}

// SiLUBackward sets dx = dy·σ·(1 + x·(1-σ)) with σ = 1/(1 + e⁻ˣ).
func SiLUBackward(dx, dy, x []float32) {
	needLen("SiLUBackward", "dx", len(dx), len(x))
	needLen("SiLUBackward", "dy", len(dy), len(x))
	active.siluBackward(dx[:len(x)], dy[:len(x)], x)
}

// GELU sets y = x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))), the tanh form of
// Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016. As (1 + tanh u)/2 is
// σ(2u), that is x·σ(v) with v = x·(c + c₃·x²).
func GELU(y, x []float32) {
	needLen("GELU", "y", len(y), len(x))
	active.gelu(y[:len(x)], x)
}

// GELUBackward sets dx = dy·σ·(1 + x·(1-σ)·v′) with σ = σ(v), v′ = c + 3·c₃·x².
func GELUBackward(dx, dy, x []float32) {
	needLen("GELUBackward", "dx", len(dx), len(x))
	needLen("GELUBackward", "dy", len(dy), len(x))
	active.geluBackward(dx[:len(x)], dy[:len(x)], x)
}

const (
	geluC     = 1.5957691216057308  // 2√(2/π)
	geluC3    = 0.07135481627260025 // 0.044715 of it
	geluSlope = 0.21406444881780075 // 3·geluC3
	geluFlat  = 30                  // beyond ±30 the slope is 1 or 0
)

// logistic is 1/(1 + e⁻ˣ).
func logistic(x float32) float32 { return 1 / (1 + exp32(-x)) }

func reluSquaredGo(y, x []float32) {
	for i, v := range x {
		if v < 0 {
			v = 0
		}
		y[i] = float32(v * v)
	}
}

func reluSquaredBackwardGo(dx, dy, x []float32) {
	for i, v := range x {
		if v < 0 {
			v = 0
		}
		dx[i] = float32(dy[i] * float32(v+v))
	}
}

func siluGo(y, x []float32) {
	for i, v := range x {
		y[i] = v / (1 + exp32(-v))
	}
}

func siluBackwardGo(dx, dy, x []float32) {
	for i, v := range x {
		s := logistic(v)
		slope := float32(s * fma32(v, float32(1-s), 1))
		dx[i] = float32(dy[i] * slope)
	}
}

func geluGo(y, x []float32) {
	for i, v := range x {
		u := float32(v * fma32(geluC3, float32(v*v), geluC))
		y[i] = v / (1 + exp32(-u))
	}
}

func geluBackwardGo(dx, dy, x []float32) {
	for i, v := range x {
		if v > geluFlat {
			v = geluFlat
		}
		if v < -geluFlat {
			v = -geluFlat
		}
		square := float32(v * v)
		s := logistic(float32(v * fma32(geluC3, square, geluC)))
		curve := float32(v * float32(1-s))
		slope := float32(s * fma32(curve, fma32(geluSlope, square, geluC), 1))
		dx[i] = float32(dy[i] * slope)
	}
}
