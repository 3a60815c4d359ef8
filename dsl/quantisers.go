package dsl

import (
	"fmt"
	"strings"

	"setun/runtime/qat"
	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// A SchemeOption changes by what scheme quantised layers compute. It is an option
// of a model's method With, of [Fit] and of [Quantize]:
//
//	MLP(784, 64, 64, 10).With(Bits(4), PerChannel())
//	Fit(model, mnist, STE(Clipped(2.5)))
//	Quantize(model, Ternary(), Median())
//
// Options are taken one after the other; what none of them speaks of stays.
type SchemeOption struct {
	nn.Option
	text string
}

// String is the option as a cell writes it.
func (o SchemeOption) String() string { return o.text }

// Check says what is wrong with the option for a model of those layers.
func (o SchemeOption) Check(layers []nn.QuantizedLayer) error { return nn.Check(o.Option, layers) }

func (o SchemeOption) applyFit(f *fitting) { f.schemes = append(f.schemes, o) }

func schemeOption(text string, change func(s *qat.Scheme)) SchemeOption {
	return SchemeOption{nn.ChangeFunc(func(_ string, s *qat.Scheme) { change(s) }), text}
}

// weightOption is an option that changes the quantiser of weights.
func weightOption(text string, change func(q *qat.WeightQuantizer)) SchemeOption {
	return schemeOption(text, func(s *qat.Scheme) { change(&s.Weights) })
}

// Bits makes weights n bits wide: 1 is [Binary], 2 to 8 are uniform levels up to
// the largest weight, 32 are floats, weights and activations alike: the twin to
// compare with.
//
//	teacher := MLP(784, 256, 10).With(Bits(32))
//	model.With(Bits(4))
func Bits(n int) SchemeOption {
	return weightOption(fmt.Sprintf("Bits(%d)", n), func(q *qat.WeightQuantizer) { q.Bits = n })
}

// Ternary makes weights −γ, 0 and +γ, as they are to begin with: b1.58.
//
//	model.With(Ternary(), Median())
func Ternary() SchemeOption {
	return weightOption("Ternary()", func(q *qat.WeightQuantizer) { q.Bits, q.Asymmetric = qat.TernaryBits, false })
}

// Binary makes weights ±γ by their sign about the mean: W1.
//
//	model.With(Binary())
func Binary() SchemeOption {
	return weightOption("Binary()", func(q *qat.WeightQuantizer) { q.Bits, q.Asymmetric = qat.BinaryBits, false })
}

// AbsMean makes the mean magnitude of the weights their scale γ: the rule of ternary
// and binary weights to begin with.
//
//	model.With(Bits(2), AbsMean())
func AbsMean() SchemeOption { return scaleOption("AbsMean()", qat.AbsMean) }

// Median makes the median magnitude of the weights their scale γ.
//
//	model.With(Ternary(), Median())
func Median() SchemeOption { return scaleOption("Median()", qat.Median) }

// AbsMax makes the largest magnitude of the weights the outermost level: the rule of
// uniform levels to begin with.
//
//	model.With(Ternary(), AbsMax())
func AbsMax() SchemeOption { return scaleOption("AbsMax()", qat.AbsMax) }

// LSQ makes the scale a parameter of the layer, which trains (Esser et al., Learned
// Step Size Quantization, 1902.08153).
//
//	model.With(Bits(4), LSQ())
func LSQ() SchemeOption { return scaleOption("LSQ()", qat.Learned) }

func scaleOption(text string, rule qat.ScaleRule) SchemeOption {
	return weightOption(text, func(q *qat.WeightQuantizer) { q.Scale = rule })
}

// Asymmetric makes uniform levels span from the least weight to the largest.
//
//	model.With(Bits(4), Asymmetric())
func Asymmetric() SchemeOption {
	return weightOption("Asymmetric()", func(q *qat.WeightQuantizer) { q.Asymmetric = true })
}

// PerTensor gives all weights of a layer one scale, as they have to begin with.
//
//	model.With(Bits(8), PerTensor())
func PerTensor() SchemeOption {
	return weightOption("PerTensor()", func(q *qat.WeightQuantizer) { q.Per = qat.PerTensor })
}

// PerChannel gives the weights of each output a scale.
//
//	model.With(Bits(4), PerChannel())
func PerChannel() SchemeOption {
	return weightOption("PerChannel()", func(q *qat.WeightQuantizer) { q.Per = qat.PerChannel })
}

// PerGroup gives each n neighbouring weights of an output a scale.
//
//	model.With(Ternary(), PerGroup(64))
func PerGroup(n int) SchemeOption {
	positive("PerGroup", n)
	return weightOption(fmt.Sprintf("PerGroup(%d)", n), func(q *qat.WeightQuantizer) { q.Per = qat.PerGroup(n) })
}

// Stochastic rounds weights up or down at random in training, in the mean to what
// they are. Each layer draws from a stream of its own, which seed and its name
// determine; for the weights of each step it draws anew.
//
//	model.With(Bits(4), Stochastic(7))
func Stochastic(seed uint64) SchemeOption {
	change := func(name string, s *qat.Scheme) { s.Weights.Stochastic = layerSeed(seed, name, "weights") }
	return SchemeOption{nn.ChangeFunc(change), fmt.Sprintf("Stochastic(%d)", seed)}
}

// StochasticActivations is [Stochastic] for activations.
//
//	model.With(ActivationBits(4), StochasticActivations(7))
func StochasticActivations(seed uint64) SchemeOption {
	change := func(name string, s *qat.Scheme) { s.Activations.Stochastic = layerSeed(seed, name, "activations") }
	return SchemeOption{nn.ChangeFunc(change), fmt.Sprintf("StochasticActivations(%d)", seed)}
}

// layerSeed is the seed of one use of a layer, never 0.
func layerSeed(seed uint64, layer, use string) uint64 {
	return max(1, tensor.NewRNG(seed).Split(layer).Split(use).Uint64())
}

// ActivationBits makes activations n bits wide, 2 to 8, or with 32 floats.
//
//	model.With(ActivationBits(4))
func ActivationBits(n int) SchemeOption {
	return schemeOption(fmt.Sprintf("ActivationBits(%d)", n), func(s *qat.Scheme) { s.Activations.Bits = n })
}

// PerToken scales the activations of each row by their largest magnitude, as they
// are to begin with.
//
//	model.With(PerToken())
func PerToken() SchemeOption { return rangeOption("PerToken()", qat.PerToken) }

// PerBatch scales all activations of a batch by the largest magnitude among them.
//
//	model.With(PerBatch())
func PerBatch() SchemeOption { return rangeOption("PerBatch()", qat.PerBatch) }

// Calibrated scales activations by a number of the layer: the running largest
// magnitude of training, which stays as it is afterwards.
//
//	model.With(Calibrated())
func Calibrated() SchemeOption { return rangeOption("Calibrated()", qat.Calibrated) }

func rangeOption(text string, r qat.ActivationRange) SchemeOption {
	return schemeOption(text, func(s *qat.Scheme) { s.Activations.Range = r })
}

// Lambda blends: layers compute with w + λ·(q − w) for weights and activations, 1
// being full quantisation and 0 none.
//
//	model.With(Lambda(0.5))
func Lambda(lambda float32) SchemeOption {
	return schemeOption(fmt.Sprintf("Lambda(%v)", lambda), func(s *qat.Scheme) { s.Blend = 1 - lambda })
}

// Layer is options for some layers only: that of the given name, as the model's
// table shows it, or all that are part of it. A * stands for anything between two
// points.
//
//	model.With(Ternary(), Layer("0", Bits(8)), Layer("4", Bits(8)))
//	lm.With(Layer("blocks.*.down", Bits(4)))
func Layer(name string, options ...SchemeOption) SchemeOption {
	texts := []string{fmt.Sprintf("%q", name)}
	inner := make([]nn.Option, len(options))
	for i, o := range options {
		inner[i] = o
		texts = append(texts, o.text)
	}
	return SchemeOption{nn.Layer(name, inner...), "Layer(" + strings.Join(texts, ", ") + ")"}
}

// Policy asks f for the scheme of each layer, given its name and the scheme that
// it has so far: mixed precision.
//
//	model.With(Policy(func(layer string, s qat.Scheme) qat.Scheme {
//		if layer == "0" {
//			s.Weights.Bits = 8
//		}
//		return s
//	}))
func Policy(f func(layer string, s qat.Scheme) qat.Scheme) SchemeOption {
	change := func(name string, s *qat.Scheme) { *s = f(name, *s) }
	return SchemeOption{nn.ChangeFunc(change), "Policy(…)"}
}

// Quantize returns a copy of a float model that computes by a scheme, b1.58 unless
// options say otherwise: quantisation after training. Linear and Conv2D layers
// become quantised ones; the model stays as it is. With options like [Calibrated]
// send some data through the copy before it is measured: copy.Forward(x).
//
//	float := MLP(784, 256, 10).With(Bits(32))
//	Fit(float, mnist)
//	Evaluate(Quantize(float, Bits(4), PerChannel()), mnist.Test)
func Quantize(model nn.Module, options ...SchemeOption) nn.Module {
	list := make([]nn.Option, len(options))
	for i, o := range options {
		list[i] = o
	}
	q, err := nn.Quantize(model, list...)
	if err != nil {
		panic(fmt.Errorf("Quantize: %w", err))
	}
	return q
}
