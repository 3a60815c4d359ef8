package train

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"setun/runtime/qat/checkpoint"
	"setun/runtime/qat/data"
	"setun/runtime/qat/data/datatest"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
)

// resumable is stateful with checkpoints in dir.
func resumable(t testing.TB, dir string) (nn.Module, *data.Dataset, Config) {
	m, d, c := stateful(t)
	c.Resume = dir
	c.Hooks = append(c.Hooks, &Checkpoints{Folder: dir, Every: 3, KeepLast: 3})
	return m, d, c
}

func TestResumedRunIsTheSame(t *testing.T) {
	m, d, c := stateful(t)
	want, err := Fit(t.Context(), m, d, c)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{1, 3, 5, 7, 27} {
		dir := filepath.Join(t.TempDir(), "runs", "a")
		m, d, c := resumable(t, dir)
		if _, err := Fit(until(t, &c, at), m, d, c); err == nil {
			t.Fatal("not interrupted")
		}
		m, d, c = resumable(t, dir)
		m.(*nn.Sequential).Init(99) // whatever its weights are
		run, err := Fit(t.Context(), m, d, c)
		if err != nil {
			t.Fatal(err)
		}
		sameRun(t, run, want)
		if run.Resumed != filepath.Join(dir, fmt.Sprintf("step-%08d.safetensors", at)) || len(run.Notes) != 0 {
			t.Errorf("resumed from %q, notes %q", run.Resumed, run.Notes)
		}
	}
}

// A run that has come to its end can be resumed too: there is nothing left but to
// continue.
func TestResumeOfADoneRun(t *testing.T) {
	dir := t.TempDir()
	m, d, c := resumable(t, dir)
	want, err := Fit(t.Context(), m, d, c)
	if err != nil {
		t.Fatal(err)
	}
	m, d, c = resumable(t, dir)
	run, err := Fit(t.Context(), m, d, c)
	if err != nil {
		t.Fatal(err)
	}
	sameRun(t, run, want)
	for _, r := range []*Run{run, want} {
		r.Config.Observe = nil
		if err := r.Continue(t.Context(), 4); err != nil {
			t.Fatal(err)
		}
	}
	sameRun(t, run, want)
}

// files are the checkpoints in dir.
func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "config.json" {
			names = append(names, e.Name())
		}
	}
	return names
}

func TestKeepsTheLastAndTheBest(t *testing.T) {
	dir := t.TempDir()
	m, d, c := stateful(t)
	keep := &Checkpoints{Folder: dir, KeepLast: 1, KeepBest: 2}
	c.Hooks = append(c.Hooks, keep)
	run, err := Fit(t.Context(), m, d, c)
	if err != nil {
		t.Fatal(err)
	}
	byLoss := slices.Clone(run.Epochs)
	slices.SortStableFunc(byLoss, func(a, b EpochStat) int {
		if a.Validation.Loss < b.Validation.Loss {
			return -1
		}
		return 1
	})
	want := []string{filepath.Base(keep.folder.Path(28))}
	for _, e := range byLoss[:2] {
		want = append(want, filepath.Base(keep.folder.Path(e.Step)))
	}
	slices.Sort(want)
	if got := files(t, dir); !slices.Equal(got, slices.Compact(want)) {
		t.Errorf("kept %v, want %v", got, want)
	}
}

