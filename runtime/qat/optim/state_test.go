package optim_test

import (
	"slices"
	"strings"
	"testing"

	"setun/runtime/qat/optim"
)

// cloned is s with values of its own, as a checkpoint has them.
func cloned(s optim.State) optim.State {
	c := optim.State{Steps: slices.Clone(s.Steps), Moments: slices.Clone(s.Moments)}
	for i := range c.Moments {
		c.Moments[i].Values = slices.Clone(c.Moments[i].Values)
	}
	return c
}

// An optimiser that is given another's state in the middle goes on as that one.
func TestStateContinues(t *testing.T) {
	for _, recipe := range recipes {
		t.Run(recipe.String(), func(t *testing.T) {
			a, b := param(1, 2, 3), param(4)
			first := recipe.For(params{a, b})
			step := func(opt *optim.Optimizer, p params, i int) {
				setGrad(p[0], []float32{float32(i), 1, -2})
				if i%2 == 0 { // b is not always used
					setGrad(p[1], []float32{0.5})
				}
				opt.Step()
			}
			for i := range 5 {
				step(first, params{a, b}, i)
			}
			c, d := param(a.Data()...), param(b.Data()...)
			second := recipe.For(params{c, d})
			if err := second.SetState(cloned(first.State())); err != nil {
				t.Fatal(err)
			}
			for i := range 5 {
				step(first, params{a, b}, i)
				step(second, params{c, d}, i)
			}
			if !slices.Equal(a.Data(), c.Data()) || !slices.Equal(b.Data(), d.Data()) {
				t.Errorf("%v %v, want %v %v", c.Data(), d.Data(), a.Data(), b.Data())
			}
		})
	}
}

func TestStateMustFit(t *testing.T) {
	adam := optim.NewAdamW(1).For(params{param(1, 2)}).State()
	cases := []struct {
		name string
		opt  *optim.Optimizer
		want string
	}{
		{"another rule", optim.NewSGD(1).For(params{param(1, 2)}), "a state of 1 parameters and 2 moments"},
		{"another size", optim.NewAdamW(1).For(params{param(1)}), "2 numbers m for parameter w"},
		{"more parameters", optim.NewAdamW(1).For(params{param(1, 2), param(1)}), "which has 2 and 4"},
	}
	for _, c := range cases {
		if err := c.opt.SetState(adam); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error with %q", c.name, err, c.want)
		}
	}
}
