package dsl

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"setun/runtime/qat/train"
)

// Settings makes [Fit] take what its other options leave open from a file: the
// config.json that [Checkpoints] leaves beside its files, or one that you wrote.
// What is not a setting in it, and what makes no sense, is an error that names all
// of it. It holds hooks that are made of words and numbers, such as [EarlyStop], unless
// they are given too; others it only names, and they have to be. Nor does it hold an
// estimator of your own. The schemes in it become those of the model's layers, before
// any that are given as options.
//
//	Fit(model, mnist, Settings("runs/a/config.json"), Seed(8))
func Settings(path string) FitOption {
	s, err := train.ReadSettings(path)
	if err != nil {
		panic(err)
	}
	return fitOption(func(f *fitting) { f.settings, f.settingsPath = &s, path })
}

// settle fills in what c leaves open from s.
func settle(c *train.Config, s *train.Settings) error {
	if c.Epochs == 0 && c.Steps == 0 {
		c.Epochs, c.Steps = s.Epochs, s.Steps
	}
	c.Batch = cmp.Or(c.Batch, s.Batch)
	c.Accumulate = cmp.Or(c.Accumulate, s.Accumulate)
	c.MeasureEvery = cmp.Or(c.MeasureEvery, s.MeasureEvery)
	c.Validation = cmp.Or(c.Validation, s.Validation)
	c.Seed = cmp.Or(c.Seed, s.Seed)
	c.Clip = cmp.Or(c.Clip, s.Clip)
	c.Memory = cmp.Or(c.Memory, s.Memory)
	c.OnDivergence = cmp.Or(c.OnDivergence, s.OnDivergence)
	return errors.Join(settleRecipes(c, s), settleHooks(c, s))
}

// settleRecipes fills in the recipes that c leaves open.
func settleRecipes(c *train.Config, s *train.Settings) error {
	var wrong []error
	if c.Optimizer == nil && s.Optimizer != "" {
		o, err := evaluate[Optimizer](s.Optimizer)
		wrong = append(wrong, err)
		c.Optimizer = o.Spec
	}
	if c.Schedule == nil && s.Schedule != "" {
		rate, err := evaluate[Schedule](s.Schedule)
		wrong = append(wrong, err)
		c.Schedule, c.ScheduleName = rate.factor, s.Schedule
		if s.Decay != "" {
			decay, err := evaluate[Schedule](s.Decay)
			wrong = append(wrong, err)
			c.Decay, c.DecayName = decay.decay, s.Decay
		}
	}
	if c.Loss == nil && s.Loss != "" {
		loss, err := evaluate[FitOption](s.Loss)
		wrong = append(wrong, err)
		if err == nil {
			var f fitting
			loss.applyFit(&f)
			c.Loss, c.LossName = f.config.Loss, f.config.LossName
		}
	}
	return errors.Join(wrong...)
}

// settleHooks adds the hooks that s writes, but for those that c has by itself. It is
// an error if c has not all that s only names.
func settleHooks(c *train.Config, s *train.Settings) error {
	has := func(name string) bool {
		return slices.ContainsFunc(c.Hooks, func(h train.Hook) bool { return h.Name() == name })
	}
	var missing []string
	var wrong []error
	for _, text := range s.Hooks {
		if !strings.HasSuffix(text, ")") {
			if !has(text) {
				missing = append(missing, text)
			}
			continue
		}
		option, err := evaluate[FitOption](text)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		var f fitting
		option.applyFit(&f)
		for _, h := range f.config.Hooks {
			if !has(h.Name()) {
				c.Hooks = append(c.Hooks, h)
			}
		}
	}
	if len(missing) > 0 {
		wrong = append(wrong, fmt.Errorf("the run had %s: give them as options too, or take them out of the file", strings.Join(missing, ", ")))
	}
	return errors.Join(wrong...)
}
