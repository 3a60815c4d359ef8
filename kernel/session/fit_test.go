package session

import (
	"context"
	"encoding/json"
	"testing"

	"setun/runtime/qat/checkpoint"
)

// fitCells are a run from cells: a hook of one's own, which is interpreted and
// remembers something; a stop and Continue, which gets the running cell; and
// checkpoints.
var fitCells = []struct{ code, stdout string }{
	{`
func stripes(n int) *data.Dataset {
	pixels, labels := make([]uint8, 16*n), make([]uint8, n)
	for i := range labels {
		labels[i] = uint8(i % 4)
		for p := range 16 {
			pixels[16*i+p] = uint8((7*i + 5*p) % 90)
			if p%4 == i%4 {
				pixels[16*i+p] += 100
			}
		}
	}
	split, err := data.NewSplit(4, 4, pixels, labels)
	if err != nil {
		panic(err)
	}
	return &data.Dataset{Name: "stripes", Train: split, Test: split}
}
d := stripes(64)
`, ""},
	{`
type Printer struct {
	train.NoHook
	steps int
}
func (p *Printer) Name() string { return "Printer" }
func (p *Printer) Start(l *train.Loop) error {
	fmt.Println("start at", l.Run.Steps, "of", l.Steps)
	return nil
}
func (p *Printer) AfterStep(l *train.Loop) error {
	p.steps++
	if l.Step == 6 && p.steps == 6 {
		l.Stop("six are enough for now")
	}
	return nil
}
func (p *Printer) State() ([]byte, error) { return []byte{byte(p.steps)}, nil }
func (p *Printer) SetState(b []byte) error {
	p.steps = int(b[0])
	fmt.Println("as after", p.steps)
	return nil
}
whole := Fit(MLP(16, 8, 4), d, Epochs(4), Batch(16), Cosine())
run := Fit(MLP(16, 8, 4), d, Epochs(4), Batch(16), Cosine(), Hooks(&Printer{}))
fmt.Println(run.Steps, run.Stopped)
`, "start at 0 of 16\n6 six are enough for now\n"},
	{`
run.Continue()
fmt.Println(run.Steps, run.History[15] == whole.History[15])
run.Continue(Epochs(1))
fmt.Println(run.Steps, run.StepsPerEpoch)
`, "start at 6 of 16\n16 true\nstart at 16 of 20\n20 4\n"},
	{`
dir, _ := os.MkdirTemp("", "runs")
defer os.RemoveAll(dir)
fit := func(p *Printer) *Run {
	return Fit(MLP(16, 8, 4), d, Epochs(4), Batch(16), Cosine(), Hooks(p), Checkpoints(dir, Every(2)), Resume(dir))
}
fit(&Printer{})
again := fit(&Printer{})
fmt.Println(filepath.Base(again.Resumed), again.Steps, again.Stopped)
again.Continue()
fmt.Println(again.History[15] == whole.History[15])
`, `start at 0 of 16
as after 6
start at 6 of 16
step-00000006.safetensors 6 six are enough for now
start at 6 of 16
true
`},
}

func TestFitFromCells(t *testing.T) {
	s := newSession(t)
	for i, c := range fitCells {
		rec := newRecord()
		if _, err := s.Execute(context.Background(), Cell{Number: i + 1, Code: c.code, Output: rec}); err != nil {
			t.Fatalf("cell %d: %v", i+1, err)
		}
		got := ""
		if out := rec.streams["stdout"]; out != nil {
			got = out.String()
		}
		if got != c.stdout {
			t.Errorf("cell %d printed\n%swant\n%s", i+1, got, c.stdout)
		}
	}
}

// A checkpoint has the hash of the cells that had run, each once: the same in every
// session that ran them, another after other cells.
func TestCheckpointsNameTheCells(t *testing.T) {
	code := func(cells ...string) string {
		s, folder := newSession(t), t.TempDir()
		cells = append([]string{fitCells[0].code}, cells...)
		cells = append(cells, `Fit(MLP(16, 4), d, Steps(1), Checkpoints(os.Getenv("CHECKPOINTS")))`)
		t.Setenv("CHECKPOINTS", folder)
		for _, cell := range cells {
			value(t, s, cell)
		}
		files, err := checkpoint.Folder(folder).List()
		if err != nil || len(files) != 1 {
			t.Fatalf("%v, %v", files, err)
		}
		text, err := checkpoint.Describe(files[0])
		if err != nil {
			t.Fatal(err)
		}
		var r struct{ Code, Program string }
		if err := json.Unmarshal(text, &r); err != nil {
			t.Fatal(err)
		}
		if len(r.Code) != 64 || r.Code == r.Program {
			t.Errorf("code %q, program %q", r.Code, r.Program)
		}
		return r.Code
	}
	one := code("x := 1")
	if again := code("x := 1", "x := 1"); again != one {
		t.Error("running a cell twice makes other code")
	}
	if other := code("x := 2"); other == one {
		t.Error("another cell makes no other code")
	}
	if forgotten := code("y := 3", "%reset", fitCells[0].code, "x := 1"); forgotten != one {
		t.Error("what is forgotten is part of the code")
	}
}