func TestResumeRefusesAnotherRun(t *testing.T) {
	dir := t.TempDir()
	m, d, c := resumable(t, dir)
	if _, err := Fit(until(t, &c, 7), m, d, c); err == nil {
		t.Fatal("not interrupted")
	}
	other := dataset(t)
	other.Train = datatest.Quadrants(t, 250, 77)
	cases := []struct {
		name   string
		change func(m *nn.Module, d **data.Dataset, c *Config)
		want   []string
	}{
		{"settings", func(_ *nn.Module, _ **data.Dataset, c *Config) {
			c.Epochs, c.Batch, c.Seed, c.Optimizer = 5, 8, 3, optim.NewSGD(0.1)
		}, []string{"epochs was 4, and is now 5", "batch was 16, and is now 8", "seed was 9", "optimizer was AdamW(0.01), and is now SGD(0.1)"}},
		{"model", func(m *nn.Module, _ **data.Dataset, _ *Config) { *m = nn.MLP(16, 4) }, []string{"the model was Sequential("}},
		{"data", func(_ *nn.Module, d **data.Dataset, _ *Config) { *d = other }, []string{`others than those of "quadrants"`}},
		{"hooks", func(_ *nn.Module, _ **data.Dataset, c *Config) { c.Hooks = []Hook{&renamed{}} }, []string{"it had no renamed", "it had counting"}},
		{"schedule", func(_ *nn.Module, _ **data.Dataset, c *Config) { c.Schedule = optim.Linear }, []string{"the learning rate of step 7 was"}},
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			m, d, c := resumable(t, dir)
			tt.change(&m, &d, &c)
			run, err := Fit(t.Context(), m, d, c)
			if run != nil || err == nil {
				t.Fatalf("resumed: %v", err)
			}
			for _, want := range append(tt.want, "step-00000007.safetensors", "not the run that was saved") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want %q in it", err, want)
				}
			}
		})
	}
}

type renamed struct{ counting }

func (*renamed) Name() string { return "renamed" }

func TestDamagedCheckpointIsRefusedAndTheOneBeforeOffered(t *testing.T) {
	dir := t.TempDir()
	m, d, c := resumable(t, dir)
	want, err := Fit(t.Context(), m, d, c)
	if err != nil {
		t.Fatal(err)
	}
	all := files(t, dir)
	newest, before := filepath.Join(dir, all[len(all)-1]), filepath.Join(dir, all[len(all)-2])
	if err := os.Truncate(newest, 2000); err != nil {
		t.Fatal(err)
	}
	m, d, c = resumable(t, dir)
	_, err = Fit(t.Context(), m, d, c)
	offer, ok := errors.AsType[*checkpoint.NotNewest](err)
	if !ok || offer.Good != before {
		t.Fatalf("got %v", err)
	}
	m, d, c = resumable(t, dir)
	c.Resume = offer.Good
	run, err := Fit(t.Context(), m, d, c)
	if err != nil {
		t.Fatal(err)
	}
	sameRun(t, run, want)
	if _, err := checkpoint.Read(newest); err != nil {
		t.Errorf("the damaged file was not replaced: %v", err)
	}
}

func TestAnotherRunsFolderIsNotOverwritten(t *testing.T) {
	dir := t.TempDir()
	m, d, c := resumable(t, dir)
	if _, err := Fit(t.Context(), m, d, c); err != nil {
		t.Fatal(err)
	}
	before := files(t, dir)
	m, d, c = resumable(t, dir)
	c.Resume = ""
	if _, err := Fit(t.Context(), m, d, c); err == nil || !strings.Contains(err.Error(), "has checkpoints of a run already") {
		t.Errorf("got %v", err)
	}
	if after := files(t, dir); !slices.Equal(after, before) {
		t.Errorf("left %v of %v", after, before)
	}
}

// A disk that is full ends no run; the person is told.
func TestFailedWriteIsANote(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "runs")
	m, d, c := stateful(t)
	c.Hooks = append(c.Hooks, &Checkpoints{Folder: dir, Every: 3}, &vandal{dir: dir})
	run, err := Fit(t.Context(), m, d, c)
	if err != nil || run.Steps != 28 {
		t.Fatalf("%v after %d steps", err, run.Steps)
	}
	if !slices.ContainsFunc(run.Notes, func(note string) bool { return strings.Contains(note, dir) }) {
		t.Errorf("no note names %s: %q", dir, run.Notes)
	}
}

// vandal puts a file in the place of the folder after the first step. The folder is
// moved, at once and with all that is in it: to remove it could meet what is being
// written there.
type vandal struct {
	NoHook
	dir string
}

func (*vandal) Name() string { return "vandal" }

func (v *vandal) AfterStep(l *Loop) error {
	if l.Step != 1 {
		return nil
	}
	if err := os.Rename(v.dir, v.dir+".gone"); err != nil {
		return err
	}
	return os.WriteFile(v.dir, nil, 0o600)
}

// killedEnv is the folder of the run that TestKilledRunIsTheSame's children train.
const killedEnv = "SETUN_TEST_KILLED"

