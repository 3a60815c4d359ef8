package display

import (
	"bytes"
	"encoding/json"
	"image/png"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Any numbers make a chart: JSON that parses, a PNG of the size it claims, one
// line of text, and the same bytes again.
func TestChartOfAnything(t *testing.T) {
	number := rapid.OneOf(
		rapid.Float64(),
		rapid.Float64Range(-10, 10),
		rapid.SampledFrom([]float64{0, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, 5e-324, -1, 1e-7}),
	)
	numbers := rapid.SliceOfN(number, 0, 12)
	axis := rapid.Custom(func(t *rapid.T) Axis {
		return Axis{
			Title:  rapid.String().Draw(t, "title"),
			Min:    number.Draw(t, "min"),
			Max:    number.Draw(t, "max"),
			Log:    rapid.Bool().Draw(t, "log"),
			Format: rapid.SampledFrom([]string{"", Percent}).Draw(t, "format"),
		}
	})
	layer := rapid.Custom(func(t *rapid.T) Layer {
		name, x, y := rapid.String().Draw(t, "name"), numbers.Draw(t, "x"), numbers.Draw(t, "y")
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			return Line{Name: name, X: x, Y: y, Dash: Dash(rapid.IntRange(0, 4).Draw(t, "dash"))}
		case 1:
			return Band{Name: name, X: x, Lo: y, Hi: numbers.Draw(t, "hi")}
		case 2:
			return Points{Name: name, X: x, Y: y, Color: rapid.SampledFrom([]string{"", Blue, "red"}).Draw(t, "color")}
		case 3:
			return Bars{Name: name, X: x, Y: y, Width: number.Draw(t, "width")}
		}
		return Rule{At: number.Draw(t, "at"), Horizontal: rapid.Bool().Draw(t, "horizontal"), Label: name}
	})
	rapid.Check(t, func(t *rapid.T) {
		c := &Chart{
			Title:  rapid.String().Draw(t, "title"),
			Width:  rapid.IntRange(-5, 200).Draw(t, "width"),
			Height: rapid.IntRange(-5, 100).Draw(t, "height"),
			X:      axis.Draw(t, "x"),
			Y:      axis.Draw(t, "y"),
			Layers: rapid.SliceOfN(layer, 0, 4).Draw(t, "layers"),
			Strips: []Strip{{Y: axis.Draw(t, "strip y"), Layers: rapid.SliceOfN(layer, 0, 2).Draw(t, "strip")}},
		}
		b := c.Display()
		raw, err := json.Marshal(b.Data[MIMEVega])
		if err != nil || !json.Valid(raw) {
			t.Fatalf("the specification is no JSON (%v): %s", err, raw)
		}
		picture := b.Data[MIMEPNG].([]byte)
		config, err := png.DecodeConfig(bytes.NewReader(picture))
		if err != nil {
			t.Fatal(err)
		}
		m := b.Metadata[MIMEPNG].(map[string]any)
		if config.Width != 2*m["width"].(int) || config.Height != 2*m["height"].(int) {
			t.Fatalf("%d×%d device pixels, but metadata %v", config.Width, config.Height, m)
		}
		if text := b.Data[MIMEText].(string); text == "" || strings.ContainsAny(text, "\n\r") {
			t.Fatalf("not one line of text: %q", text)
		}
		again := c.Display()
		rawAgain, _ := json.Marshal(again.Data[MIMEVega])
		if !bytes.Equal(raw, rawAgain) || !bytes.Equal(picture, again.Data[MIMEPNG].([]byte)) {
			t.Fatal("the same chart, other bytes")
		}
	})
}

// A chart does not change what it is given, and shows it sorted.
func TestChartLeavesData(t *testing.T) {
	x, y := []float64{3, 1, 2}, []float64{30, 10, 20}
	p := (&Chart{Layers: []Layer{Line{X: x, Y: y}}}).plan()
	if x[0] != 3 || y[0] != 30 {
		t.Errorf("the caller's data became %v, %v", x, y)
	}
	if m := p.panels[0].marks[0]; m.x[0] != 1 || m.hi[0] != 10 || m.x[2] != 3 {
		t.Errorf("drawn at %v, %v", m.x, m.hi)
	}
}

// Long series are bounded and keep their extremes.
func TestChartThins(t *testing.T) {
	const n = 1_000_000
	x, y := make([]float64, n), make([]float64, n)
	for i := range x {
		x[i] = float64(i)
	}
	y[123_456], y[654_321] = 9, -9
	p := (&Chart{Layers: []Layer{Band{X: x, Lo: y, Hi: y}, Line{X: x, Y: y}, Points{Name: "p", X: x, Y: y}}}).plan()
	for _, m := range p.panels[0].marks {
		e := newExtent(false)
		m.extend(&e, p.x)
		if len(m.x) > maxMarks {
			t.Errorf("%d values are left", len(m.x))
		}
		if m.kind != pointMark && (e.lo != -9 || e.hi != 9) {
			t.Errorf("kind %d: the extremes became %g and %g", m.kind, e.lo, e.hi)
		}
		if m.kind == pointMark && m.name != "p (1 in 200)" {
			t.Errorf("points left out and named %q", m.name)
		}
	}
}

func TestColors(t *testing.T) {
	p := (&Chart{
		Layers: []Layer{Band{}, Line{}, Line{}, Points{Color: "#123456"}, Band{}, Points{}, Rule{}},
		Strips: []Strip{{Layers: []Layer{Line{}}}},
	}).plan()
	var got []string
	for _, pn := range p.panels {
		for _, m := range pn.marks {
			got = append(got, m.color)
		}
	}
	// Bands, lines, points, rules; a band has the colour of the layer above it.
	want := []string{Blue, Green, Blue, Vermillion, "#123456", Green, Gray, Purple}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("colours %v, want %v", got, want)
	}
	if p.panels[0].marks[2].dash != Solid || p.panels[0].marks[3].dash != Dashed || p.panels[1].marks[0].dash != Solid {
		t.Error("the lines of a panel want a dash each, from solid on")
	}
}

func TestSpread(t *testing.T) {
	for _, test := range []struct {
		name string
		y    []float64
		want []float64
	}{
		{"apart", []float64{20, 60}, []float64{20, 60}},
		{"together", []float64{50, 51, 52}, []float64{50, 65, 80}},
		{"at the bottom", []float64{99, 100}, []float64{77.5, 92.5}},
		{"at the top", []float64{-10, 0}, []float64{7.5, 22.5}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var labels []label
			for _, y := range test.y {
				labels = append(labels, label{x: 5, y: y, text: "loss"})
			}
			spread(labels, 100)
			for i, l := range labels {
				if l.y != test.want[i] {
					t.Errorf("label %d at %g, want %g", i, l.y, test.want[i])
				}
			}
		})
	}
}
