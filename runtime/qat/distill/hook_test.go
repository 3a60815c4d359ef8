package distill

import (
	"math"
	"slices"
	"strings"
	"testing"

	"setun/runtime/qat/data"
	"setun/runtime/qat/data/datatest"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/qat/train"
	"setun/runtime/tensor"
)

func float(hidden int) *nn.Sequential {
	return nn.NewSequential(nn.NewLinear(16, hidden), nn.ReLU{}, nn.NewLinear(hidden, 4))
}

// With α = 1 the labels count for nothing: a student that begins as its teacher
// stays it, while one that hears the labels too moves away.
func TestTeacherIsAllThatCounts(t *testing.T) {
	d := &data.Dataset{Name: "quadrants", Train: datatest.Quadrants(t, 200, 1)}
	for _, c := range []struct {
		alpha float64
		stays bool
	}{{1, true}, {0.7, false}} {
		teacher, student := float(8).Init(3), float(8).Init(3)
		hook := &Hook{Teacher: teacher, Alpha: c.alpha, Temperature: 4}
		if _, err := train.Fit(t.Context(), student, d, train.Config{Steps: 20, Optimizer: optim.NewSGD(0.1), Hooks: []train.Hook{hook}}); err != nil {
			t.Fatal(err)
		}
		far := 0.0
		for i, p := range student.Params() {
			for j, w := range p.Data() {
				far = max(far, math.Abs(float64(w-teacher.Params()[i].Data()[j])))
			}
		}
		if (far < 1e-5) != c.stays {
			t.Errorf("α = %g: the student's weights are up to %g from the teacher's", c.alpha, far)
		}
	}
}

// The loss is Hinton's: at T and α as its parts say.
func TestLossOfLogits(t *testing.T) {
	teacher, student := float(8).Init(3), float(8).Init(4)
	x := tensor.Full(0.5, 3, 16)
	x.Data()[5], x.Data()[20] = 2, -1
	y := tensor.Labels{0, 1, 2}
	l := &train.Loop{Model: student, X: x, Y: y, Logits: student.Forward(x), Step: 6, Steps: 11}
	h := &Hook{Teacher: teacher, Alpha: 0.7, Temperature: 4, Final: 1}
	if err := h.Start(l); err != nil {
		t.Fatal(err)
	}
	got := h.Loss(l, tensor.CrossEntropy(l.Logits, y)).Item()

	// By hand, in float64: half of the way from 4 to 1.
	const T = 2.5
	soft := func(z []float32, T float64) []float64 {
		p, sum := make([]float64, len(z)), 0.0
		for i, v := range z {
			p[i] = math.Exp(float64(v) / T)
			sum += p[i]
		}
		for i := range p {
			p[i] /= sum
		}
		return p
	}
	want, zs, zt := 0.0, l.Logits.Data(), teacher.Forward(x).Data()
	for b := range 3 {
		s, p := zs[b*4:(b+1)*4], soft(zt[b*4:(b+1)*4], T)
		for i, q := range soft(s, T) {
			want += 0.7 * T * T * p[i] * math.Log(p[i]/q) / 3
		}
		want -= 0.3 * math.Log(soft(s, 1)[y[b]]) / 3
	}
	if math.Abs(float64(got)-want) > 1e-5 {
		t.Errorf("loss %g, want %g", got, want)
	}
}

func TestTemperatureMoves(t *testing.T) {
	h := Hook{Temperature: 4, Final: 1}
	if a, b, c := h.temperature(1, 31), h.temperature(16, 31), h.temperature(31, 31); a != 4 || b != 2.5 || c != 1 {
		t.Errorf("temperatures %g, %g, %g; want 4, 2.5, 1", a, b, c)
	}
	if h.Final = 0; h.temperature(31, 31) != 4 {
		t.Error("without an end the temperature moves")
	}
}

// A student whose hidden layer is to give what the teacher's gives comes closer to
// it; nobody watches either afterwards.
func TestFeatures(t *testing.T) {
	d := &data.Dataset{Name: "quadrants", Train: datatest.Quadrants(t, 200, 1)}
	teacher, x := float(8).Init(3), tensor.Full(0.3, 1, 16)
	distance := func(student *nn.Sequential) float64 {
		sum, a, b := 0.0, student.Layers[0].Forward(x).Data(), teacher.Layers[0].Forward(x).Data()
		for i := range a {
			sum += math.Abs(float64(a[i] - b[i]))
		}
		return sum
	}
	var after []float64
	for _, features := range [][]Feature{nil, {{Student: "0", Weight: 10}}} {
		student := float(8).Init(4)
		hook := &Hook{Teacher: teacher, Features: features}
		if _, err := train.Fit(t.Context(), student, d, train.Config{Steps: 60, Optimizer: optim.NewAdamW(1e-2), Hooks: []train.Hook{hook}}); err != nil {
			t.Fatal(err)
		}
		after = append(after, distance(student))
		seen := 0
		stop := nn.Watch(student, func(string, *tensor.Tensor) { seen++ })
		student.Forward(x)
		stop()
		if seen != 3 {
			t.Errorf("after the run a watch sees %d results, want 3", seen)
		}
	}
	if after[1] > after[0]/4 {
		t.Errorf("the hidden layer is %g from the teacher's, %g without a word about it", after[1], after[0])
	}
}

