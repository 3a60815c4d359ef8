package nn_test

import (
	"testing"

	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

// digits returns a batch like one of MNIST: rows of 784 values in [0, 1).
func digits(n int) (*tensor.Tensor, tensor.Labels) {
	rng := tensor.NewRNG(1)
	x, y := tensor.New(n, 784), make(tensor.Labels, n)
	for i := range x.Data() {
		x.Data()[i] = rng.Uniform()
	}
	for i := range y {
		y[i] = int32(rng.IntN(10))
	}
	return x, y
}

// BenchmarkStep is one training step of the first notebook's network: forward,
// backward, AdamW. The learning rate is 0: a network that knows the one batch by
// heart has gradients that are subnormal numbers, on which processors are slow.
func BenchmarkStep(b *testing.B) {
	const batch = 128
	for _, c := range []struct {
		name string
		m    *nn.Sequential
	}{{"BitLinear", nn.MLP(784, 256, 256, 10)}, {"Linear", floatMLP()}} {
		b.Run(c.name, func(b *testing.B) {
			x, y := digits(batch)
			opt := optim.NewAdamW(0).For(c.m)
			scope := &tensor.Scope{Private: true}
			b.ReportAllocs()
			for b.Loop() {
				tensor.CrossEntropy(c.m.Forward(scope.Enter(x)), y).Backward()
				opt.Step()
				scope.End()
			}
			b.ReportMetric(float64(scope.Usage().Peak), "peak-B")
			b.ReportMetric(float64(batch*b.N)/b.Elapsed().Seconds(), "samples/s")
		})
	}
}

// BenchmarkSchemes is the step of BenchmarkStep by each kind of scheme.
func BenchmarkSchemes(b *testing.B) {
	const batch = 128
	x, y := digits(batch)
	for _, s := range trainingSchemes() {
		b.Run(s.String(), func(b *testing.B) {
			m := nn.MLP(784, 256, 256, 10).With(scheme(s))
			opt := optim.NewAdamW(0).For(m)
			scope := &tensor.Scope{Private: true}
			b.ReportAllocs()
			for b.Loop() {
				tensor.CrossEntropy(m.Forward(scope.Enter(x)), y).Backward()
				opt.Step()
				scope.End()
			}
			b.ReportMetric(float64(scope.Usage().Peak), "peak-B")
		})
	}
}
