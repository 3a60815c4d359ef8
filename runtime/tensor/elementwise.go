package tensor

// Add returns a + b. dA = dY, dB = dY.
func Add(a, b *Tensor) *Tensor {
	needSame("Add", a, b)
	y := likeOneOf(a, b)
	y.device().Add(y.data, a.Peek(), b.Peek())
	o := addOps.Take()
	o.a, o.b, o.y = a, b, y
	// A sum is computed again from a term that stays and one that is computed
	// again itself. Never from two of those: sums stand on sums, and the way down
	// could be long.
	if a.redoer() != nil {
		a, b = b, a
	}
	if a.redoer() == nil && b.redoer() != nil {
		o.stays, o.again = a, b
		Remember(a)
	}
	return Record("Add", y, o, o.a, o.b)
}

type addOp struct {
	a, b, y      *Tensor
	stays, again *Tensor // a and b in some order, or nil
}

var addOps Recycled[addOp]

func (o *addOp) Backward(dy []float32) {
	o.a.addGrad(dy)
	if !o.b.inheritGrad(o.y) {
		o.b.addGrad(dy)
	}
}

func (o *addOp) CanRedo() bool { return o.stays != nil }

func (o *addOp) Redo(y []float32) {
	redo(y, o.again)
	o.stays.device().Add(y, y, Recall(o.stays))
}

func (o *addOp) Release() {
	if o.stays != nil {
		Forget(o.stays)
	}
	addOps.Give(o)
}

// Sub returns a - b. dA = dY, dB = -dY.
func Sub(a, b *Tensor) *Tensor {
	needSame("Sub", a, b)
	y := likeOneOf(a, b)
	y.device().Sub(y.data, a.Peek(), b.Peek())
	o := subOps.Take()
	o.a, o.b = a, b
	return Record("Sub", y, o, a, b)
}

type subOp struct{ a, b *Tensor }

var subOps Recycled[subOp]

func (o *subOp) Backward(dy []float32) {
	o.a.addGrad(dy)
	if o.b.wants {
		db, part := o.b.gradPart()
		o.b.device().Scale(db, -1, dy)
		o.b.addPart(db, part)
	}
}

func (o *subOp) Release() { subOps.Give(o) }

// Mul returns a·b, element by element. dA = dY·b, dB = dY·a.
func Mul(a, b *Tensor) *Tensor {
	needSame("Mul", a, b)
	y := likeOneOf(a, b)
	y.device().Mul(y.data, a.Peek(), b.Peek())
	o := mulOps.Take()
	o.a, o.b = a, b
	Hold(a)
	Hold(b)
	return Record("Mul", y, o, a, b)
}

type mulOp struct{ a, b *Tensor }

var mulOps Recycled[mulOp]

func (o *mulOp) Backward(dy []float32) {
	o.a.addGradBy(o.a.device().Mul, dy, o.b.data)
	o.b.addGradBy(o.b.device().Mul, dy, o.a.data)
}

func (o *mulOp) Release() {
	Release(o.a)
	Release(o.b)
	mulOps.Give(o)
}

// addGradBy adds kernel(dy, v) to the gradient of t, if t wants one.
func (t *Tensor) addGradBy(kernel func(dx, dy, v []float32), dy, v []float32) {
	if !t.wants {
		return
	}
	dx, part := t.gradPart()
	kernel(dx, dy, v)
	t.addPart(dx, part)
}

// Scale returns alpha·x. dX = alpha·dY.
func Scale(x *Tensor, alpha float32) *Tensor {
	y := like(x)
	x.device().Scale(y.data, alpha, x.Peek())
	o := scaleOps.Take()
	o.x, o.alpha = x, alpha
	return Record("Scale", y, o, x)
}

type scaleOp struct {
	x     *Tensor
	alpha float32
}

var scaleOps Recycled[scaleOp]

func (o *scaleOp) Backward(dy []float32) {
	dx, part := o.x.gradPart()
	o.x.device().Scale(dx, o.alpha, dy)
	o.x.addPart(dx, part)
}

func (o *scaleOp) Release() { scaleOps.Give(o) }

// needSame panics unless a and b have the same shape.
func needSame(op string, a, b *Tensor) {
	if !sameShape(a, b) {
		panic(&ShapeError{Op: op, Got: b.Shape(), Want: a.Shape(), Why: "both must have the same shape"})
	}
}

// likeOneOf is like(a), in the scope of b if a is in none.
func likeOneOf(a, b *Tensor) *Tensor {
	if a.scope != nil {
		return like(a)
	}
	return like(b)
}
