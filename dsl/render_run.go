package dsl

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"setun/display"
	"setun/runtime/qat/train"
)

// runBundle is a finished run: its chart, and the table of its epochs as text.
func runBundle(r *train.Run) display.Bundle {
	b := runChart(r, runText(r)).Display()
	lines := append([]string{runText(r)}, r.Notes...)
	b.Data[display.MIMEText] = strings.Join(lines, "\n") + "\n\n" + epochTable(r).String()
	return b
}

const (
	// lossBuckets is how many buckets the history of losses is summed up in: a
	// chart of 640 pixels shows no more, and the notebook stays small.
	lossBuckets = 320
	// lossSpan is about how many steps the smooth line averages over.
	lossSpan = 20
)

// runChart is a run drawn: the raw losses as a band behind their moving average
// and the test losses, and below it test accuracy and learning rate.
func runChart(r *train.Run, subtitle string) *display.Chart {
	n := len(r.History)
	step, loss, lr := make([]float64, n), make([]float64, n), make([]float64, n)
	for i, p := range r.History {
		step[i], loss[i], lr[i] = float64(p.Step), p.Loss, p.LR
	}
	// A bucket has the same width from the first step to the last.
	buckets := max(1, lossBuckets*n/max(1, r.Planned))
	var band display.Band
	for _, b := range display.Buckets(step, loss, buckets) {
		band.X = append(band.X, b.X)
		band.Lo = append(band.Lo, b.Min)
		band.Hi = append(band.Hi, b.Max)
	}
	smooth := display.Line{Name: "training", Color: display.Blue}
	smooth.X, smooth.Y = thin(step, display.EMA(loss, lossSpan), buckets)
	band.Color = smooth.Color
	rate := display.Line{Color: display.Gray, Dash: display.Solid}
	rate.X, rate.Y = thin(step, lr, buckets)

	validated := measurements(r, "validation", display.Green, func(e train.EpochStat) train.Metrics { return e.Validation })
	tested := measurements(r, "test", display.Vermillion, func(e train.EpochStat) train.Metrics { return e.Test })

	c := &display.Chart{
		Title:    "Training",
		Subtitle: subtitle,
		X:        display.Axis{Title: "step", Min: 0, Max: float64(r.Planned)},
		Y:        display.Axis{Title: fmt.Sprintf("loss: of every step (band), averaged over %d (line)", lossSpan), Log: true},
		Layers:   []display.Layer{band, smooth},
	}
	var shares []float64
	var accuracy []display.Layer
	for _, m := range []measured{validated, tested} {
		if len(m.loss.X) > 0 {
			c.Layers = append(c.Layers, m.loss)
			shares = append(shares, m.accuracy.Y...)
			accuracy = append(accuracy, m.accuracy, display.Points{X: m.accuracy.X, Y: m.accuracy.Y, Color: m.accuracy.Color})
		}
	}
	c.Layers = append(c.Layers, eventRules(r.Events)...)
	switch {
	case r.Interrupted:
		c.Layers = append(c.Layers, display.Rule{At: float64(r.Steps), Label: "interrupted"})
	case r.Stopped != "":
		c.Layers = append(c.Layers, display.Rule{At: float64(r.Steps), Label: "stopped"})
	}
	if r.Dataset != "" {
		c.Title += " on " + r.Dataset
	}
	if len(shares) > 0 {
		title := "test accuracy"
		if len(validated.loss.X) > 0 {
			title = "accuracy"
		}
		c.Strips = append(c.Strips, display.Strip{Y: percentAxis(title, shares), Layers: accuracy})
	}
	c.Strips = append(c.Strips, display.Strip{
		Y:      display.Axis{Title: "learning rate"},
		Layers: []display.Layer{rate},
	})
	c.Strips = append(c.Strips, healthStrips(r.Health)...)
	c.Summary = c.Title + ": " + subtitle
	return c
}

// maxEventLabels is how many events of a run have room for their names.
const maxEventLabels = 8

// eventRules are lines where something changed.
func eventRules(events []train.Event) []display.Layer {
	var rules []display.Layer
	for _, e := range events {
		r := display.Rule{At: float64(e.Step), Label: e.Text}
		if len(events) > maxEventLabels {
			r.Label = ""
		}
		rules = append(rules, r)
	}
	return rules
}

// measured is what the measurements on one split gave.
type measured struct {
	loss     display.Points
	accuracy display.Line
}

// measurements are those of r on the split that of picks.
func measurements(r *train.Run, name string, color string, of func(train.EpochStat) train.Metrics) measured {
	m := measured{
		loss:     display.Points{Name: name, Color: color},
		accuracy: display.Line{Color: color, Dash: display.Solid},
	}
	for _, e := range r.Epochs {
		if got := of(e); got.N > 0 {
			m.loss.X = append(m.loss.X, float64(e.Step))
			m.loss.Y = append(m.loss.Y, got.Loss)
			m.accuracy.Y = append(m.accuracy.Y, got.Accuracy)
		}
	}
	m.accuracy.X = m.loss.X
	return m
}

// percentAxis is an axis from the whole percent below the least share to the
// one above the largest, and never beyond 100 %.
func percentAxis(title string, shares []float64) display.Axis {
	lo := math.Floor(100 * slices.Min(shares))
	hi := math.Ceil(100 * slices.Max(shares))
	if lo == hi {
		lo, hi = max(0, lo-1), min(100, hi+1)
	}
	return display.Axis{Title: title, Format: display.Percent, Min: lo / 100, Max: hi / 100}
}

// thin keeps the last value of each bucket.
func thin(x, y []float64, buckets int) (tx, ty []float64) {
	for _, b := range display.Buckets(x, y, buckets) {
		tx = append(tx, b.X)
		ty = append(ty, b.Last)
	}
	return tx, ty
}

// epochTable is a run in numbers, a measurement a row.
func epochTable(r *train.Run) *display.Table {
	splits := []struct {
		name string
		of   func(train.EpochStat) train.Metrics
	}{
		{"training", func(e train.EpochStat) train.Metrics { return e.Train }},
		{"validation", func(e train.EpochStat) train.Metrics { return e.Validation }},
		{"test", func(e train.EpochStat) train.Metrics { return e.Test }},
	}
	if r.Validation.N == 0 {
		splits = slices.Delete(splits, 1, 2)
	}
	t := &display.Table{Columns: []display.Column{{Name: "epoch", Right: true}, {Name: "step", Right: true}}}
	for _, s := range splits {
		t.Columns = append(t.Columns, display.Column{Name: s.name + " loss", Right: true}, display.Column{Name: s.name + " accuracy", Right: true})
	}
	for _, e := range shortened(r.Epochs, maxRows) {
		row := []string{count(e.Epoch), count(e.Step)}
		for _, s := range splits {
			if m := s.of(e); m.N == 0 {
				row = append(row, "", "")
			} else {
				row = append(row, lossText(m.Loss, 4), percent(m.Accuracy))
			}
		}
		t.Rows = append(t.Rows, row)
	}
	if n := len(r.Epochs) - len(t.Rows); n > 0 {
		t.Summary = fmt.Sprintf("the first %s are not shown", plural(n, "measurement"))
	}
	return t
}

// shortened is the last n of s.
func shortened[T any](s []T, n int) []T { return s[max(0, len(s)-n):] }
