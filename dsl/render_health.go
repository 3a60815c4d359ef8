package dsl

import (
	"cmp"
	"math"
	"slices"

	"setun/display"
	"setun/runtime/qat/train"
)

// healthStrips are what a Monitor saw, drawn below the losses: flips, zeros and
// the norms of the gradients.
func healthStrips(all []train.Health) []display.Strip {
	if len(all) == 0 {
		return nil
	}
	var steps, flips, zeros []float64
	quantized := false
	for _, h := range all {
		steps = append(steps, float64(h.Step))
		flips = append(flips, 1000*h.Flips)
		zeros = append(zeros, h.Zeros)
		quantized = quantized || slices.ContainsFunc(h.Layers, func(l train.LayerHealth) bool { return l.Quantized })
	}
	var strips []display.Strip
	if quantized {
		strips = append(strips,
			display.Strip{
				Y:      display.Axis{Title: "flips in 1,000 a step", Log: true},
				Layers: []display.Layer{display.Line{X: steps, Y: flips, Color: display.Purple, Dash: display.Solid}},
			},
			display.Strip{
				Y:      percentAxis("weights at zero", zeros),
				Layers: []display.Layer{display.Line{X: steps, Y: zeros, Color: display.Gray, Dash: display.Solid}},
			})
	}
	return append(strips, display.Strip{
		Y:      display.Axis{Title: "gradient norm", Log: true},
		Layers: gradientLayers(steps, all),
	})
}

// namedLayers is how many layers have a line of their own.
const namedLayers = 4

// gradientLayers are the gradients' norms: a line for each of the largest
// parameters if there are few, and else the range of all and its geometric mean.
func gradientLayers(steps []float64, all []train.Health) []display.Layer {
	norms := map[string][]float64{}
	var names []string
	for i, h := range all {
		for _, l := range h.Layers {
			if norms[l.Name] == nil {
				names = append(names, l.Name)
				norms[l.Name] = slices.Repeat([]float64{math.NaN()}, len(all))
			}
			norms[l.Name][i] = l.GradNorm
		}
	}
	if len(names) <= namedLayers {
		var lines []display.Layer
		for _, name := range names {
			lines = append(lines, display.Line{Name: name, X: steps, Y: norms[name]})
		}
		return lines
	}
	band := display.Band{X: steps, Color: display.Blue}
	mean := display.Line{Name: "mean", X: steps, Color: display.Blue, Dash: display.Solid}
	for i := range all {
		lo, hi, sum, n := math.Inf(1), 0.0, 0.0, 0
		for _, name := range names {
			if v := norms[name][i]; v > 0 {
				lo, hi, sum, n = min(lo, v), max(hi, v), sum+math.Log(v), n+1
			}
		}
		band.Lo, band.Hi = append(band.Lo, lo), append(band.Hi, hi)
		mean.Y = append(mean.Y, math.Exp(sum/float64(cmp.Or(n, 1))))
	}
	return []display.Layer{band, mean}
}
