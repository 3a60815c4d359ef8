package dsl

import (
	"fmt"
	"slices"

	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

// An Optimizer is a recipe for an optimiser: an option of [Fit], or, by its
// method For, the optimiser of your own loop:
//
//	opt := AdamW(1e-3).For(model)
//	x, y := mnist.Train.Next(128)
//	loss := CrossEntropy(model.Forward(x), y)
//	loss.Backward()
//	opt.Step()
type Optimizer struct{ optim.Spec }

func (o Optimizer) applyFit(f *fitting) { f.config.Optimizer = o.Spec }

// AdamW is Adam with decoupled weight decay (Loshchilov and Hutter, 1711.05101):
// base learning rate lr, and by default Betas{0.9, 0.999}, Eps(1e-8) and
// Decay(0.01), the numbers of PyTorch; but biases, gains and learned scales do not
// decay unless [DecayAll] says so.
//
//	Fit(model, mnist, AdamW(1e-3, Decay(0.1), Betas{0.9, 0.95}))
func AdamW(lr float64, opts ...optim.AdamWOption) Optimizer {
	return Optimizer{optim.NewAdamW(lr, opts...)}
}

// SGD is stochastic gradient descent with base learning rate lr, and by default
// neither momentum nor weight decay.
//
//	Fit(model, mnist, SGD(0.1, Momentum(0.9)))
func SGD(lr float64, opts ...optim.SGDOption) Optimizer {
	return Optimizer{optim.NewSGD(lr, opts...)}
}

// Adam is Adam with the weight decay in the gradient (Kingma and Ba, 1412.6980):
// base learning rate lr, and by default Betas{0.9, 0.999}, Eps(1e-8) and no decay.
//
//	Fit(model, mnist, Adam(1e-3))
func Adam(lr float64, opts ...optim.AdamOption) Optimizer {
	return Optimizer{optim.NewAdam(lr, opts...)}
}

// Lion goes the same distance in every weight (Chen et al., 2302.06675): base
// learning rate lr, three to ten times lower than that of [AdamW], and by default
// Betas{0.9, 0.99} and no decay.
//
//	Fit(model, mnist, Lion(2e-4, Decay(0.05)))
func Lion(lr float64, opts ...optim.LionOption) Optimizer {
	return Optimizer{optim.NewLion(lr, opts...)}
}

// Group gives some parameters a recipe of their own: those that has tells, such as
// [Vectors]. Their rate follows the schedule of the rest.
//
// In a group all parameters decay as its recipe says, vectors too.
//
//	Fit(lm, text, AdamW(1e-3, Decay(0.1)).Group("embedding", Named("embedding"), AdamW(1e-4, Decay(0))))
func (o Optimizer) Group(name string, has func(p *tensor.Tensor) bool, recipe Optimizer) Optimizer {
	if has == nil || recipe.Spec == nil {
		panic(fmt.Errorf("Group(%q): want what tells the parameters, and a recipe", name))
	}
	g, ok := o.Spec.(optim.Grouped)
	if !ok {
		g = optim.Grouped{Rest: o.Spec}
	}
	g.Groups = append(slices.Clone(g.Groups), optim.Group{Name: name, Has: has, Spec: recipe.Spec})
	return Optimizer{g}
}

// Vectors tells biases, gains and learned scales, for a [Optimizer.Group]: the
// parameters of one dimension.
//
//	AdamW(1e-3).Group("slow", Vectors, AdamW(1e-4, Decay(0)))
func Vectors(p *tensor.Tensor) bool { return optim.Vectors(p) }

// Named tells the parameters whose names contain text, for a [Optimizer.Group].
//
//	AdamW(1e-3).Group("embedding", Named("embedding"), AdamW(1e-4))
func Named(text string) func(p *tensor.Tensor) bool { return optim.Named(text) }

// The numbers of an [Optimizer].
type (
	// Betas are β₁ and β₂ of [AdamW], [Adam] and [Lion], the decay of running means.
	Betas = optim.Betas
	// Eps is ε of [AdamW] and [Adam].
	Eps = optim.Eps
	// Decay is the weight decay of [AdamW] and [Lion] (decoupled), of [Adam] and
	// [SGD] (added to the gradient). It is for matrices alone.
	Decay = optim.Decay
	// DecayAll is [Decay] for biases, gains and learned scales too, as in PyTorch.
	DecayAll = optim.DecayAll
	// Momentum of [SGD] is how much of the last update goes into the next.
	Momentum = optim.Momentum
	// Nesterov of [SGD] is Momentum that looks ahead.
	Nesterov = optim.Nesterov
)
