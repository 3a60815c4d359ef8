package asm

import "math"

// RoPETable fills cos and sin with the angles of rotary position embeddings
// (Su et al., "RoFormer", 2021, eq. 15): cos[p·pairs+i] = cos(p·theta^(-i/pairs))
// for the positions 0 to positions-1. It is computed in float64 by functions
// that give the same bits on every machine.
func RoPETable(cos, sin []float32, positions, pairs int, theta float64) {
	const op = "RoPETable"
	needMatrix(op, "cos", len(cos), positions, pairs, pairs)
	needMatrix(op, "sin", len(sin), positions, pairs, pairs)
	if positions == 0 {
		return
	}
	for i := range pairs {
		frequency := exp64(-float64(float64(i)/float64(pairs)) * log64(theta))
		for p := range positions {
			s, c := sincos64(float64(float64(p) * frequency))
			cos[p*pairs+i], sin[p*pairs+i] = float32(c), float32(s)
		}
	}
}

// RoPE rotates each head of x[rows×heads·dim] in place by its row's angles,
// element i of the first half with element i of the second (as Llama and BitNet
// b1.58 2B4T do). Row t has position first+t; cos and sin are a RoPETable of
// dim/2 pairs. inverse rotates back, which is also the backward.
//
//	a, b = a·cos - b·sin, b·cos + a·sin
func RoPE(x, cos, sin []float32, rows, heads, dim, first int, inverse bool) {
	const op = "RoPE"
	if dim < 0 || dim%2 != 0 {
		panic(SizeError{op, "dim", dim, multipleOf(2)})
	}
	if heads < 0 {
		panic(SizeError{op, "heads", heads, atLeast(0)})
	}
	if most := math.MaxInt / max(dim, 1); heads > most {
		panic(SizeError{op, "heads", heads, atMost(most)})
	}
	if first < 0 {
		panic(SizeError{op, "first", first, atLeast(0)})
	}
	width, pairs := heads*dim, dim/2
	needMatrix(op, "x", len(x), rows, width, width)
	if width == 0 {
		return
	}
	needMatrix(op, "cos", len(cos), first+rows, pairs, pairs)
	needMatrix(op, "sin", len(sin), first+rows, pairs, pairs)
	for t := range rows {
		c, s := cos[(first+t)*pairs:][:pairs], sin[(first+t)*pairs:][:pairs]
		for h := range heads {
			a := x[t*width+h*dim:][:pairs]
			b := x[t*width+h*dim+pairs:][:pairs]
			if inverse { // turning back is turning the swapped pair
				a, b = b, a
			}
			active.rotate(a, b, c, s)
		}
	}
}

func rotateGo(a, b, cos, sin []float32) {
	for i, c := range cos {
		s, x, y := sin[i], a[i], b[i]
		a[i] = fma32(x, c, -float32(y*s))
		b[i] = fma32(y, c, float32(x*s))
	}
}
