package qat

import (
	"math"
	"strings"

	"setun/runtime/tensor"
)

// learned are the numbers of the quantiser of one weight matrix that train: the
// scales of a [Learned] rule, or α and β of [Learnable]. nil where there are none.
type learned struct{ scale, zero *tensor.Tensor }

// newLearned returns what the scheme s learns for the weights w[N×K], with names
// beside that of w: 0.scale beside 0.weight.
func newLearned(w *tensor.Tensor, s Scheme) learned {
	q := s.Weights
	if q.Bits == FloatBits {
		return learned{}
	}
	l := q.layout(w.Dim(0), w.Dim(1))
	prefix := strings.TrimSuffix(w.Name(), "weight")
	if q.Scale == Learned {
		return learned{scale: tensor.ParamInit(prefix+"scale", firstSteps(q, l, w), l.groups())}
	}
	if _, is := s.Estimator.(Learnable); is {
		return learned{
			scale: tensor.ParamInit(prefix+"scale", ones, l.groups()),
			zero:  tensor.Param(prefix+"zero", l.groups()),
		}
	}
	return learned{}
}

// firstSteps starts the scales of LSQ from the weights as they are then.
func firstSteps(q WeightQuantizer, l layout, w *tensor.Tensor) tensor.Init {
	return func(_ *tensor.RNG, scales []float32) {
		x := w.Peek()
		if l.shared {
			scales[0] = q.lsqStep(x)
			return
		}
		for i := range scales {
			lo, hi := l.span(i % l.perRow)
			row := x[i/l.perRow*l.cols:]
			scales[i] = q.lsqStep(row[lo:hi])
		}
	}
}

func ones(_ *tensor.RNG, w []float32) {
	for i := range w {
		w[i] = 1
	}
}

// learnedGrads is the gradients of what a quantiser learns, from that of Ŵ, as a
// task over rows: their shares of each group and row.
//
//	LSQ:       ds = g·Σ dŴ·(c − W/s within the levels, c beyond)
//	Learnable: dα = g·γ·Σ dŴ·(c − v within, c beyond)    dβ = g·γ·Σ dŴ·(0 within, 1 beyond)
//
// The c of LSQ beyond the levels is the outermost one.
type learnedGrads struct {
	q           *QuantizedWeights
	w, grad     []float32
	scale, zero []float32 // a sum for each group of each row
}

var learnedGradTasks tensor.Recycled[learnedGrads]

func (t *learnedGrads) Piece(lo, hi int) {
	q, l := t.q, t.q.layout()
	levels := q.Quantizer.levels()
	for row := lo; row < hi; row++ {
		for g := range l.perRow {
			a, b := l.span(g)
			i := l.index(row, g)
			u, zero := 1/q.Scales[i], q.zero(i)
			var ds, dz float64
			for k := row*l.cols + a; k < row*l.cols+b; k++ {
				v := float32(t.w[k]*u) + zero
				switch {
				case v < levels.lo:
					ds += float64(t.grad[k] * levels.lo)
					dz += float64(t.grad[k])
				case v > levels.hi:
					ds += float64(t.grad[k] * levels.hi)
					dz += float64(t.grad[k])
				case levels.binary:
					c := float32(1)
					if v < 0 {
						c = -1
					}
					ds += float64(t.grad[k] * (c - v))
				default:
					ds += float64(t.grad[k] * (nearest(v) - v))
				}
			}
			at := row*l.perRow + g
			t.scale[at] = float32(ds)
			if t.zero != nil {
				t.zero[at] = float32(dz)
			}
		}
	}
}

// backward adds to the gradients of scale and zero, given the gradient dŴ of the
// quantised weights. share is how much of dŴ is theirs.
func (p learned) backward(scope *tensor.Scope, q *QuantizedWeights, w, grad []float32, share float32) {
	if p.scale == nil {
		return
	}
	l := q.layout()
	t := learnedGradTasks.Take()
	t.q, t.w, t.grad = q, w, grad
	t.scale = scope.Borrow(l.rows * l.perRow)
	if p.zero != nil {
		t.zero = scope.Borrow(l.rows * l.perRow)
	}
	tensor.ShareRows(l.rows, l.cols, t)
	p.collect(p.scale, q, l, t.scale, share)
	scope.Return(t.scale)
	if p.zero != nil {
		p.collect(p.zero, q, l, t.zero, share)
		scope.Return(t.zero)
	}
	learnedGradTasks.Give(t)
}

// collect adds the sums of all rows to the gradient of param, in their order.
func (p learned) collect(param *tensor.Tensor, q *QuantizedWeights, l layout, sums []float32, share float32) {
	if !param.WantsGrad() {
		return
	}
	dp, accumulate := param.GradBuffer()
	for i := range dp {
		sum := float64(0)
		if l.shared {
			for _, s := range sums {
				sum += float64(s)
			}
		} else {
			sum = float64(sums[i])
		}
		highest := float64(q.Quantizer.levels().hi)
		d := float32(sum / math.Sqrt(float64(l.members(i))*highest))
		if p.zero != nil {
			d *= q.units[i]
		}
		d *= share
		if accumulate {
			d += dp[i]
		}
		dp[i] = d
	}
}
