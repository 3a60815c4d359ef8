package dsl

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"setun/display"
	"setun/runtime/qat/train"
	"setun/runtime/tensor"
)

type (
	id    int
	point struct{ X, Y int }
	node  struct {
		Name string
		Next *node
		seen []float64
	}
	loud   struct{}
	broken struct{ N int }
	shown  struct{}
)

func (loud) String() string             { return "LOUD" }
func (broken) String() string           { panic("out of order") }
func (shown) Display() display.Bundle   { return display.Text("by itself") }
func (*broken) Display() display.Bundle { panic(errors.New("no picture")) }

func ring() *node {
	n := &node{Name: "a"}
	n.Next = n
	return n
}

func selfish() []any {
	s := []any{1, nil}
	s[1] = s
	return s
}

func TestRenderText(t *testing.T) {
	var nilNode *node
	var nilRun *train.Run
	var nilMap map[string]int
	tests := []struct {
		v    any
		want string
	}{
		{nil, "nil"},
		{true, "true"},
		{42, "42"},
		{uint8(7), "7"},
		{0.1, "0.1"},
		{float32(0.1), "0.1"},
		{1e21, "1e+21"},
		{math.NaN(), "NaN"},
		{complex(1, -2), "(1-2i)"},
		{id(3), "dsl.id(3)"},
		{"plain", `"plain"`},
		{"two\nlines", "`two\nlines`"},
		{"two`\nlines", `"two` + "`" + `\nlines"`},
		{[]int{1, 2, 3}, "[]int{1, 2, 3}"},
		{[]int(nil), "[]int(nil)"},
		{[]id{1, 2}, "[]dsl.id{1, 2}"},
		{[2][2]bool{}, "[2][2]bool{{false, false}, {false, false}}"},
		{[]string{"a\nb"}, `[]string{"a\nb"}`},
		{map[string]int{"b": 2, "a": 1}, `map[string]int{"a": 1, "b": 2}`},
		{map[int]string{10: "x", 9: "y", -1: "z"}, `map[int]string{-1: "z", 9: "y", 10: "x"}`},
		{map[any]any{"s": 1, 2: nil, 1.5: []int{}}, `map[any]any{2: nil, 1.5: []int{}, "s": 1}`},
		{map[point]int{{2, 1}: 1, {1, 2}: 2}, "map[dsl.point]int{{X: 1, Y: 2}: 2, {X: 2, Y: 1}: 1}"},
		{map[float64]int{math.NaN(): 3}, "map[float64]int{NaN: 3}"},
		{nilMap, "map[string]int(nil)"},
		{point{1, 2}, "dsl.point{X: 1, Y: 2}"},
		{&point{1, 2}, "&dsl.point{X: 1, Y: 2}"},
		{[]*point{{1, 2}, nil}, "[]*dsl.point{&dsl.point{X: 1, Y: 2}, nil}"},
		{struct{ K float32 }{0.5}, "{K: 0.5}"},
		{node{Name: "a", seen: nil}, `dsl.node{Name: "a", Next: nil, seen: nil}`},
		{nilNode, "(*dsl.node)(nil)"},
		{nilRun, "(*train.Run)(nil)"},
		{ring(), `&dsl.node{Name: "a", Next: …(itself), seen: nil}`},
		{selfish(), "[]any{1, …(itself)}"},
		{func(int, ...string) error { return nil }, "func(int, ...string) error"},
		{(func())(nil), "func()(nil)"},
		{make(chan int, 3), "chan int (0 of 3 waiting)"},
		{errors.New("what went wrong"), "what went wrong"},
		{90 * time.Second, "1m30s"},
		{time.Date(2024, 2, 27, 0, 0, 0, 0, time.UTC), "2024-02-27 00:00:00 +0000 UTC"},
		{loud{}, "LOUD"},
		{[]loud{{}}, "[]dsl.loud{LOUD}"},
		{broken{3}, "dsl.broken (showing it panicked: out of order)"},
		{&broken{3}, "*dsl.broken (showing it panicked: no picture)"},
		{[1]broken{{3}}, "[1]dsl.broken{dsl.broken (String panicked: out of order)}"},
		{shown{}, "by itself"},
		{display.Text("as it is"), "as it is"},
		{[]byte("text\n"), "5 bytes\ntext\n"},
		{[]byte{0, 255}, "2 bytes\n00000000  00 ff                                             |..|"},
		{[]byte{}, "[]uint8{}"},
		{train.Metrics{}, "not measured"},
		{train.Metrics{Loss: 0.0712, Accuracy: 0.9784, N: 10000}, "accuracy 97.84 %, loss 0.0712 (10000 samples)"},
		{AdamW(1e-3, Decay(0.1)), "AdamW(0.001, Decay(0.1))"},
		{Cosine(), "Cosine()"},
		{tensor.From([]float32{2.5}, 1), "Tensor [1]\n[2.5]"},
		{
			tensor.From([]float32{1, 2, 3, 6}, 2, 2),
			"Tensor [2×2]  min 1  mean 3  max 6  std 1.871\n[[1 2]\n [3 6]]",
		},
		{
			tensor.From([]float32{float32(math.NaN()), 4, 2}, 3),
			"Tensor [3]  min 2  mean 3  max 4  std 1  (1 of 3 values are NaN or infinite)\n[NaN 4 2]",
		},
	}
	for _, tt := range tests {
		b := Render(tt.v)
		if got := plainText(b); got != tt.want {
			t.Errorf("%T\n got %s\nwant %s", tt.v, got, tt.want)
		}
	}
}

