package qat

import (
	"fmt"

	"setun/runtime/asm"
	"setun/runtime/tensor"
)

// The staircase of rounding, and the curve that Soft makes of it. On the step
// between the levels k and k+1, with f = w − k − ½ in ±½,
//
//	S(w) = k + ½ + ½·tanh(f/T)/tanh(½/T)        S′(w) = (1 − tanh²(f/T))/(2T·tanh(½/T))
//
// meets the levels themselves for every T, and is rounding for T → 0 and the
// identity for T → ∞ (Gong et al., Differentiable Soft Quantization, 1908.05033).
// Beyond the outermost levels S is flat. A gradient of 0 there would freeze 42 %
// of Gaussian ternary weights, so that it passes straight through.

// Soft rounds softly, by the curve S at temperature T, and its gradient is that of
// the curve: nothing is straight through but what lies beyond the levels. It is
// computed in floats, and comes to the levels as T goes to 0.
//
//	Ŵ = γ·S(W/γ)    dW = dŴ·S′(W/γ)
type Soft struct{ T float32 }

// Forward is S(w) over unbounded levels.
func (e Soft) Forward(w float32) float32 { return curve(e.T, w, unbounded) }

// Backward is grad·S′(w).
func (e Soft) Backward(w, grad float32) float32 { return slope(e.T, w, grad, unbounded) }

func (e Soft) forward(y, w []float32, l levels)         { curves(e.T, y, w, l) }
func (e Soft) backward(dw, w, grad []float32, l levels) { slopes(e.T, dw, w, grad, l) }
func (e Soft) validate() error                          { return temperature("Soft", e.T) }

// String is the estimator as a cell writes it.
func (e Soft) String() string { return fmt.Sprintf("Soft(%v)", e.T) }

// Tanh rounds to the levels, and lets the gradient through by the curve S′ at
// temperature T: most of it half way between two levels, where a small step
// changes the level.
//
//	Ŵ = γ·clamp(round(W/γ))    dW = dŴ·S′(W/γ)
type Tanh struct{ T float32 }

// Forward is w rounded half to even.
func (Tanh) Forward(w float32) float32 { return nearest(w) }

// Backward is grad·S′(w).
func (e Tanh) Backward(w, grad float32) float32 { return slope(e.T, w, grad, unbounded) }

func (e Tanh) backward(dw, w, grad []float32, l levels) { slopes(e.T, dw, w, grad, l) }
func (e Tanh) validate() error                          { return temperature("Tanh", e.T) }

// String is the estimator as a cell writes it.
func (e Tanh) String() string { return fmt.Sprintf("Tanh(%v)", e.T) }

// hottest is the highest temperature, at which S is off a straight line by less
// than 1e-4: tanh loses its digits beyond.
const hottest = 10

func temperature(name string, t float32) error {
	if !(t > 0 && t <= hottest) {
		return fmt.Errorf("%s(%v): want a temperature above 0, at most %d", name, t, hottest)
	}
	return nil
}

func curve(t, w float32, l levels) float32 {
	y := [1]float32{}
	curves(t, y[:], []float32{w}, l)
	return y[0]
}

func slope(t, w, grad float32, l levels) float32 {
	dw := [1]float32{}
	slopes(t, dw[:], []float32{w}, []float32{grad}, l)
	return dw[0]
}

// lanes is how many weights are worked on at a time.
const lanes = 256

// curves sets y = clamp(S(w)). y may be w.
func curves(t float32, y, w []float32, l levels) {
	room := tensor.Borrow(2 * lanes)
	defer tensor.Return(room)
	half := float32(0.5 / tanh1(0.5/t))
	for lo := 0; lo < len(w); lo += lanes {
		w, y := w[lo:min(lo+lanes, len(w))], y[lo:]
		k, th := room[:len(w)], room[lanes:][:len(w)]
		steps(k, th, w, t, l)
		for i := range w {
			s := float32(k[i]+0.5) + float32(th[i]*half)
			if l.binary {
				s = float32(2*s) - 1
			}
			y[i] = min(max(s, l.lo), l.hi)
		}
	}
}

// slopes sets dw = grad·S′(w), and grad beyond the levels. dw may be grad.
func slopes(t float32, dw, w, grad []float32, l levels) {
	room := tensor.Borrow(2 * lanes)
	defer tensor.Return(room)
	scale := 1 / float32(float32(2*t)*tanh1(0.5/t))
	for lo := 0; lo < len(w); lo += lanes {
		w, dw, grad := w[lo:min(lo+lanes, len(w))], dw[lo:], grad[lo:]
		k, th := room[:len(w)], room[lanes:][:len(w)]
		steps(k, th, w, t, l)
		for i, v := range w {
			g := grad[i]
			if v >= l.lo && v <= l.hi {
				g *= float32(float32(1-float32(th[i]*th[i])) * scale)
			}
			dw[i] = g
		}
	}
}

// steps sets k to the level below each w and th to tanh(f/T). Binary levels ±1 are
// a step of twice the size, from 0 to 1 in (w+1)/2.
func steps(k, th, w []float32, t float32, l levels) {
	for i, v := range w {
		if l.binary {
			v = float32(v+1) * 0.5
		}
		n := nearest(v - 0.5) // floor, but for whole numbers: those may be the end of a step
		k[i] = n
		th[i] = float32(float32(v-n)-0.5) / t
	}
	tanh(th)
}

func tanh1(x float32) float32 {
	v := tensor.Borrow(1)
	defer tensor.Return(v)
	v[0] = x
	tanh(v)
	return v[0]
}

// tanh replaces x by tanh x = 1 − 2/(e²ˣ+1), the same bits on every machine.
func tanh(x []float32) {
	const one = 9.5 // tanh is 1 in float32 from there
	for i, v := range x {
		x[i] = 2 * min(max(v, -one), one)
	}
	asm.Exp(x, x)
	for i, e := range x {
		x[i] = (e - 1) / (e + 1)
	}
}