// longer is stateful for longer than a child lives.
func longer(t testing.TB) (nn.Module, *data.Dataset, Config) {
	m, d, c := stateful(t)
	c.Epochs, c.MeasureEvery = 300, 100
	return m, d, c
}

// TestKilledChild is not a test of its own: it trains until it is killed.
func TestKilledChild(t *testing.T) {
	dir := os.Getenv(killedEnv)
	if dir == "" {
		t.Skip("only for TestKilledRunIsTheSame")
	}
	m, d, c := longer(t)
	c.Resume = dir
	c.Hooks = append(c.Hooks, &Checkpoints{Folder: dir, Every: 5, KeepBest: 1})
	if _, err := Fit(t.Context(), m, d, c); err != nil {
		t.Fatal(err)
	}
}

// A run that is killed at random moments, as by kill -9 or a power cut, and
// started again ends with the same bits as one that ran through.
func TestKilledRunIsTheSame(t *testing.T) {
	kills := 50
	if testing.Short() || raceEnabled {
		kills = 6
	}
	m, d, c := longer(t)
	want, err := Fit(t.Context(), m, d, c)
	if err != nil {
		t.Fatal(err)
	}
	dir, runs := t.TempDir(), 0
	for killed := 0; ; {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilledChild$")
		cmd.Env = append(os.Environ(), killedEnv+"="+dir)
		var out strings.Builder
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var kill *time.Timer
		if killed < kills {
			kill = time.AfterFunc(time.Duration(10+rand.IntN(120))*time.Millisecond, func() { cmd.Process.Kill() })
		}
		err := cmd.Wait()
		if kill != nil {
			kill.Stop()
		}
		if err != nil && !strings.Contains(err.Error(), "killed") {
			t.Fatalf("after %d kills: %v\n%s", killed, err, out.String())
		}
		if err != nil {
			killed++
			continue
		}
		// It came to its end.
		m, d, c := longer(t)
		c.Resume = dir
		run, err := Fit(t.Context(), m, d, c)
		if err != nil {
			t.Fatal(err)
		}
		sameRun(t, run, want)
		runs++
		if killed == kills {
			break
		}
		dir = t.TempDir()
	}
	t.Logf("%d runs, killed %d times", runs, kills)
}

// Whatever a description says, a run begins from it, or is left as it was.
func FuzzRestoreRun(f *testing.F) {
	m, d, c := stateful(f)
	c, err := c.filled(m, d)
	if err != nil {
		f.Fatal(err)
	}
	saved := newLoop(m, d, c)
	var file checkpoint.File
	if err := saved.capture(&file); err != nil {
		f.Fatal(err)
	}
	f.Add(string(file.Description))
	f.Add(strings.Replace(string(file.Description), `"halvings":0`, `"halvings":-3`, 1))
	f.Add(strings.Replace(string(file.Description), `"plans":[28]`, `"plans":[-1,0]`, 1))
	f.Fuzz(func(t *testing.T, description string) {
		l := newLoop(m, d, c)
		damaged := checkpoint.File{Description: []byte(description), Sections: file.Sections}
		if err := l.restoreRun(&damaged); err != nil && (l.Run.Steps != 0 || len(l.Run.History) != 0) {
			t.Errorf("refused with %v, and yet %d steps", err, l.Run.Steps)
		}
		if steps := l.Run.Steps; steps < 0 || steps > l.Run.Planned || l.part < 1 {
			t.Errorf("%d of %d steps, %d samples at once", steps, l.Run.Planned, l.part)
		}
	})
}

// A checkpoint knows what code made it: a run that goes on with other code says so.
func TestCheckpointsNameTheirCode(t *testing.T) {
	folder := t.TempDir()
	fit := func(code string) []string {
		m, d := nn.MLP(16, 4), dataset(t)
		run, err := Fit(t.Context(), m, d, Config{Steps: 4, Batch: 16, Code: code, Hooks: []Hook{&Checkpoints{Folder: folder}}, Resume: folder})
		if err != nil {
			t.Fatal(err)
		}
		return run.Notes
	}
	if notes := append(fit("a"), fit("a")...); len(notes) > 0 {
		t.Errorf("with the same code: %q", notes)
	}
	if notes := fit("b"); len(notes) != 1 || !strings.Contains(notes[0], "other cells") {
		t.Errorf("with other code: %q", notes)
	}
}
