package nn_test

import (
	"crypto/sha256"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"setun/runtime/asm"
	"setun/runtime/qat"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

// scheme is the option that makes all layers compute by s.
func scheme(s qat.Scheme) nn.Option {
	return nn.ChangeFunc(func(_ string, to *qat.Scheme) { *to = s })
}

func bits(n int) nn.Option {
	return nn.ChangeFunc(func(_ string, s *qat.Scheme) { s.Weights.Bits = n })
}

func TestWith(t *testing.T) {
	m := nn.NewSequential(nn.NewBitLinear(4, 8), nn.ReLU{}, nn.NewSequential(nn.NewBitLinear(8, 8), nn.NewLinear(8, 3)), nn.Checkpoint(nn.NewBitLinear(3, 2)))
	m.With(bits(4), nn.Layer("2", bits(8)), nn.Layer("*.0", nn.ChangeFunc(func(_ string, s *qat.Scheme) { s.Weights.Per = qat.PerChannel })))
	var got []string
	for _, l := range nn.QuantizedLayers(m) {
		got = append(got, l.Name+": "+l.Layer.Scheme().String())
	}
	want := []string{
		"0: 4-bit weights, int8 activations",
		"2.0: 8-bit weights per channel, int8 activations",
		"3: 4-bit weights, int8 activations",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	lm := nn.NewBitNetLM(nn.Transformer{Vocab: 5, Context: 4, Width: 8, Layers: 2, Heads: 2, Recompute: true})
	lm.With(nn.Layer("blocks.*.down", bits(8)))
	eight := 0
	for _, l := range nn.QuantizedLayers(lm) {
		if l.Layer.Scheme().Weights.Bits == 8 {
			eight++
			if !strings.HasSuffix(l.Name, ".down") {
				t.Errorf("%s has 8 bits", l.Name)
			}
		}
	}
	if eight != 2 {
		t.Errorf("%d layers have 8 bits, want 2", eight)
	}
}

// An option that makes no sense is refused by the layer's name, and nothing has
// changed.
func TestWithRefuses(t *testing.T) {
	m := nn.MLP(4, 5, 6, 2)
	for want, options := range map[string][]nn.Option{
		"layer 2 (BitLinear): there are no 9-bit weights":       {bits(4), nn.Layer("2", bits(9))},
		`there is no quantised layer "1", but 0, 2, 4`:          {bits(4), nn.Layer("1", bits(2))},
		"Sequential(ReLU()) has no quantised layer that option": nil,
	} {
		of := nn.Module(m)
		if options == nil {
			of = nn.NewSequential(nn.ReLU{})
		}
		if err := nn.With(of, options...); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if s := m.Layers[0].(nn.Quantized).Scheme(); s != (qat.Scheme{}) {
		t.Errorf("the first layer has become %v", s)
	}
}

// trainingSchemes are one of each kind.
func trainingSchemes() []qat.Scheme {
	return []qat.Scheme{
		{},
		qat.FloatScheme(),
		{Weights: qat.WeightQuantizer{Bits: qat.BinaryBits}},
		{Weights: qat.WeightQuantizer{Scale: qat.Median, Per: qat.PerChannel}},
		{Weights: qat.WeightQuantizer{Bits: 8, Per: qat.PerGroup(20)}},
		{Weights: qat.WeightQuantizer{Bits: 4, Asymmetric: true}, Activations: qat.ActivationQuantizer{Bits: 4}},
		{Weights: qat.WeightQuantizer{Scale: qat.Learned}},
		{Weights: qat.WeightQuantizer{Bits: 3, Scale: qat.Learned, Per: qat.PerChannel}},
		{Estimator: qat.Learnable{}},
		{Estimator: qat.Clipped{Bound: 2.5}},
		{Estimator: qat.Magnitude{Bound: 1}},
		{Estimator: qat.Adaptive{Frozen: 0.05}},
		{Estimator: qat.Tanh{T: 0.5}},
		{Estimator: qat.Soft{T: 0.5}},
		{Blend: 0.5},
		{Weights: qat.WeightQuantizer{Stochastic: 1}, Activations: qat.ActivationQuantizer{Stochastic: 2}},
		{Activations: qat.ActivationQuantizer{Range: qat.Calibrated}},
		{Activations: qat.ActivationQuantizer{Range: qat.PerBatch, Bits: 4}},
		{Activations: qat.ActivationQuantizer{Bits: qat.FloatBits}},
		{Weights: qat.WeightQuantizer{Bits: qat.FloatBits}, Activations: qat.ActivationQuantizer{Bits: 8}},
	}
}

// A network learns by every scheme, with the same bits when it is computed again
// in the backward, and a steady step allocates nothing.
func TestTrainingByEveryScheme(t *testing.T) {
	rng := tensor.NewRNG(3)
	x, y := tensor.New(48, 20), make(tensor.Labels, 48)
	for i := range y {
		y[i] = int32(i % 4)
		for k := range 20 {
			x.Data()[i*20+k] = rng.Normal()
			if k%4 == i%4 {
				x.Data()[i*20+k] += 1.5
			}
		}
	}
	train := func(s qat.Scheme, checkpointed bool) (losses []float32) {
		layers := []nn.Module{nn.NewBitLinear(20, 32), nn.ReLU{}, nn.NewBitLinear(32, 4)}
		if checkpointed {
			layers[0] = nn.Checkpoint(layers[0])
		}
		m := nn.NewSequential(layers...).With(scheme(s))
		opt := optim.NewAdamW(1e-2).For(m)
		scope := &tensor.Scope{Private: nn.Builtin(m)}
		for range 40 {
			loss := tensor.CrossEntropy(m.Forward(scope.Enter(x)), y)
			losses = append(losses, loss.Item())
			loss.Backward()
			opt.Step()
			scope.End()
		}
		return losses
	}
	for _, s := range trainingSchemes() {
		t.Run(s.String(), func(t *testing.T) {
			losses := train(s, false)
			if last := losses[len(losses)-1]; !(last < 0.35*losses[0]) {
				t.Errorf("the loss goes from %v to %v only", losses[0], last)
			}
			if again := train(s, true); !slices.Equal(again, losses) {
				t.Errorf("with recomputation the losses are %v, not %v", again[:3], losses[:3])
			}
			needNoAllocs(t, nn.MLP(20, 32, 4).With(scheme(s)), x, y)
		})
	}
}

// What a scheme learns has a name in the network, and Init starts it anew from the
// new weights.
func TestLearnedParametersOfNetworks(t *testing.T) {
	m := nn.MLP(10, 8, 3).With(scheme(qat.Scheme{Weights: qat.WeightQuantizer{Scale: qat.Learned}}))
	var names []string
	for _, p := range nn.NamedParams(m) {
		names = append(names, p.Name)
	}
	if want := []string{"0.weight", "0.scale", "2.weight", "2.scale"}; !slices.Equal(names, want) {
		t.Errorf("the parameters are %v, want %v", names, want)
	}
	scale := m.Params()[1]
	first := scale.Data()[0]
	scale.Data()[0] = 7
	m.Init(2)
	if again := scale.Data()[0]; again == 7 || again == first {
		t.Errorf("after Init the scale is %v, before it %v", again, first)
	}
	lm := nn.NewBitNetLM(nn.Transformer{Vocab: 5, Context: 4, Width: 8, Layers: 1, Heads: 2}).With(scheme(qat.Scheme{Estimator: qat.Learnable{}}))
	if p := nn.NamedParams(lm); !slices.ContainsFunc(p, func(n nn.Named) bool { return n.Name == "blocks.0.gate.zero" }) {
		t.Errorf("the language model has no blocks.0.gate.zero among %d parameters", len(p))
	}
}

// A quantised copy of a float network computes nearly the same with many bits, and
// the network stays as it is.
func TestQuantizeAfterTraining(t *testing.T) {
	window := tensor.Window{Height: 3, Width: 3, Stride: 1}
	float := nn.NewSequential(nn.Image{Height: 8, Width: 8, Channels: 1}, nn.NewConv2D(1, 4, window), nn.ReLU{}, nn.Flatten{},
		nn.NewResidual(nn.NewLayerNorm(144), nn.NewLinear(144, 144)), nn.NewDropout(0.1), nn.NewLinear(144, 5))
	nn.SetTraining(float, false)
	x := tensor.New(6, 64)
	rng := tensor.NewRNG(1)
	for i := range x.Data() {
		x.Data()[i] = rng.Normal()
	}
	want := float.Forward(x).Data()
	off := func(options ...nn.Option) float64 {
		q, err := nn.Quantize(float, options...)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(nn.QuantizedLayers(q)); n != 3 {
			t.Errorf("%d layers are quantised, want 3", n)
		}
		worst := 0.0
		for i, v := range q.Forward(x).Data() {
			worst = max(worst, math.Abs(float64(v-want[i])))
		}
		return worst
	}
	eight, four, ternary := off(bits(8)), off(bits(4)), off()
	if !(eight < 0.02 && eight < four && four < ternary) {
		t.Errorf("off by %v with 8 bits, %v with 4, %v ternary", eight, four, ternary)
	}
	if got := float.Forward(x).Data(); !slices.Equal(got, want) {
		t.Error("the float network has changed")
	}
	copied, err := nn.Clone(float)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range copied.Params() {
		p.Data()[0]++
	}
	if got := float.Forward(x).Data(); !slices.Equal(got, want) {
		t.Error("the copy shares parameters")
	}
	if _, err := nn.Quantize(nn.NewSequential(own{nn.NewLinear(2, 2)})); err == nil || err.Error() != "layer 0: a own is not one of the layers that can be copied; give it a method Clone() nn.Module" {
		t.Errorf("a layer that nobody knows: %v", err)
	}
}

// own is a layer of somebody's.
type own struct{ *nn.Linear }

// A copy of a quantised network is the same network, with what it has learned and
// calibrated.
func TestCloneOfQuantisedNetworks(t *testing.T) {
	x, _ := digits(5)
	for _, s := range trainingSchemes() {
		for _, m := range []nn.Module{
			nn.NewSequential(nn.NewBitLinear(784, 6), nn.Checkpoint(nn.NewBitLinear(6, 4))).With(scheme(s)),
			nn.LeNet().With(scheme(s)),
		} {
			m.Forward(x) // draws, calibrates
			for _, p := range m.Params() {
				p.Data()[0] *= 1.25
			}
			c, err := nn.Clone(m)
			if err != nil {
				t.Fatal(err)
			}
			nn.SetTraining(m, false)
			nn.SetTraining(c, false)
			if !slices.Equal(c.Forward(x).Data(), m.Forward(x).Data()) {
				t.Errorf("%v: the copy computes something else", s)
			}
		}
	}
	lm := nn.NewBitNetLM(nn.Transformer{Vocab: 7, Context: 4, Width: 8, Layers: 2, Heads: 2, Untied: true}).Init(5).With(bits(4))
	tokens := tensor.From([]float32{1, 2, 3, 0, 6, 5}, 2, 3)
	c, err := nn.Clone(lm)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.Forward(tokens).Data(), lm.Forward(tokens).Data()) {
		t.Error("the copy of a language model computes something else")
	}
	if got, want := fmt.Sprint(len(c.Params())), fmt.Sprint(len(lm.Params())); got != want {
		t.Errorf("%s parameters, want %s", got, want)
	}
}

// schemesAfter20 is the SHA-256 of the weights after 20 steps by every scheme, one
// after the other: the same with every kernel (SETUN_CPU) and on every machine.
const schemesAfter20 = "49c6e8afe65d924a33ae35f94b99ef22407e15da722f1ec236570a50d98a4063"

func TestTrainingByEverySchemeIsReproducible(t *testing.T) {
	x, y := digits(32)
	sum := sha256.New()
	for _, s := range trainingSchemes() {
		m := nn.MLP(784, 24, 10).With(scheme(s))
		opt := optim.NewAdamW(1e-2, optim.DecayAll(0.01)).For(m)
		for range 20 {
			tensor.CrossEntropy(m.Forward(x), y).Backward()
			opt.Step()
		}
		sum.Write([]byte(hash(m)))
	}
	if got := fmt.Sprintf("%x", sum.Sum(nil)); got != schemesAfter20 {
		t.Errorf("with the kernels of %s the weights are %s", asm.Selected(), got)
	}
}

// The same gradients in a private scope, in which large results are dropped and
// computed again, as in none; the rows are enough for that.
func TestSchemesInPrivateScopes(t *testing.T) {
	x, y := digits(300)
	lm := nn.NewBitNetLM(nn.Transformer{Vocab: 11, Context: 40, Width: 16, Layers: 1, Heads: 2, Groups: 1})
	tokens, next := text(1, 8, 40, 11)
	for _, s := range trainingSchemes() {
		mlp := nn.MLP(784, 20, 10).With(scheme(s))
		nn.SetTraining(mlp, false)
		lm.With(scheme(s))
		nn.SetTraining(lm, false)
		mlp.Forward(x) // calibrates
		lm.Forward(tokens)
		loss, grads := gradients(mlp, nil, x, y)
		scoped, scopedGrads := gradients(mlp, &tensor.Scope{Private: true}, x, y)
		if scoped != loss || !slices.EqualFunc(grads, scopedGrads, slices.Equal[[]float32]) {
			t.Errorf("%v, MLP: loss %v, in a private scope %v, or other gradients", s, loss, scoped)
		}
		loss, grads = gradients(lm, nil, tokens, next)
		scoped, scopedGrads = gradients(lm, &tensor.Scope{Private: true}, tokens, next)
		if scoped != loss || !slices.EqualFunc(grads, scopedGrads, slices.Equal[[]float32]) {
			t.Errorf("%v, language model: loss %v, in a private scope %v, or other gradients", s, loss, scoped)
		}
	}
}
