package display

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// gallery holds one chart for each thing that a chart can do; the goldens in
// testdata are named after them.
var gallery = []struct {
	name  string
	chart *Chart
}{
	{"training", training(2345, 2345, false)},
	{"training-live", training(700, 2345, false)},
	{"training-nan", training(1200, 2345, true)},
	{"lines", lines()},
	{"histogram", histogram()},
	{"log", logarithmic()},
	{"empty", &Chart{Title: "Nothing yet", X: Axis{Title: "step", Max: 100}, Y: Axis{Title: "loss"}, Layers: []Layer{Line{Name: "loss"}}}},
	{"one-point", &Chart{Title: "One point", X: Axis{Title: "step"}, Y: Axis{Title: "loss"}, Layers: []Layer{Line{Name: "loss", X: []float64{3}, Y: []float64{2.5}}}}},
	{"all-nan", &Chart{Title: "All NaN", Layers: []Layer{Line{Name: "loss", X: []float64{0, 1, 2}, Y: []float64{math.NaN(), math.NaN(), math.Inf(1)}}}}},
	{"huge", &Chart{Title: "Huge", Layers: []Layer{Line{Name: "y", X: []float64{0, 1e30, 2e30}, Y: []float64{-1e299, 1e308, 1e299}}}}},
	{"tiny", &Chart{Title: "Tiny", Layers: []Layer{Line{Name: "y", X: []float64{0, 1e-9, 2e-9}, Y: []float64{1e-20, 3e-20, -1e-20}}}}},
}

// training is the chart that Fit draws, after done of planned steps.
func training(done, planned int, diverges bool) *Chart {
	random := rand.New(rand.NewPCG(1, 2))
	var steps, loss, rate, epochs, accuracy []float64
	for i := 1; i <= done; i++ {
		x := float64(i)
		v := (2.3*math.Exp(-x/90) + 0.35*math.Exp(-x/700) + 0.03) * math.Exp(0.25*random.NormFloat64())
		if diverges && i > 950 {
			v = math.NaN()
		}
		steps, loss = append(steps, x), append(loss, v)
		rate = append(rate, 1e-3*0.5*(1+math.Cos(math.Pi*x/float64(planned))))
		if i%469 == 0 {
			epochs, accuracy = append(epochs, x), append(accuracy, 0.982-0.04*math.Exp(-x/900))
		}
	}
	ema := EMA(loss, 50)
	var x, lo, hi, mean, lr []float64
	n := 320 * done / planned // a bucket is two pixels wide also half way
	means, rates := Buckets(steps, ema, n), Buckets(steps, rate, n)
	for i, b := range Buckets(steps, loss, n) {
		x, lo, hi = append(x, b.X), append(lo, b.Min), append(hi, b.Max)
		mean, lr = append(mean, means[i].Last), append(lr, rates[i].Last)
	}
	plan := Axis{Title: "step", Min: 0, Max: float64(planned)}
	return &Chart{
		Title:    "Training 784-256-256-10 BitLinear on MNIST",
		Subtitle: fmt.Sprintf("step %d of %d · 41k examples/s · 0:%02d of 0:07", done, planned, 7*done/planned),
		X:        plan,
		Y:        Axis{Title: "training loss (cross-entropy, nats)", Log: true},
		Layers: []Layer{
			Band{Name: "batch min–max", X: x, Lo: lo, Hi: hi},
			Line{Name: "mean of 50", X: x, Y: mean},
		},
		Strips: []Strip{
			{Height: 72, Y: Axis{Title: "test accuracy", Format: Percent}, Layers: []Layer{
				Line{X: epochs, Y: accuracy, Color: Vermillion}, Points{X: epochs, Y: accuracy, Color: Vermillion},
			}},
			{Height: 40, Y: Axis{Title: "learning rate", Max: 1e-3}, Layers: []Layer{Line{X: x, Y: lr, Color: Green}}},
		},
	}
}

// lines has four series that end close together, and both rules.
func lines() *Chart {
	c := &Chart{
		Title: "Four widths, one budget",
		X:     Axis{Title: "epoch"},
		Y:     Axis{Title: "test accuracy", Format: Percent},
	}
	for i, name := range []string{"64 wide", "128 wide", "256 wide", "512 wide"} {
		l := Line{Name: name}
		for e := 0; e <= 10; e++ {
			l.X = append(l.X, float64(e))
			l.Y = append(l.Y, 0.96+0.004*float64(i)-0.3*math.Exp(-0.7*float64(e)-0.1*float64(i)))
		}
		c.Layers = append(c.Layers, l)
	}
	c.Layers = append(c.Layers, Rule{At: 0.98, Horizontal: true, Label: "float"}, Rule{At: 5, Label: "stage two"})
	return c
}

func histogram() *Chart {
	c := &Chart{Title: "Latent weights of layer 1", X: Axis{Title: "w / γ"}, Y: Axis{Title: "weights in a bin"}}
	codes := []Bars{{Name: "−1", Color: MinusOne}, {Name: "0", Color: Zero}, {Name: "+1", Color: PlusOne}}
	for i := range 60 {
		x := -3 + (float64(i)+0.5)/10
		code := 1
		if x < -0.5 {
			code = 0
		} else if x > 0.5 {
			code = 2
		}
		codes[code].X = append(codes[code].X, x)
		codes[code].Y = append(codes[code].Y, math.Round(9000*math.Exp(-x*x/2)))
	}
	for _, b := range codes {
		c.Layers = append(c.Layers, b)
	}
	c.Layers = append(c.Layers, Rule{At: -0.5}, Rule{At: 0.5})
	return c
}

// logarithmic has values that a log axis cannot show.
func logarithmic() *Chart {
	var x, y, z []float64
	for i := range 200 {
		x = append(x, float64(i))
		y = append(y, 3*math.Exp(-float64(i)/25))
		z = append(z, 1e-3*float64(i-60))
	}
	y[100], y[150] = 0, -1
	return &Chart{
		Title: "A log axis",
		X:     Axis{Title: "step"},
		Y:     Axis{Title: "update : data ratio", Log: true, Min: 1e-4, Max: 10},
		Layers: []Layer{
			Line{Name: "falling", X: x, Y: y},
			Line{Name: "rising from below 0", X: x, Y: z},
			Rule{At: 1e-3, Horizontal: true, Label: "healthy"},
			Points{Name: "measured", X: []float64{20, 60, 120}, Y: []float64{0.5, 0.05, 0.02}},
		},
	}
}
