package asm

// The elementwise kernels take slices of at least the length of their last
// input; y may be one of the inputs.

// ReLU sets y = max(x, 0). NaN and -0 stay what they are.
func ReLU(y, x []float32) {
	needLen("ReLU", "y", len(y), len(x))
	active.relu(y[:len(x)], x)
}

// ReLUBackward sets dx = dy where y = ReLU(x) is above 0, and 0 elsewhere (and
// where y is NaN).
func ReLUBackward(dx, dy, y []float32) {
	needLen("ReLUBackward", "dx", len(dx), len(y))
	needLen("ReLUBackward", "dy", len(dy), len(y))
	active.reluBackward(dx[:len(y)], dy[:len(y)], y)
}

// Add sets y = a + b.
func Add(y, a, b []float32) {
	needLen("Add", "y", len(y), len(b))
	needLen("Add", "a", len(a), len(b))
	active.add(y[:len(b)], a[:len(b)], b)
}

// Sub sets y = a - b.
func Sub(y, a, b []float32) {
	needLen("Sub", "y", len(y), len(b))
	needLen("Sub", "a", len(a), len(b))
	active.sub(y[:len(b)], a[:len(b)], b)
}

// Mul sets y = a·b, element by element.
func Mul(y, a, b []float32) {
	needLen("Mul", "y", len(y), len(b))
	needLen("Mul", "a", len(a), len(b))
	active.mul(y[:len(b)], a[:len(b)], b)
}

// Scale sets y = alpha·x.
func Scale(y []float32, alpha float32, x []float32) {
	needLen("Scale", "y", len(y), len(x))
	active.scale(y[:len(x)], alpha, x)
}

// Axpy adds alpha·x to y, one fused multiply-add each.
func Axpy(y []float32, alpha float32, x []float32) {
	needLen("Axpy", "y", len(y), len(x))
	active.axpy(y[:len(x)], alpha, x)
}

func reluGo(y, x []float32) {
	for i, v := range x {
		if v < 0 {
			v = 0
		}
		y[i] = v
	}
}

func reluBackwardGo(dx, dy, y []float32) {
	for i, v := range y {
		d := dy[i]
		if !(v > 0) {
			d = 0
		}
		dx[i] = d
	}
}

func addGo(y, a, b []float32) {
	for i, v := range b {
		y[i] = a[i] + v
	}
}

func subGo(y, a, b []float32) {
	for i, v := range b {
		y[i] = a[i] - v
	}
}

func mulGo(y, a, b []float32) {
	for i, v := range b {
		y[i] = a[i] * v
	}
}

func scaleGo(y []float32, alpha float32, x []float32) {
	for i, v := range x {
		y[i] = alpha * v
	}
}

// axpyGo is fma32 per element, its quick way written out: the compiler does not
// inline it, and the product of matrices in pure Go lives on this loop. Four
// elements at once take four registers: on amd64 a conversion waits for the last
// writer of its destination.
func axpyGo(y []float32, alpha float32, x []float32) {
	a := float64(alpha)
	y = y[:len(x)]
	i := 0
	for ; i+4 <= len(x); i += 4 {
		x4, y4 := x[i:i+4:i+4], y[i:i+4:i+4]
		s0 := a*float64(x4[0]) + float64(y4[0])
		s1 := a*float64(x4[1]) + float64(y4[1])
		s2 := a*float64(x4[2]) + float64(y4[2])
		s3 := a*float64(x4[3]) + float64(y4[3])
		if fmaMayRoundTwice(s0) || fmaMayRoundTwice(s1) || fmaMayRoundTwice(s2) || fmaMayRoundTwice(s3) {
			for j, v := range x4 {
				y4[j] = fma32(alpha, v, y4[j])
			}
			continue
		}
		y4[0], y4[1], y4[2], y4[3] = float32(s0), float32(s1), float32(s2), float32(s3)
	}
	for ; i < len(x); i++ {
		y[i] = fma32(alpha, x[i], y[i])
	}
}
