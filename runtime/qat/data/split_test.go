package data

import (
	"slices"
	"testing"

	"setun/runtime/tensor"
)

// letters is a text of n tokens, 0 1 2 …, in sequences of length.
func letters(t testing.TB, n, length int) *Split {
	t.Helper()
	tokens := make([]int32, n)
	for i := range tokens {
		tokens[i] = int32(i)
	}
	s, err := NewText(tokens, length)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The label of a token is the one that follows it, also across the end of a
// sequence; every token but the last few is learnt from once in a pass.
func TestText(t *testing.T) {
	s := letters(t, 11, 3)
	if s.Len() != 3 || s.Labels() != 3 || !slices.Equal(s.Shape(), []int{3}) {
		t.Fatalf("%d samples of %v with %d labels", s.Len(), s.Shape(), s.Labels())
	}
	x, y := s.Batch([]int{2, 0})
	if want := []float32{6, 7, 8, 0, 1, 2}; !slices.Equal(x.Data(), want) || !slices.Equal(x.Shape(), []int{2, 3}) {
		t.Errorf("x = %v %v, want %v", x.Shape(), x.Data(), want)
	}
	if want := (tensor.Labels{7, 8, 9, 1, 2, 3}); !slices.Equal(y, want) {
		t.Errorf("y = %v, want %v", y, want)
	}
	if got := s.Tokens(1); !slices.Equal(got, []int32{3, 4, 5}) || s.Label(1) != 4 {
		t.Errorf("sample 1 is %v and its first label %d", got, s.Label(1))
	}
	if got := s.Counts(); !slices.Equal(got, []int{0, 1, 1, 1, 1, 1, 1, 1, 1, 1}) {
		t.Errorf("labels occur %v times", got)
	}
	for _, length := range []int{0, 11, 12} {
		if _, err := NewText(make([]int32, 11), length); err == nil {
			t.Errorf("sequences of %d tokens from 11: accepted", length)
		}
	}
	if _, err := NewText([]int32{1, -1, 2}, 1); err == nil {
		t.Error("the token -1 is accepted")
	}
}

func TestShorterSequences(t *testing.T) {
	s := letters(t, 21, 5) // 0-4 5-9 10-14 15-19
	starts := func(s *Split) (got []int32) {
		for i := range s.Len() {
			got = append(got, s.Tokens(i)[0])
		}
		return got
	}
	if s.UpTo(5) != s || s.UpTo(8) != s {
		t.Error("sequences that are short enough are cut")
	}
	if got := starts(s.UpTo(3)); !slices.Equal(got, []int32{0, 3, 6, 9, 12, 15}) {
		t.Errorf("pieces of 3 start at %v", got)
	}
	apart, err := s.Select([]int{2, 0, 1})
	if err != nil {
		t.Fatal(err)
	}
	// 10-14, then 0-9.
	if got := starts(apart.UpTo(3)); !slices.Equal(got, []int32{10, 0, 3, 6}) {
		t.Errorf("pieces of 3 of some sequences start at %v", got)
	}
	images := numbered(t, 3)
	if images.UpTo(1) != images {
		t.Error("images are cut")
	}
}

func TestVectors(t *testing.T) {
	x := tensor.From([]float32{1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 2)
	s, err := NewVectors(x, tensor.Labels{1, 0})
	if err != nil {
		t.Fatal(err)
	}
	bx, by := s.Batch([]int{1, 1, 0})
	if want := []float32{5, 6, 7, 8, 5, 6, 7, 8, 1, 2, 3, 4}; !slices.Equal(bx.Data(), want) || !slices.Equal(bx.Shape(), []int{3, 2, 2}) {
		t.Errorf("x = %v %v, want %v", bx.Shape(), bx.Data(), want)
	}
	if want := (tensor.Labels{0, 0, 1}); !slices.Equal(by, want) {
		t.Errorf("y = %v, want %v", by, want)
	}
	if s.Image(0) != nil || s.Tokens(0) != nil {
		t.Error("numbers are images or text")
	}
	for name, err := range map[string]error{
		"labels missing": second(NewVectors(x, tensor.Labels{1})),
		"a label of −1":  second(NewVectors(x, tensor.Labels{1, -1})),
		"no samples":     second(NewVectors(tensor.New(2), tensor.Labels{1, 1})),
	} {
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestWithValidation(t *testing.T) {
	d := &Dataset{Name: "numbers", Train: numbered(t, 10), Test: numbered(t, 3)}
	apart, err := d.WithValidation(3, 7)
	if err != nil {
		t.Fatal(err)
	}
	var all []int
	for _, s := range []*Split{apart.Train, apart.Validation} {
		for i := range s.Len() {
			all = append(all, s.Label(i))
		}
	}
	if slices.Sort(all); apart.Validation.Len() != 3 || !slices.Equal(all, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}) {
		t.Errorf("parts of %d and %d samples hold %v", apart.Train.Len(), apart.Validation.Len(), all)
	}
	again, err := d.WithValidation(3, 7)
	if err != nil || again.Hash() != apart.Hash() {
		t.Errorf("the same seed sets others apart (%v)", err)
	}
	other, err := d.WithValidation(3, 8)
	if err != nil || other.Hash() == apart.Hash() {
		t.Errorf("another seed sets the same apart (%v)", err)
	}
	for _, n := range []int{0, 10, 11} {
		if _, err := d.WithValidation(n, 7); err == nil {
			t.Errorf("%d of 10 samples are accepted", n)
		}
	}
}

// The hash is of the content alone: samples, labels, their order and the parts.
func TestHash(t *testing.T) {
	pixels := []uint8{1, 2, 3, 4}
	split := func(height, width int, pixels, labels []uint8) *Split {
		s, err := NewSplit(height, width, pixels, labels)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	base := (&Dataset{Train: split(1, 2, pixels, []uint8{0, 1})}).Hash()
	if got := (&Dataset{Name: "other", Train: split(1, 2, slices.Clone(pixels), []uint8{0, 1})}).Hash(); got != base {
		t.Error("the same samples under another name have another hash")
	}
	reversed, err := split(1, 2, pixels, []uint8{0, 1}).Select([]int{1, 0})
	if err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]*Dataset{
		"another pixel": {Train: split(1, 2, []uint8{1, 2, 3, 5}, []uint8{0, 1})},
		"another label": {Train: split(1, 2, pixels, []uint8{0, 2})},
		"another order": {Train: reversed},
		"another part":  {Test: split(1, 2, pixels, []uint8{0, 1})},
		"another shape": {Train: split(1, 1, pixels, []uint8{0, 1, 0, 1})},
		"text":          {Train: letters(t, 9, 2)},
	} {
		if d.Hash() == base {
			t.Errorf("%s has the same hash", name)
		}
	}
	if letters(t, 9, 2).Hash() == letters(t, 9, 4).Hash() {
		t.Error("sequences of another length have the same hash")
	}
}
