package display

import (
	"bytes"
	"encoding/json"
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the goldens in testdata anew")

func TestGallery(t *testing.T) {
	for _, g := range gallery {
		t.Run(g.name, func(t *testing.T) {
			b := g.chart.Display()
			var spec bytes.Buffer
			if err := json.Indent(&spec, b.Data[MIMEVega].(json.RawMessage), "", " "); err != nil {
				t.Fatal(err)
			}
			golden(t, g.name+".vl.json", spec.Bytes())
			golden(t, g.name+".txt", []byte(b.Data[MIMEText].(string)+"\n"))
			golden(t, g.name+".png", b.Data[MIMEPNG].([]byte))
		})
	}
}

// golden compares got with a file of testdata, a picture by its pixels.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Ext(name) != ".png" {
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
		return
	}
	a, b := decode(t, want), decode(t, got)
	if a.Bounds() != b.Bounds() {
		t.Fatalf("%s is %v, want %v", path, b.Bounds(), a.Bounds())
	}
	// Processors that fuse multiply and add round a few edges differently.
	if n, all := different(a, b), a.Bounds().Dx()*a.Bounds().Dy(); n > all/1000 {
		t.Errorf("%s: %d of %d pixels differ; look at it after go test -update", path, n, all)
	}
}

func decode(t *testing.T, raw []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// different counts the pixels that are visibly unlike.
func different(a, b image.Image) int {
	const visible = 0x1000 // of 0xffff in a channel
	n := 0
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			ar, ag, ab, _ := a.At(x, y).RGBA()
			br, bg, bb, _ := b.At(x, y).RGBA()
			if max(ar, br)-min(ar, br) > visible || max(ag, bg)-min(ag, bg) > visible || max(ab, bb)-min(ab, bb) > visible {
				n++
			}
		}
	}
	return n
}
