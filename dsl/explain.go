package dsl

import (
	"fmt"
	"math"

	"setun/display"
	"setun/runtime/qat"
)

// An Explanation is what [Explain] returns: an estimator's forward and backward at
// latent weights W, over their scale.
type Explanation struct {
	Name   string
	Scheme qat.Scheme
	W      []float32
	Y      []float32 // what Forward makes of them, within the levels
	Grad   []float32 // what Backward makes of a gradient of 1
}

// Explain draws what the estimator e does to a weight: the level that it becomes,
// and below it how much of its gradient goes back. Options choose the levels;
// without any they are ternary.
//
//	Explain(Clipped(1.0))
//	Explain(Tanh(0.25), Bits(3))
func Explain(e qat.Estimator, options ...SchemeOption) *Explanation {
	s := qat.Scheme{Estimator: e}
	for _, o := range options {
		o.Change("", &s)
	}
	if err := s.Validate(); err != nil {
		panic(fmt.Errorf("Explain: %w", err))
	}
	x := &Explanation{Name: estimatorName(e), Scheme: s}
	const points = 801
	reach := s.Weights.Outermost() + 2
	for i := range points {
		x.W = append(x.W, reach*(2*float32(i)/(points-1)-1))
	}
	x.Y, x.Grad = s.Response(x.W)
	return x
}

// Display draws the explanation.
func (x *Explanation) Display() display.Bundle {
	w, y, grad := floats(x.W), floats(x.Y), floats(x.Grad)
	edge := float64(x.Scheme.Weights.Outermost())
	lo, hi := span(grad)
	chart := &display.Chart{
		Title:    x.Name,
		Subtitle: x.Scheme.Weights.String() + ": forward above, what a gradient of 1 becomes below",
		Summary:  x.String(),
		Width:    520, Height: 220,
		X: display.Axis{Title: "latent weight / γ"},
		Y: display.Axis{Title: "level"},
		Layers: []display.Layer{
			display.Line{Name: "latent", X: []float64{-edge, edge}, Y: []float64{-edge, edge}, Dash: display.Dotted},
			display.Line{Name: "forward", X: w, Y: y, Dash: display.Solid},
		},
		Strips: []display.Strip{{
			Height: 130,
			Y:      display.Axis{Title: "gradient", Min: lo, Max: hi},
			Layers: []display.Layer{display.Line{Name: "backward", X: w, Y: grad, Dash: display.Solid}},
		}},
	}
	return chart.Display()
}

// String is the explanation in a line: how much gradient comes back where.
func (x *Explanation) String() string {
	at := func(v float32) float32 {
		_, g := x.Scheme.Response([]float32{v})
		return g[0]
	}
	edge := x.Scheme.Weights.Outermost()
	return fmt.Sprintf("%s on %s: of a gradient of 1 comes back %.3g at 0, %.3g half way to a level, %.3g at the outermost level, %.3g at twice that",
		x.Name, x.Scheme.Weights, at(0), at(0.5), at(edge), at(2*edge))
}

// span is the range of an axis for the values v, with 0 and 1 on it and room
// around.
func span(v []float64) (lo, hi float64) {
	hi = 1
	for _, v := range v {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	room := 0.08 * (hi - lo)
	return lo - room, hi + room
}

func floats(v []float32) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = float64(x)
	}
	return out
}
