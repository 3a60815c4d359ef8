package train

import (
	"cmp"
	"fmt"
	"math"

	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// A Monitor is a hook that looks at the health of a run every so many steps, 20
// if Every is 0, and writes it to [Run].Health.
type Monitor struct {
	NoHook
	Every int

	flips flips
	since int // the step of the last look
	norms []float64
}

// Health is how the weights of a run do.
type Health struct {
	Step int `json:"step"`
	// Flips is the share of the quantised weights that change their code in a
	// step, on the average since the last look.
	Flips float64 `json:"flips"`
	// Zeros is the share of the quantised weights whose code is 0.
	Zeros  float64       `json:"zeros"`
	Layers []LayerHealth `json:"layers"`
}

// LayerHealth is Health of one parameter.
type LayerHealth struct {
	Name string `json:"name"`
	// GradNorm is the L2 norm of its gradient, before clipping, and WeightNorm
	// that of the parameter itself.
	GradNorm   float64 `json:"grad_norm"`
	WeightNorm float64 `json:"weight_norm"`
	// Flips and Zeros are shares of its weights, if they are quantised.
	Quantized bool    `json:"quantized,omitempty"`
	Flips     float64 `json:"flips,omitempty"`
	Zeros     float64 `json:"zeros,omitempty"`
}

// Name is the hook's.
func (m *Monitor) Name() string { return "Monitor" }

// Recipe is the hook as a cell writes it.
func (m *Monitor) Recipe() string {
	if m.Every < 1 {
		return "Monitor()"
	}
	return fmt.Sprintf("Monitor(Every(%d))", m.Every)
}

// Start forgets what was seen before.
func (m *Monitor) Start(*Loop) error {
	m.flips.before = nil
	return nil
}

// BeforeStep takes the first look.
func (m *Monitor) BeforeStep(l *Loop) error {
	if m.flips.before == nil {
		m.flips.look(l.Model)
		m.since = l.Run.Steps
	}
	return nil
}

// due reports whether the running step is one to look at.
func (m *Monitor) due(l *Loop) bool { return l.Step%cmp.Or(m.Every, 20) == 0 }

// Gradients notes the norms of the gradients.
func (m *Monitor) Gradients(l *Loop) error {
	if !m.due(l) {
		return nil
	}
	m.norms = m.norms[:0]
	for _, p := range parameters(l.Model) {
		m.norms = append(m.norms, norm(p.Param.Grad()))
	}
	return nil
}

// AfterStep takes a look.
func (m *Monitor) AfterStep(l *Loop) error {
	if !m.due(l) {
		return nil
	}
	steps := float64(l.Step - m.since)
	codes := m.flips.look(l.Model)
	m.since = l.Step
	all := total(codes)
	h := Health{Step: l.Step, Flips: share(all.flips, all.weights) / steps, Zeros: share(all.zeros, all.weights)}
	byName := map[string]weightsHealth{}
	for _, c := range codes {
		byName[c.name] = c
	}
	for i, p := range parameters(l.Model) {
		layer := LayerHealth{Name: p.Name, GradNorm: m.norms[i], WeightNorm: norm(p.Param.Data())}
		if c, ok := byName[p.Name]; ok {
			layer.Quantized, layer.Flips, layer.Zeros = true, share(c.flips, c.weights)/steps, share(c.zeros, c.weights)
		}
		h.Layers = append(h.Layers, layer)
	}
	l.Run.Health = append(l.Run.Health, h)
	return nil
}

// parameters are those of m, each once.
func parameters(m nn.Module) []nn.Named {
	var all []nn.Named
	seen := map[*tensor.Tensor]bool{}
	for _, p := range nn.NamedParams(m) {
		if !seen[p.Param] {
			seen[p.Param] = true
			all = append(all, p)
		}
	}
	return all
}

// norm is the L2 norm of x.
func norm(x []float32) float64 {
	sum := 0.0
	for _, v := range x {
		sum += float64(float64(v) * float64(v))
	}
	return math.Sqrt(sum)
}
