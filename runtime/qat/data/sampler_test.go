package data

import (
	"slices"
	"testing"
)

// numbered is a split of n one-pixel images; image i has pixel and label i.
func numbered(t testing.TB, n int) *Split {
	t.Helper()
	pixels := make([]uint8, n)
	for i := range pixels {
		pixels[i] = uint8(i)
	}
	s, err := NewSplit(1, 1, pixels, slices.Clone(pixels))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func draw(s *Sampler, n int) []int {
	indices := make([]int, n)
	s.Indices(indices)
	return indices
}

func TestEveryPassDealsEachSampleOnce(t *testing.T) {
	s := numbered(t, 10).Sampler(7)
	var passes [][]int
	for range 3 {
		got := append(draw(s, 4), draw(s, 6)...)
		passes = append(passes, slices.Clone(got))
		slices.Sort(got)
		if !slices.Equal(got, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}) {
			t.Errorf("a pass deals %v", got)
		}
	}
	if slices.Equal(passes[0], passes[1]) || slices.Equal(passes[1], passes[2]) {
		t.Errorf("passes in the same order: %v", passes)
	}
}

func TestOrderDependsOnSeedAndPositionAlone(t *testing.T) {
	split := numbered(t, 10)
	long := draw(split.Sampler(7), 45)
	if slices.Equal(long, draw(split.Sampler(8), 45)) {
		t.Error("seeds 7 and 8 deal in the same order")
	}
	for drawn := range 45 {
		s := split.Sampler(99)
		draw(s, 3)
		s.Seek(Position{Seed: 7, Drawn: drawn})
		if got := draw(s, 45-drawn); !slices.Equal(got, long[drawn:]) {
			t.Fatalf("from position %d: %v, want %v", drawn, got, long[drawn:])
		}
		if want := (Position{Seed: 7, Drawn: 45}); s.Position() != want {
			t.Errorf("stands at %v, want %v", s.Position(), want)
		}
	}
}

func TestNextGoesOnAndResets(t *testing.T) {
	s := numbered(t, 10)
	x1, y1 := s.Next(6)
	x2, y2 := s.Next(6) // across the end of the first pass
	if x2.Shape()[0] != 6 || len(y2) != 6 {
		t.Fatalf("got a batch of %v and %d labels, want 6", x2.Shape(), len(y2))
	}
	if slices.Equal(y1, y2) {
		t.Error("the second batch repeats the first")
	}
	held := slices.Clone(x1.Data())
	s.Reset(1)
	x3, y3 := s.Next(6)
	if !slices.Equal(y1, y3) || !slices.Equal(x1.Data(), x3.Data()) {
		t.Error("after Reset(1) the first batch is another one")
	}
	x3.Data()[0] = 42
	if !slices.Equal(held, x1.Data()) {
		t.Error("a batch that is held changed")
	}
	p := s.Position()
	_, y4 := s.Next(5)
	s.Seek(p)
	if _, again := s.Next(5); !slices.Equal(y4, again) {
		t.Error("Seek to Position does not continue in the same way")
	}
}

func TestBatchesDealInOrder(t *testing.T) {
	var got []int32
	var sizes []int
	for x, y := range numbered(t, 10).Batches(4) {
		got = append(got, y...)
		sizes = append(sizes, x.Shape()[0])
	}
	if !slices.Equal(got, []int32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}) || !slices.Equal(sizes, []int{4, 4, 2}) {
		t.Errorf("dealt %v in batches of %v", got, sizes)
	}
}

func TestSlice(t *testing.T) {
	s := numbered(t, 10)
	part, err := s.Slice(3, 5)
	if err != nil {
		t.Fatal(err)
	}
	if part.Len() != 2 || part.Label(0) != 3 || part.Image(1)[0] != 4 {
		t.Errorf("got labels %d %d", part.Label(0), part.Label(1))
	}
	for _, bad := range [][2]int{{-1, 5}, {5, 11}, {5, 5}, {6, 5}} {
		if _, err := s.Slice(bad[0], bad[1]); err == nil {
			t.Errorf("Slice(%d, %d) is accepted", bad[0], bad[1])
		}
	}
}

func TestSplitRefusesWhatDoesNotFit(t *testing.T) {
	tests := []struct {
		name           string
		h, w           int
		pixels, labels int
	}{
		{"pixels missing", 2, 2, 7, 2},
		{"no samples", 2, 2, 0, 0},
		{"flat", 0, 2, 0, 2},
		{"huge", 1 << 40, 1 << 40, 0, 0},
	}
	for _, tt := range tests {
		if _, err := NewSplit(tt.h, tt.w, make([]uint8, tt.pixels), make([]uint8, tt.labels)); err == nil {
			t.Errorf("%s: accepted", tt.name)
		}
	}
}

func TestBadRequestsPanicWithErrors(t *testing.T) {
	s := numbered(t, 10)
	for name, f := range map[string]func(){
		"Next(0)":       func() { s.Next(0) },
		"Next(-1)":      func() { s.Next(-1) },
		"Batch(10)":     func() { s.Batch([]int{10}) },
		"Batch(-1)":     func() { s.Batch([]int{-1}) },
		"Batches(0)":    func() { s.Batches(0) },
		"Seek backward": func() { s.Seek(Position{Drawn: -1}) },
	} {
		func() {
			defer func() {
				if _, ok := recover().(error); !ok {
					t.Errorf("%s does not panic with an error", name)
				}
			}()
			f()
		}()
	}
	if _, y := s.Next(2); len(y) != 2 {
		t.Error("Next no longer works after a bad request")
	}
}
