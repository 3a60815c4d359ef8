package qat

// Response returns what a layer of the scheme s makes of latent weights w over
// their scale: the levels y, and the gradient that a gradient of 1 for y becomes.
// It is what a picture of an estimator shows. What is learned is as it starts.
func (s Scheme) Response(w []float32) (y, grad []float32) {
	s.need()
	levels := s.Weights.levels()
	y, grad = make([]float32, len(w)), make([]float32, len(w))
	switch e := s.Estimator.(type) {
	case softened:
		e.forward(y, w, levels)
	case builtin, nil:
		codes := make([]int8, len(w))
		h := rounding{levels: levels, u: 1}
		h.codes(codes, w, 0)
		for i, c := range codes {
			y[i] = float32(c)
		}
	case vector:
		e.ForwardSlice(y, append([]float32(nil), w...))
	default:
		for i, v := range w {
			y[i] = e.Forward(v)
		}
	}
	ones := make([]float32, len(w))
	for i := range w {
		ones[i] = 1
		y[i] = min(max(y[i], levels.lo), levels.hi)
	}
	switch e := s.Estimator.(type) {
	case nil:
		if s.Weights.Scale == Learned {
			within{}.backward(grad, w, ones, levels)
		} else {
			copy(grad, ones)
		}
	case builtin:
		e.backward(grad, w, ones, levels)
	case vector:
		e.BackwardSlice(grad, append([]float32(nil), w...), ones)
	default:
		for i, v := range w {
			grad[i] = e.Backward(v, 1)
		}
	}
	if b := s.Blend; b > 0 {
		blend(y, w, b)
		blend(grad, ones, b)
	}
	return y, grad
}

// Outermost is the largest magnitude of a level, in units of the scale.
func (q WeightQuantizer) Outermost() float32 { return q.levels().outermost() }
