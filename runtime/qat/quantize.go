package qat

import (
	"setun/runtime/asm"
	"setun/runtime/tensor"
)

// QuantizeWith quantises the weights w[N×K] by the scheme s. What a layer of that
// scheme learns has its first values.
func QuantizeWith(w *tensor.Tensor, s Scheme) *QuantizedWeights {
	s.need()
	q := new(QuantizedWeights)
	q.quantize(nil, w, s, newLearned(w, s), noise{key: s.Weights.Stochastic})
	return q.unpacked()
}

// unpacked fills in the codes of trits, for people to see.
func (q *QuantizedWeights) unpacked() *QuantizedWeights {
	if q.isTrits {
		q.Codes = make([]int8, q.Rows*q.Cols)
		q.packed.Unpack(q.Codes)
	}
	return q
}

// quantize makes q the weights w by the scheme s, in buffers of scope.
func (q *QuantizedWeights) quantize(scope *tensor.Scope, w *tensor.Tensor, s Scheme, p learned, n noise) {
	*q = QuantizedWeights{Rows: w.Dim(0), Cols: w.Dim(1), Quantizer: s.Weights}
	x := w.Peek()
	groups := q.layout().groups()
	q.Scales = scope.Borrow(groups)
	if s.Weights.Asymmetric {
		q.Zeros = scope.Borrow(groups)
	}
	if s.Weights.Bits == BinaryBits {
		q.centers = scope.Borrow(groups)
	}
	switch {
	case s.Weights.Scale == Learned:
		for i, v := range p.scale.Peek() {
			q.Scales[i] = max(v, ScaleFloor)
		}
		clear(q.centers)
	case p.zero != nil:
		q.measure(x)
		q.units, q.Scales, q.Zeros = q.Scales, scope.Borrow(groups), scope.Borrow(groups)
		alphas, betas := p.scale.Peek(), p.zero.Peek()
		for i, unit := range q.units {
			alpha := max(alphas[i], ScaleFloor)
			q.Scales[i], q.Zeros[i] = unit*alpha, -betas[i]/alpha
		}
	default:
		q.measure(x)
	}
	if roundsToLevels(s.Estimator) {
		q.round(scope, x, n)
	} else {
		q.soften(scope, x, s.Estimator)
	}
}

// round finds the codes of the weights w.
func (q *QuantizedWeights) round(scope *tensor.Scope, w []float32, n noise) {
	t := weightTasks.Take()
	t.q, t.w, t.how.noise = q, w, n
	t.codes = scope.BorrowInt8(len(w))
	tensor.ShareRows(q.Rows, q.Cols, (*coding)(t))
	q.keep(scope, t.codes)
	weightTasks.Give(t)
}

// keep makes codes the codes of q: at two bits each, if they are trits.
func (q *QuantizedWeights) keep(scope *tensor.Scope, codes []int8) {
	if !q.Quantizer.trits() {
		q.Codes = codes
		return
	}
	q.packed, q.isTrits = borrowTernary(scope, q.Rows, q.Cols), true
	t := weightTasks.Take()
	t.q, t.codes = q, codes
	tensor.ShareRows((q.Rows+asm.PanelRows-1)/asm.PanelRows, asm.PanelRows*q.Cols, (*packing)(t))
	weightTasks.Give(t)
	scope.ReturnInt8(codes)
}

// soften lets an estimator that rounds by itself do so. Where all that it returns
// are whole numbers, they become codes.
func (q *QuantizedWeights) soften(scope *tensor.Scope, w []float32, e Estimator) {
	t := weightTasks.Take()
	q.Values = scope.Borrow(len(w))
	t.q, t.w, t.c = q, w, q.Values
	if soft, ours := e.(softened); ours {
		t.soft = soft
		tensor.ShareRows(q.Rows, q.Cols, (*softening)(t))
	} else {
		t.own = e
		(*softening)(t).Piece(0, q.Rows) // in one goroutine, as it says in Estimator
	}
	weightTasks.Give(t)
	for _, v := range q.Values {
		if v != nearest(v) {
			return
		}
	}
	codes := scope.BorrowInt8(len(w))
	for i, v := range q.Values {
		codes[i] = int8(v)
	}
	scope.Return(q.Values)
	q.Values = nil
	q.keep(scope, codes)
}

func (t *softening) Piece(lo, hi int) {
	q, l := t.q, t.q.layout()
	levels := q.Quantizer.levels()
	for row := lo; row < hi; row++ {
		for g := range l.perRow {
			a, b := l.span(g)
			a, b = row*l.cols+a, row*l.cols+b
			i := l.index(row, g)
			y, zero := t.c[a:b], q.zero(i)
			q.position(y, t.w[a:b], i)
			switch e := t.own.(type) {
			case nil:
				t.soft.forward(y, y, levels)
			case vector:
				v := tensor.Borrow(len(y))
				copy(v, y)
				e.ForwardSlice(y, v)
				tensor.Return(v)
			default:
				for k, v := range y {
					y[k] = e.Forward(v)
				}
			}
			for k, v := range y {
				y[k] = min(max(v+zero, levels.lo), levels.hi)
			}
		}
	}
}

// position sets v to the weights w of group i over their scale, where estimators
// see them: (W − mean)/γ for binary weights, else W/γ.
func (q *QuantizedWeights) position(v, w []float32, i int) {
	u := 1 / q.unit(i)
	if q.centers == nil {
		asm.Scale(v, u, w)
		return
	}
	shift := -q.centers[i] * u
	for k, x := range w {
		v[k] = float32(x*u) + shift
	}
}

// release gives the buffers of q back to scope.
func (q *QuantizedWeights) release(scope *tensor.Scope) {
	for _, b := range [...][]float32{q.Scales, q.Zeros, q.centers, q.units, q.Values} {
		if b != nil {
			scope.Return(b)
		}
	}
	if q.Codes != nil {
		scope.ReturnInt8(q.Codes)
	}
	if q.isTrits {
		scope.ReturnBytes(q.packed.Data)
	}
	*q = QuantizedWeights{}
}
