package loss

import (
	"fmt"
	"math"

	"setun/runtime/asm"
	"setun/runtime/tensor"
)

// MSE is the mean of (y − target)².
func MSE(y, target *tensor.Tensor) *tensor.Tensor {
	return mean("MSE", y, target,
		func(d float32) float32 { return d * d },
		func(d float32) float32 { return 2 * d })
}

// L1 is the mean of |y − target|; its slope at 0 is 0.
func L1(y, target *tensor.Tensor) *tensor.Tensor {
	return mean("L1", y, target, abs, sign)
}

// SmoothL1 is the mean of a parabola near 0 and of L1 further out (Girshick,
// 1504.08083; the arithmetic of torch.nn.functional.smooth_l1_loss):
//
//	d²/(2β)    where |d| < β,   d = y − target
//	|d| − β/2  elsewhere
//
// beta is above 0.
func SmoothL1(beta float64) func(y, target *tensor.Tensor) *tensor.Tensor {
	if !(beta > 0 && beta <= math.MaxFloat32) {
		panic(fmt.Errorf("loss: SmoothL1 with β = %g; want above 0", beta))
	}
	b := float32(beta)
	return func(y, target *tensor.Tensor) *tensor.Tensor {
		return mean("SmoothL1", y, target,
			func(d float32) float32 {
				if a := abs(d); a >= b {
					return a - b/2
				}
				return d * d / (2 * b)
			},
			func(d float32) float32 {
				if abs(d) >= b {
					return sign(d)
				}
				return d / b
			})
	}
}

// mean is the mean over all elements of value(y − target), whose derivative is
// slope. The target is a constant, whatever it was computed from.
func mean(name string, y, target *tensor.Tensor, value, slope func(d float32) float32) *tensor.Tensor {
	if y.Dims() != target.Dims() || y.Len() != target.Len() || y.Dim(-1) != target.Dim(-1) {
		panic(&tensor.ShapeError{Op: name, Got: target.Shape(), Want: y.Shape(), Why: "a target for each number"})
	}
	slopes := make([]float32, y.Len())
	values := make([]float32, y.Len())
	t := target.Peek()
	for i, v := range y.Peek() {
		d := v - t[i]
		values[i], slopes[i] = value(d), slope(d)
	}
	n := float32(len(values))
	out := tensor.From([]float32{asm.Sum(values) / n}, 1)
	return tensor.NewOp(name, out, []*tensor.Tensor{y}, func(dy []float32) {
		y.AddGrad(func(dx []float32) { asm.Scale(dx, dy[0]/n, slopes) })
	})
}

func abs(d float32) float32 { return math.Float32frombits(math.Float32bits(d) &^ (1 << 31)) }

func sign(d float32) float32 {
	switch {
	case d > 0:
		return 1
	case d < 0:
		return -1
	}
	return d - d // 0, or NaN
}
