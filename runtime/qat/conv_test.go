package qat_test

import (
	"testing"

	"setun/runtime/qat"
	"setun/runtime/tensor"
)

// A kernel as large as the image makes a product of the convolution: of the image
// as a row, with its one scale.
func TestConvolutionOfWholeImagesIsLinear(t *testing.T) {
	schemes := append(integerSchemes(), qat.Scheme{Estimator: qat.Soft{0.5}}, qat.Scheme{Blend: 0.5}, qat.FloatScheme(), qat.Scheme{},
		qat.Scheme{Activations: qat.ActivationQuantizer{Bits: qat.FloatBits}},
		qat.Scheme{Weights: qat.WeightQuantizer{Bits: qat.FloatBits}, Activations: qat.ActivationQuantizer{Bits: 8}})
	window := tensor.Window{Height: 3, Width: 4, Stride: 1}
	const batch, filters, patch = 5, 6, 3 * 4 * 2
	dy := normal(3, 1, batch, filters).Clone()
	for _, s := range schemes {
		x, w := normal(1, 2, batch, patch), normal(2, 0.05, filters, patch)
		linear := quantization(s, w)
		y := linear.NormLinear(x, tensor.NormEps, w)
		tensor.Sum(tensor.Mul(y, dy)).Backward()

		images, kernels := normal(1, 2, batch, 3, 4, 2), normal(2, 0.05, filters, patch)
		conv := quantization(s, kernels)
		z := conv.NormConv2D(images, tensor.NormEps, kernels, window)
		tensor.Sum(tensor.Mul(tensor.Reshape(z, batch, filters), dy)).Backward()

		same(t, s.String()+": y", z.Data(), y.Data())
		same(t, s.String()+": dX", images.Grad(), x.Grad())
		same(t, s.String()+": dW", kernels.Grad(), w.Grad())
		for i, p := range conv.Params() {
			same(t, s.String()+": d"+p.Name(), p.Grad(), linear.Params()[i].Grad())
		}
	}
}

// With an estimator that lets all gradients through, the convolution by any scheme
// is that of b1.58, to the last bit: also over several chunks of images.
func TestGeneralConvolutionEqualsNormBitConv2D(t *testing.T) {
	window := tensor.Window{Height: 5, Width: 3, Stride: 2, Pad: 1}
	const filters, patch = 7, 5 * 3 * 16
	run := func(op func(x, w *tensor.Tensor) *tensor.Tensor) (y, dx, dw []float32) {
		x, w := normal(1, 2, 40, 21, 13, 16), normal(2, 0.05, filters, patch)
		out := op(x, w)
		tensor.Sum(tensor.Mul(out, normal(3, 1, out.Shape()...).Clone())).Backward()
		return out.Data(), x.Grad(), w.Grad()
	}
	y, dx, dw := run(func(x, w *tensor.Tensor) *tensor.Tensor { return qat.NormBitConv2D(x, tensor.NormEps, w, window) })
	gotY, gotDX, gotDW := run(func(x, w *tensor.Tensor) *tensor.Tensor {
		return quantization(qat.Scheme{Estimator: qat.Clipped{1e30}}, w).NormConv2D(x, tensor.NormEps, w, window)
	})
	same(t, "y", gotY, y)
	same(t, "dX", gotDX, dx)
	same(t, "dW", gotDW, dw)
}