func lm(width, heads int, seed uint64) *nn.BitNetLM {
	return nn.NewBitNetLM(nn.Transformer{Vocab: 7, Context: 6, Width: width, Layers: 1, Heads: heads, Float: true}).Init(seed)
}

// Relations of the same block are the same, and those of another are not; teacher
// and student may have different widths.
func TestRelations(t *testing.T) {
	x := tensor.From([]float32{1, 4, 2, 0, 6, 5, 3, 3, 1, 2, 0, 6}, 2, 6)
	y := tensor.Labels{0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4}
	student := lm(16, 2, 1)
	lossOf := func(teacher nn.Module) float32 {
		h := &Hook{Teacher: teacher, Relations: []Relation{{Student: "blocks.0", Heads: 2, Weight: 3}}}
		l := &train.Loop{Model: student, X: x, Y: y, Step: 1, Steps: 1}
		if err := h.Start(l); err != nil {
			t.Fatal(err)
		}
		l.Logits = student.Forward(x)
		loss := h.Loss(l, tensor.New(1))
		if err := h.Finish(l); err != nil {
			t.Fatal(err)
		}
		if loss.Item() > 0 {
			loss.Backward()
		}
		return loss.Item()
	}
	if same := lossOf(lm(16, 2, 1)); math.Abs(float64(same)) > 1e-6 {
		t.Errorf("relations of a twin differ by %g", same)
	}
	if other := lossOf(lm(32, 4, 2)); other < 1e-3 {
		t.Errorf("relations of another model differ by %g only", other)
	}
}

// The gradient of a relation is its slope, by differences.
func TestRelationGradient(t *testing.T) {
	rng := tensor.NewRNG(3)
	random := func() []float32 {
		v := make([]float32, 2*3*10)
		for i := range v {
			v[i] = rng.Normal()
		}
		return v
	}
	// Queries and the like of 4 numbers in 2 heads, in rows of 10.
	y, at := tensor.From(random(), 2, 3, 10), random()
	f := func(v []float32) *tensor.Tensor {
		x := tensor.Param("x", 2, 3, 10)
		copy(x.Data(), v)
		loss := relate(x, columns{2, 4}, y, columns{5, 4}, 2)
		if loss.Backward(); !slices.Equal(x.Data(), v) {
			t.Fatal("the result was changed")
		}
		at = x.Grad()
		return loss
	}
	v := slices.Clone(at)
	f(v)
	grad := slices.Clone(at)
	for i := range v {
		const h = 1e-2
		was := v[i]
		v[i] = was + h
		up := f(v).Item()
		v[i] = was - h
		down := f(v).Item()
		v[i] = was
		if want := (up - down) / (2 * h); math.Abs(float64(grad[i]-want)) > 2e-4 {
			t.Errorf("slope %d: %g, by differences %g", i, grad[i], want)
		}
	}
}

func TestMistakes(t *testing.T) {
	d := &data.Dataset{Name: "quadrants", Train: datatest.Quadrants(t, 50, 1)}
	student := float(8)
	for want, h := range map[string]*Hook{
		"there is no teacher":                        {},
		"the teacher is the student":                 {Teacher: student},
		"α is 2":                                     {Teacher: float(4), Alpha: 2, Temperature: 1},
		"temperatures are 0 and 0":                   {Teacher: float(4), Alpha: 0.5},
		`the student has no layer "9"; it has 0, 1`:  {Teacher: float(4), Features: []Feature{{Student: "9", Weight: 1}}},
		"0 has the weight 0":                         {Teacher: float(4), Features: []Feature{{Student: "0"}}},
		"blocks.0 is no block":                       {Teacher: float(4), Relations: []Relation{{Student: "blocks.0", Weight: 1}}},
		"layer 0 of the teacher gives another shape": {Teacher: float(4), Features: []Feature{{Student: "0", Weight: 1}}},
		"the teacher's output has another shape":     {Teacher: nn.NewSequential(nn.NewLinear(16, 3)), Alpha: 1, Temperature: 1},
	} {
		_, err := train.Fit(t.Context(), student, d, train.Config{Steps: 1, Hooks: []train.Hook{h}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}