// Types that a cell declared reach compiled code as structs without a name; the
// session keeps their name in a tag.
func TestRenderTypesOfCells(t *testing.T) {
	type pair = struct {
		x, y int `setun:"main.Pair#2"`
	}
	tests := []struct {
		v    any
		want string
	}{
		{pair{1, 2}, "Pair{x: 1, y: 2}"},
		{&pair{1, 2}, "&Pair{x: 1, y: 2}"},
		{map[string][]pair{"a": {{1, 2}}}, `map[string][]Pair{"a": {{x: 1, y: 2}}}`},
		{func(pair, ...pair) (*pair, error) { return nil, nil }, "func(Pair, ...Pair) (*Pair, error)"},
		{[]pair{{1, 2}, {3, 4}}, "x  y\n────\n1  2\n3  4\n2 rows of []Pair"},
		{[]struct{ K []int }{{nil}}, "[]struct{…}{{K: nil}}"},
		{formatted{}, "formatted as +v"},
		{[]any{formatted{}}, "[]any{formatted as +v}"},
	}
	for _, tt := range tests {
		if got := plainText(Render(tt.v)); got != tt.want {
			t.Errorf("got %s\nwant %s", got, tt.want)
		}
	}
}

type formatted struct{}

func (formatted) Format(s fmt.State, verb rune) {
	fmt.Fprint(s, "formatted as ")
	if s.Flag('+') {
		fmt.Fprint(s, "+")
	}
	fmt.Fprint(s, string(verb))
}

func TestRenderIsTheSameEachTime(t *testing.T) {
	m := map[any]int{}
	for i := range 50 {
		m[i], m[fmt.Sprint(i)], m[float32(i)], m[point{i, 50 - i}] = i, i, i, i
	}
	first := plainText(Render(m))
	for range 20 {
		if plainText(Render(m)) != first {
			t.Fatal("a map is shown in another order each time")
		}
	}
}

