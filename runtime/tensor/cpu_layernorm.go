package tensor

import (
	"math"

	"setun/runtime/asm"
)

// The kernels of the processors for LayerNorm and MulRow, as tasks over rows.

// layerNorms is a LayerNorm at work: its forward, z alone, or its backward.
type layerNorms struct {
	y, mean, rstd, x []float32
	g, b             []float32
	dx, dy           []float32
	cols             int
	eps              float32
}

type (
	layerNormsForward  layerNorms
	layerNormsApply    layerNorms
	layerNormsBackward layerNorms
)

var layerNormTasks Recycled[layerNorms]

// layerNorm sets y = z·g + b and keeps the mean and 1/deviation of each row.
func layerNorm(y, mean, rstd, x, g, b []float32, eps float32) {
	t := layerNormTasks.Take()
	*t = layerNorms{y: y, mean: mean, rstd: rstd, x: x, g: g, b: b, cols: len(g), eps: eps}
	ShareRows(len(mean), len(g), (*layerNormsForward)(t))
	layerNormTasks.Give(t)
}

// layerNormApply sets z = (x − mean)·rstd.
func layerNormApply(z, x, mean, rstd []float32, cols int) {
	t := layerNormTasks.Take()
	*t = layerNorms{y: z, mean: mean, rstd: rstd, x: x, cols: cols}
	ShareRows(len(mean), cols, (*layerNormsApply)(t))
	layerNormTasks.Give(t)
}

// layerNormBackward sets dx = rstd·(dz − mean(dz) − z·mean(dz·z)) with dz = dy·g.
func layerNormBackward(dx, dy, z, rstd, g []float32, cols int) {
	t := layerNormTasks.Take()
	*t = layerNorms{dx: dx, dy: dy, x: z, rstd: rstd, g: g, cols: cols}
	ShareRows(len(rstd), cols, (*layerNormsBackward)(t))
	layerNormTasks.Give(t)
}

func (t *layerNormsForward) Piece(lo, hi int) {
	n := t.cols
	for i := lo; i < hi; i++ {
		x, y := t.x[i*n:(i+1)*n], t.y[i*n:(i+1)*n]
		mean := asm.Sum(x) / float32(n)
		for c, v := range x {
			y[c] = v - mean
		}
		variance := asm.Dot(y, y) / float32(n)
		rstd := 1 / float32(math.Sqrt(float64(variance+t.eps)))
		t.mean[i], t.rstd[i] = mean, rstd
		asm.Scale(y, rstd, y)
		asm.Mul(y, y, t.g)
		asm.Add(y, y, t.b)
	}
}

func (t *layerNormsApply) Piece(lo, hi int) {
	n := t.cols
	for i := lo; i < hi; i++ {
		x, z := t.x[i*n:(i+1)*n], t.y[i*n:(i+1)*n]
		for c, v := range x {
			z[c] = v - t.mean[i]
		}
		asm.Scale(z, t.rstd[i], z)
	}
}

func (t *layerNormsBackward) Piece(lo, hi int) {
	n := t.cols
	for i := lo; i < hi; i++ {
		z, dx := t.x[i*n:(i+1)*n], t.dx[i*n:(i+1)*n]
		asm.Mul(dx, t.dy[i*n:(i+1)*n], t.g) // dz
		mean, slope := asm.Sum(dx)/float32(n), asm.Dot(dx, z)/float32(n)
		for c, v := range z {
			dx[c] = float32(float32(dx[c]-mean)-float32(v*slope)) * t.rstd[i]
		}
	}
}

// mulRow sets y to x with every row multiplied by row.
func mulRow(y, x, row []float32) {
	n := len(row)
	for lo := 0; lo < len(x); lo += n {
		asm.Mul(y[lo:lo+n], x[lo:lo+n], row)
	}
}
