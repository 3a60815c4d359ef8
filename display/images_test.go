package display

import (
	"bytes"
	"image/png"
	"math"
	"strconv"
	"testing"
)

// rings are tiles of 28×28 with ever larger rings.
func rings(n int) *Images {
	im := &Images{Width: 28, Height: 28}
	for i := range n {
		tile := make([]uint8, 28*28)
		for p := range tile {
			r := math.Hypot(float64(p%28)-13.5, float64(p/28)-13.5)
			tile[p] = uint8(255 * math.Exp(-math.Pow(r-float64(i), 2)/3))
		}
		im.Pixels = append(im.Pixels, tile)
		im.Labels = append(im.Labels, strconv.Itoa(i%10))
	}
	return im
}

func TestImagesGolden(t *testing.T) {
	im := rings(12)
	im.Labels[3], im.Title = "3, taken for 8", "Rings of 28×28"
	b := im.Display()
	golden(t, "images.png", b.Data[MIMEPNG].([]byte))
	golden(t, "images.txt", []byte(b.Data[MIMEText].(string)+"\n"))
}

func TestImages(t *testing.T) {
	broken := rings(3)
	broken.Pixels[1] = broken.Pixels[1][:100]
	for _, test := range []struct {
		name          string
		images        *Images
		text          string
		width, height int // in CSS pixels; 0 for no picture
	}{
		{"none", &Images{Width: 28, Height: 28}, "0 images of 28×28", 0, 0},
		{"no size", &Images{Pixels: [][]uint8{{1}}}, "1 images of 0×0 (0 shown)", 0, 0},
		{"monstrous size", &Images{Pixels: [][]uint8{{1}}, Width: 1 << 40, Height: 1 << 40}, "1 images of 1099511627776×1099511627776 (0 shown)", 0, 0},
		{"one pixel", &Images{Pixels: [][]uint8{{200}}, Width: 1, Height: 1, Summary: "a dot"}, "a dot", 72, 72},
		{"a tile cut off", broken, "3 images of 28×28 (1 without 784 bytes, left grey)", 200, 86},
		{"very many", rings(1000), "1000 images of 28×28 (400 shown)", 648, 3128},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := test.images.Display()
			if got := b.Data[MIMEText]; got != test.text {
				t.Errorf("text %q, want %q", got, test.text)
			}
			raw, ok := b.Data[MIMEPNG].([]byte)
			if !ok {
				if test.width != 0 {
					t.Error("no picture")
				}
				return
			}
			c, err := png.DecodeConfig(bytes.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			if c.Width != 2*test.width || c.Height != 2*test.height {
				t.Errorf("%d×%d device pixels, want twice %d×%d", c.Width, c.Height, test.width, test.height)
			}
			m := b.Metadata[MIMEPNG].(map[string]any)
			if m["width"] != test.width || m["height"] != test.height || m["needs_background"] != "light" {
				t.Errorf("metadata %v, want %d×%d on light", m, test.width, test.height)
			}
		})
	}
}