func TestRenderCutsWhatIsLarge(t *testing.T) {
	deep := any(1)
	for range 100 {
		deep = []any{deep}
	}
	wide := make([][]int, 1000)
	for i := range wide {
		wide[i] = make([]int, 1000)
	}
	tests := []struct {
		name string
		v    any
		want string
	}{
		{"slice", make([]int, 1_000_000), "… 999,900 more"},
		{"map", map[int]int(hundreds()), "… 400 more"},
		{"string", strings.Repeat("é", 1_000_000), "bytes more)"},
		{"bytes", make([]byte, 1_000_000), "… 999,744 bytes more"},
		{"text in bytes", slices.Repeat([]byte("a"), 1_000_000), "bytes more)"},
		{"deep", deep, "…"},
		{"wide", wide, "more"},
		{"error", errors.New(strings.Repeat("x", 1_000_000)), "bytes more)"},
		{"tensor", tensor.New(100, 100, 100), "…"},
		{"rows", make([]point, 1000), "1,000 rows of []dsl.point (the first 50 shown)"},
		{"image", image.NewGray(image.Rect(0, 0, 5000, 1)), "not shown"},
	}
	for _, tt := range tests {
		text := plainText(Render(tt.v))
		if len(text) > maxText+100 || !strings.Contains(text, tt.want) {
			t.Errorf("%s: %d bytes, want %q among them: %.200s", tt.name, len(text), tt.want, text)
		}
		if strings.ContainsRune(text, '\uFFFD') {
			t.Errorf("%s: cut inside a character", tt.name)
		}
	}
}

func hundreds() map[int]int {
	m := map[int]int{}
	for i := range 500 {
		m[i] = i
	}
	return m
}

