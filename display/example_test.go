package display_test

import (
	"fmt"

	"setun/display"
)

// A training curve: every loss in the band, the trend as a line over it, the x
// axis as long as the plan.
func Example() {
	steps := []float64{1, 2, 3, 4, 5, 6}
	loss := []float64{2.3, 1.9, 2.0, 1.2, 1.4, 0.8}

	band := display.Band{Name: "min–max of 2"}
	for _, b := range display.Buckets(steps, loss, 3) {
		band.X = append(band.X, b.X)
		band.Lo = append(band.Lo, b.Min)
		band.Hi = append(band.Hi, b.Max)
	}
	chart := &display.Chart{
		Title: "Training",
		X:     display.Axis{Title: "step", Min: 0, Max: 10},
		Y:     display.Axis{Title: "loss", Log: true},
		Layers: []display.Layer{
			band,
			display.Line{Name: "mean of 3", X: steps, Y: display.EMA(loss, 3)},
		},
	}
	fmt.Println(chart.Display().Data[display.MIMEText])
	// Output: Training: mean of 3 2.3 → 1.138 over step 1–6 (lowest 1.138 at 6, highest 2.3 at 1)
}

func ExampleTable() {
	fmt.Println(&display.Table{
		Columns: []display.Column{{Name: "layer"}, {Name: "weights", Right: true}},
		Rows:    [][]string{{"BitLinear", "200,704"}, {"BitLinear", "2,560"}},
		Footer:  []string{"total", "203,264"},
	})
	// Output:
	// layer      weights
	// ──────────────────
	// BitLinear  200,704
	// BitLinear    2,560
	// ──────────────────
	// total      203,264
}
