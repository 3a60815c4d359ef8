package qat

import "setun/runtime/tensor"

// estimation takes the gradient of Ŵ to that of W through an estimator, as a task
// over rows.
type estimation struct {
	q     *QuantizedWeights
	w     []float32 // latent
	grad  []float32 // dŴ, and after it dW
	ours  builtin
	own   Estimator
	bound float32 // of Adaptive, on |W|; 0 for others
	blend float32
}

var estimations tensor.Recycled[estimation]

// estimate replaces grad, the gradient of Ŵ, by that of W. Of outputs that are
// floats it is the same.
func (p *pass) estimate(w *schemeWeight, latent, grad []float32) {
	rows := p.scheme.quantised(w.q.Rows)
	t := estimations.Take()
	t.q, t.w, t.grad, t.blend = &w.q, latent, grad, p.scheme.Blend
	switch e := p.scheme.Estimator.(type) {
	case nil: // a learned scale: LSQ lets the gradient pass within the levels only
		t.ours = within{}
	case builtin:
		t.ours = e
		if adaptive, is := e.(Adaptive); is {
			t.bound = adaptive.bound(latent)
		}
	default:
		t.own = e
		t.Piece(0, rows) // in one goroutine, as it says in Estimator
		estimations.Give(t)
		return
	}
	tensor.ShareRows(rows, w.q.Cols, t)
	estimations.Give(t)
}

func (t *estimation) Piece(lo, hi int) {
	l := t.q.layout()
	v := tensor.Borrow(2 * l.width)
	for row := lo; row < hi; row++ {
		for g := range l.perRow {
			a, b := l.span(g)
			a, b = row*l.cols+a, row*l.cols+b
			t.group(t.grad[a:b], t.w[a:b], l.index(row, g), v)
		}
	}
	tensor.Return(v)
}

// group replaces the gradient of group i.
func (t *estimation) group(grad, w []float32, i int, scratch []float32) {
	v, dw := scratch[:len(w)], scratch[len(scratch)/2:][:len(w)]
	t.q.position(v, w, i)
	levels := t.q.Quantizer.levels()
	if z := t.q.zero(i); t.q.Quantizer.Asymmetric {
		levels.lo, levels.hi = levels.lo-z, levels.hi-z
	}
	switch e := t.own.(type) {
	case nil:
		if t.bound > 0 {
			clip(dw, w, grad, t.bound)
		} else {
			t.ours.backward(dw, v, grad, levels)
		}
	case vector:
		e.BackwardSlice(dw, v, grad)
	default:
		for k := range v {
			dw[k] = e.Backward(v[k], grad[k])
		}
	}
	if t.blend == 0 {
		copy(grad, dw)
		return
	}
	for k, d := range dw {
		grad[k] = float32(t.blend*grad[k]) + float32((1-t.blend)*d)
	}
}

// within is LSQ's own: it passes the gradient within the levels only.
type within struct{ Standard }

func (within) backward(dw, w, grad []float32, l levels) {
	for i, v := range w {
		g := grad[i]
		if !(v >= l.lo && v <= l.hi) {
			g = 0
		}
		dw[i] = g
	}
}

// clip sets dw to grad where |w| is at most bound, and else to 0.
func clip(dw, w, grad []float32, bound float32) {
	for i, v := range w {
		g := grad[i]
		if !(abs(v) <= bound) {
			g = 0
		}
		dw[i] = g
	}
}
