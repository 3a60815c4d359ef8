package install

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"testing"

	"golang.org/x/image/vector"
)

var update = flag.Bool("update", false, "draw the PNG logos anew")

// TestLogo draws the PNG logos; logo-svg.svg holds the same shapes in words.
// The three digits of balanced ternary: minus, zero, plus.
func TestLogo(t *testing.T) {
	for _, size := range []int{32, 64} {
		want := drawLogo(size)
		file := fmt.Sprintf("logo/logo-%dx%d.png", size, size)
		if *update {
			var buf bytes.Buffer
			if err := png.Encode(&buf, want); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, buf.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		// The rasteriser works in floating point: processors may differ by a
		// shade at an edge.
		if d, ok := maxDiff(got, want), got.Bounds() == want.Bounds(); !ok || d > 4 {
			t.Errorf("%s is not what drawLogo draws (off by %d); run go test ./install -run TestLogo -update", file, d)
		}
	}
}

// maxDiff is the largest difference of a channel, 0 to 255.
func maxDiff(a, b image.Image) int {
	worst := 0
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			p := color.RGBAModel.Convert(a.At(x, y)).(color.RGBA)
			q := color.RGBAModel.Convert(b.At(x, y)).(color.RGBA)
			for _, d := range []int{int(p.R) - int(q.R), int(p.G) - int(q.G), int(p.B) - int(q.B), int(p.A) - int(q.A)} {
				worst = max(worst, d, -d)
			}
		}
	}
	return worst
}

// drawLogo draws the logo size pixels wide; coordinates are those of the SVG,
// whose view box is 64 wide.
func drawLogo(size int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, size, size))
	scale := float32(size) / 64
	fill := func(c color.Color, path func(p *pen)) {
		r := vector.NewRasterizer(size, size)
		r.DrawOp = draw.Over
		path(&pen{r, scale})
		r.Draw(img, img.Bounds(), image.NewUniform(c), image.Point{})
	}
	grey, white := color.RGBA{0x7f, 0x7f, 0x7f, 255}, color.White
	blue, vermillion := color.RGBA{0x00, 0x72, 0xb2, 255}, color.RGBA{0xd5, 0x5e, 0x00, 255}

	fill(grey, func(p *pen) { // the two edges, 3 wide
		p.polygon(14.7, 46.3, 30.7, 18.3, 33.3, 19.7, 17.3, 47.7)
		p.polygon(33.3, 18.3, 49.3, 46.3, 46.7, 47.7, 30.7, 19.7)
	})
	fill(grey, func(p *pen) { p.circle(32, 17, 14) })
	fill(white, func(p *pen) { p.circle(32, 17, 7.5) })
	fill(blue, func(p *pen) { p.circle(16, 46, 14) })
	fill(white, func(p *pen) { p.rect(8.5, 43.5, 15, 5) })
	fill(vermillion, func(p *pen) { p.circle(48, 46, 14) })
	fill(white, func(p *pen) { p.rect(45.5, 38.5, 5, 15) })
	fill(white, func(p *pen) { p.rect(40.5, 43.5, 15, 5) })
	return img
}

type pen struct {
	r     *vector.Rasterizer
	scale float32
}

func (p *pen) polygon(xy ...float32) {
	p.r.MoveTo(xy[0]*p.scale, xy[1]*p.scale)
	for i := 2; i < len(xy); i += 2 {
		p.r.LineTo(xy[i]*p.scale, xy[i+1]*p.scale)
	}
	p.r.ClosePath()
}

func (p *pen) rect(x, y, w, h float32) { p.polygon(x, y, x+w, y, x+w, y+h, x, y+h) }

// circle approximates a circle by four cubic Béziers.
func (p *pen) circle(x, y, r float32) {
	x, y, r = x*p.scale, y*p.scale, r*p.scale
	k := r * 0.5523
	p.r.MoveTo(x+r, y)
	p.r.CubeTo(x+r, y+k, x+k, y+r, x, y+r)
	p.r.CubeTo(x-k, y+r, x-r, y+k, x-r, y)
	p.r.CubeTo(x-r, y-k, x-k, y-r, x, y-r)
	p.r.CubeTo(x+k, y-r, x+r, y-k, x+r, y)
	p.r.ClosePath()
}
