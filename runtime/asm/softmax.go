package asm

// SoftmaxCrossEntropyRows turns each row of logits[rows×cols] into probabilities
// and its loss: with m = max x and z = Σ eˣ⁻ᵐ,
//
//	probs = eˣ⁻ᵐ/z,  loss[i] = log z - (x[label] - m)
//
// A NaN or +Inf among the logits makes the row's loss NaN. probs may be logits.
// A label outside 0..cols-1 panics with LabelError before anything is written.
func SoftmaxCrossEntropyRows(loss, probs, logits []float32, labels []int32, rows, cols int) {
	const op = "SoftmaxCrossEntropyRows"
	needMatrix(op, "logits", len(logits), rows, cols, cols)
	needMatrix(op, "probs", len(probs), rows, cols, cols)
	needLen(op, "loss", len(loss), rows)
	needLabels(op, labels, rows, cols)
	for i := range rows {
		x := logits[i*cols : (i+1)*cols]
		picked := x[labels[i]]
		m, z := softmaxRow(probs[i*cols:(i+1)*cols], x, 1)
		loss[i] = log32(z) - float32(picked-m)
	}
}

// SoftmaxCrossEntropyRowsBackward sets dlogits = (probs - onehot(label))·scale:
// the gradient of the losses' sum times scale (1/rows for their mean). dlogits
// may be probs.
func SoftmaxCrossEntropyRowsBackward(dlogits, probs []float32, labels []int32, rows, cols int, scale float32) {
	const op = "SoftmaxCrossEntropyRowsBackward"
	needMatrix(op, "probs", len(probs), rows, cols, cols)
	needMatrix(op, "dlogits", len(dlogits), rows, cols, cols)
	needLabels(op, labels, rows, cols)
	for i := range rows {
		p, d := probs[i*cols:(i+1)*cols], dlogits[i*cols:(i+1)*cols]
		label := labels[i]
		atLabel := float32((p[label] - 1) * scale)
		active.scale(d, scale, p)
		d[label] = atLabel
	}
}

// SoftmaxRows sets each row of probs[rows×cols] to the softmax of x's row. probs
// may be x.
func SoftmaxRows(probs, x []float32, rows, cols int) {
	const op = "SoftmaxRows"
	needMatrix(op, "x", len(x), rows, cols, cols)
	needMatrix(op, "probs", len(probs), rows, cols, cols)
	if cols == 0 {
		return
	}
	for i := range rows {
		softmaxRow(probs[i*cols:(i+1)*cols], x[i*cols:(i+1)*cols], 1)
	}
}

// softmaxRow sets y to the softmax of scale·x and returns m = max scale·x and
// z = Σ exp(scale·x - m).
func softmaxRow(y, x []float32, scale float32) (m, z float32) {
	switch {
	case len(x) == 0:
		return 0, 0
	case active.softmaxRow != nil && len(x) <= Block:
		return active.softmaxRow(y, x, scale)
	case scale != 1:
		active.scale(y, scale, x)
		x = y
	}
	m = active.max(x) // a NaN is met again in z
	for i, v := range x {
		y[i] = float32(v - m)
	}
	active.exp(y, y)
	z = Sum(y)
	active.scale(y, 1/z, y)
	return m, z
}

func needLabels(op string, labels []int32, rows, cols int) {
	needLen(op, "labels", len(labels), rows)
	for i, l := range labels[:rows] {
		if l < 0 || int(l) >= cols {
			panic(LabelError{op, i, l, cols})
		}
	}
}