func TestRenderBreaksLongLines(t *testing.T) {
	v := map[string]any{
		"first":  point{1, 2},
		"second": []string{"a long text to fill the line with", "another long text to fill the line with"},
		"third":  make([]float64, 40),
	}
	want := `map[string]any{
	"first": dsl.point{X: 1, Y: 2},
	"second": []string{
		"a long text to fill the line with",
		"another long text to fill the line with",
	},
	"third": []float64{
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	},
}`
	if got := plainText(Render(v)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestRenderRows(t *testing.T) {
	got := plainText(Render([]train.Point{{Step: 1, Loss: 2.25, LR: 1e-3}, {Step: 2, Loss: math.NaN(), LR: 1e-3}}))
	want := `Step  Loss     LR  GradNorm
───────────────────────────
   1  2.25  0.001         0
   2   NaN  0.001         0
2 rows of []train.Point`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	got = plainText(Render([]train.EpochStat{{Epoch: 1, Step: 9, LR: 1e-3, Seconds: 0.25}}))
	want = `Epoch  Step  Train         Validation    Test             LR  Seconds
─────────────────────────────────────────────────────────────────────
    1     9  not measured  not measured  not measured  0.001     0.25
1 row of []train.EpochStat`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestRenderPictures(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 3, 2))
	img.Set(1, 1, color.White)
	d := stripes(t, 40)
	for _, tt := range []struct {
		v    any
		want string
	}{
		{img, "*image.Gray of 3×2"},
		{d, "stripes: 40 training and 40 test images of 4×4, 4 classes\n10×0  10×1  10×2  10×3"},
		{d.Train, "40 images of 4×4, 4 classes\n10×0  10×1  10×2  10×3"},
	} {
		b := Render(tt.v)
		if got := plainText(b); got != tt.want {
			t.Errorf("%T: %q, want %q", tt.v, got, tt.want)
		}
		if png, _ := b.Data[display.MIMEPNG].([]byte); !strings.HasPrefix(string(png), "\x89PNG") {
			t.Errorf("%T: no PNG", tt.v)
		}
	}
}

func TestRenderModel(t *testing.T) {
	m := Sequential(RMSNorm(), Linear(16, 8), ReLU(), BitLinear(8, 4))
	b := Render(m)
	want := `layer        shape   parameters  bits/weight   size
───────────────────────────────────────────────────
0 RMSNorm
1 Linear     16 → 8         136           32  544 B
2 ReLU       8 → 8
3 BitLinear  8 → 4           32         1.58   12 B
───────────────────────────────────────────────────
total                       168        26.21  556 B
672 B as float32`
	if got := plainText(b); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	html, _ := b.Data[display.MIMEHTML].(string)
	for _, cell := range []string{">3 BitLinear<", ">8 → 4<", ">26.21<"} {
		if !strings.Contains(html, cell) {
			t.Errorf("the HTML table has no %q", cell)
		}
	}
	if plainText(Render(BitLinear(8, 4))) == "" {
		t.Error("a layer alone is not shown")
	}
}

func TestSizesAndCounts(t *testing.T) {
	for n, want := range map[int]string{0: "0 B", 999: "999 B", 1000: "1.00 kB", 67_212: "67.2 kB", 1_075_200: "1.08 MB", 512_000_000: "512 MB", 3_000_000_000: "3.00 GB"} {
		if got := bytesSize(n); got != want {
			t.Errorf("bytesSize(%d) = %q, want %q", n, got, want)
		}
	}
	for loss, want := range map[float64]string{0.08312: "0.083", 12.5: "12.500", 3.6e19: "3.6e+19", math.NaN(): "NaN", math.Inf(1): "+Inf"} {
		if got := lossText(loss, 3); got != want {
			t.Errorf("lossText(%v) = %q, want %q", loss, got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000"} {
		if got := count(n); got != want {
			t.Errorf("count(%d) = %q, want %q", n, got, want)
		}
	}
	for d, want := range map[time.Duration]string{0: "0:00", 12400 * time.Millisecond: "0:12", 75 * time.Second: "1:15", time.Hour + 2*time.Minute + 3*time.Second: "1:02:03"} {
		if got := clock(d); got != want {
			t.Errorf("clock(%v) = %q, want %q", d, got, want)
		}
	}
}

// Every type of the vocabulary shows as something.
func TestEverythingShows(t *testing.T) {
	m := MLP(4, 4)
	for _, v := range []any{
		m, m.Layers[0], ReLU(), RMSNorm(), Flatten(), Linear(2, 2), AdamW(1), SGD(1), AdamW(1).For(m), Constant(), LinearDecay(), Epochs(1), Batch(1), Seed(1), Warmup(1),
		Cell{},
		new(Shown),
		Betas{0.9, 0.95},
		Decay(0.1), &train.Run{},
		train.EpochStat{},
		[]train.EpochStat{{Epoch: 1}},
		tensor.NewRNG(1), reflect.ValueOf(m),
	} {
		if text := plainText(Render(v)); text == "" || strings.Contains(text, "panicked") || strings.Contains(text, "0x") {
			t.Errorf("%T shows as %q", v, text)
		}
	}
}

// What changed on the way of a run is named in its chart, unless there is no room
// for the names.
func TestEventsInTheChart(t *testing.T) {
	run := &train.Run{Planned: 100}
	for step := range 100 {
		run.History = append(run.History, train.Point{Step: step + 1, Loss: 1 / float64(step+1), LR: 1e-3})
	}
	rules := func() (labels []string) {
		for _, l := range runChart(run, "").Layers {
			if r, ok := l.(display.Rule); ok {
				labels = append(labels, fmt.Sprintf("%g %s", r.At, r.Label))
			}
		}
		return labels
	}
	run.Events = []train.Event{{Step: 30, Text: "Bits(4)"}, {Step: 60, Text: "Ternary()"}}
	if got, want := rules(), []string{"30 Bits(4)", "60 Ternary()"}; !slices.Equal(got, want) {
		t.Errorf("rules %q, want %q", got, want)
	}
	for step := range maxEventLabels {
		run.Events = append(run.Events, train.Event{Step: 70 + step, Text: "more"})
	}
	if got := rules(); len(got) != 2+maxEventLabels || got[0] != "30 " {
		t.Errorf("rules %q", got)
	}
}
