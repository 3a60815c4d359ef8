package notebook_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	. "setun/kernel/notebook"
)

func command(t *testing.T) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{self, "kernel"}
}

// cells makes a notebook of code cells.
func cells(sources ...string) *Notebook {
	n := &Notebook{Metadata: map[string]any{}}
	for i, s := range sources {
		n.Cells = append(n.Cells, &Cell{Type: Code, ID: fmt.Sprint("c", i), Source: s, Metadata: map[string]any{}})
	}
	return n
}

// show writes the outputs of a notebook, a line each.
func show(n *Notebook) string {
	var b strings.Builder
	for i, c := range n.Cells {
		fmt.Fprintf(&b, "cell %d [%d]\n", i, c.Count)
		for _, o := range c.Outputs {
			switch o.Type {
			case Stream:
				fmt.Fprintf(&b, "  %s %q\n", o.Name, o.Text)
			case Failure:
				fmt.Fprintf(&b, "  error %s: %s\n", o.EName, o.EValue)
			default:
				fmt.Fprintf(&b, "  %s %v\n", o.Type, o.Data["text/plain"])
			}
		}
	}
	return b.String()
}

func TestOutputs(t *testing.T) {
	n := cells(
		"print a\\n\nprint b\\n\neprint c\\n\nprint d\\n\nresult 7",
		"",
		"show x one\nshow y two",
		"update x three\nshow x four",
		"update x five",
		"print gone\nclear\nprint kept",
		"print first\nclear-wait\nprint second",
		"print stays\nclear-wait",
	)
	n.Cells[1].Count = 9
	n.Cells[0].Outputs = []*Output{{Type: Stream, Name: "stdout", Text: "of an earlier run"}}
	if err := Run(t.Context(), n, Options{Command: command(t)}); err != nil {
		t.Fatal(err)
	}
	want := `cell 0 [1]
  stdout "a\nb\n"
  stderr "c\n"
  stdout "d\n"
  execute_result 7
cell 1 [0]
cell 2 [2]
  display_data five
  display_data two
cell 3 [3]
  display_data five
cell 4 [4]
cell 5 [5]
  stdout "kept"
cell 6 [6]
  stdout "second"
cell 7 [7]
  stdout "stays"
`
	if d := cmp.Diff(want, show(n)); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	info, _ := n.Metadata["language_info"].(map[string]any)
	if info["name"] != "go" {
		t.Errorf("language_info: %v", info)
	}
}

func TestStopsAtFailure(t *testing.T) {
	sources := []string{"print a", "// what fails\nfail boom", "print c"}
	n := cells(sources...)
	err := Run(t.Context(), n, Options{Command: command(t)})
	var ce *CellError
	if !errors.As(err, &ce) {
		t.Fatalf("error %v, want a *CellError", err)
	}
	want := &CellError{Cell: 2, ID: "c1", Source: "fail boom", Name: "Fake", Message: "boom"}
	if d := cmp.Diff(want, ce); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if n.Cells[2].Count != 0 || len(n.Cells[2].Outputs) != 0 {
		t.Error("a cell behind the failure has run")
	}
	if got := show(n); !strings.Contains(got, "error Fake: boom") {
		t.Errorf("the failure is not in the notebook:\n%s", got)
	}

	n = cells(sources...)
	if err := Run(t.Context(), n, Options{Command: command(t), AllowErrors: true}); err != nil {
		t.Errorf("AllowErrors: %v", err)
	}
	if n.Cells[2].Count != 3 {
		t.Error("AllowErrors did not go on")
	}

	n = cells(sources...)
	n.Cells[1].Metadata["tags"] = []any{"raises-exception"}
	if err := Run(t.Context(), n, Options{Command: command(t)}); err != nil {
		t.Errorf("raises-exception: %v", err)
	}
}

func TestKernelDies(t *testing.T) {
	n := cells("print before", "die last words")
	err := Run(t.Context(), n, Options{Command: command(t)})
	for _, want := range []string{"cell 2", "the kernel died", "exit status 3", "last words"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %q lacks %q", err, want)
		}
	}
	if got := show(n); !strings.Contains(got, `stdout "before"`) {
		t.Errorf("earlier output is lost:\n%s", got)
	}
}

func TestKernelDoesNotStart(t *testing.T) {
	t.Setenv("FAKE_KERNEL", "broken")
	err := Run(t.Context(), cells("print a"), Options{Command: command(t)})
	if err == nil || !strings.Contains(err.Error(), "no kernel today") {
		t.Errorf("error %v does not quote the kernel", err)
	}
	err = Run(t.Context(), cells("print a"), Options{Command: []string{filepath.Join(t.TempDir(), "none")}})
	if err == nil || !strings.Contains(err.Error(), "start the kernel") {
		t.Errorf("error %v for a command that is not there", err)
	}
}

// watch calls f once, when what is written to it holds text.
type watch struct {
	bytes.Buffer
	text string
	f    func()
}

func (w *watch) Write(p []byte) (int, error) {
	n, err := w.Buffer.Write(p)
	if w.f != nil && strings.Contains(w.String(), w.text) {
		w.f()
		w.f = nil
	}
	return n, err
}

func TestInterrupt(t *testing.T) {
	signals := make(chan os.Signal, 2)
	n := cells("print going\\n\nsleep", "print c")
	err := Run(t.Context(), n, Options{
		Command:   command(t),
		Interrupt: signals,
		Progress:  &Progress{W: &watch{text: "going", f: func() { signals <- os.Interrupt }}},
	})
	if !errors.Is(err, ErrInterrupted) {
		t.Errorf("error %v, want ErrInterrupted", err)
	}
	want := "cell 0 [1]\n  stdout \"going\\n\"\n  error Interrupted: the cell was interrupted\ncell 1 [0]\n"
	if d := cmp.Diff(want, show(n)); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// TestSecondInterrupt: a cell that does not heed the first signal is ended by
// the second, together with its kernel.
func TestSecondInterrupt(t *testing.T) {
	signals := make(chan os.Signal, 2)
	done := make(chan error, 1)
	go func() {
		done <- Run(t.Context(), cells("print going\\n\nstuck"), Options{
			Command:   command(t),
			Interrupt: signals,
			Progress: &Progress{W: &watch{text: "going", f: func() {
				signals <- os.Interrupt
				signals <- os.Interrupt
			}}},
		})
	}()
	select {
	case err := <-done:
		if !errors.Is(err, ErrInterrupted) {
			t.Errorf("error %v, want ErrInterrupted", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("the kernel was not killed")
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	err := Run(ctx, cells("print going\\n\nstuck"), Options{
		Command:  command(t),
		Progress: &Progress{W: &watch{text: "going", f: cancel}},
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

// TestJob: the whole way from file to file, also for a notebook that fails.
func TestJob(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "in", "demo.ipynb")
	n := cells("pwd", "fail <boom>")
	n.Cells = append([]*Cell{{Type: Markdown, ID: "title", Source: "# Demo"}}, n.Cells...)
	if err := n.WriteFile(in); err != nil {
		t.Fatal(err)
	}
	job := Job{Input: in, Output: filepath.Join(dir, "out") + "/", Options: Options{Command: command(t)}}
	err := job.Do(t.Context())
	if err == nil || !strings.Contains(err.Error(), "cell 2 (fail <boom>) failed: Fake: <boom>") {
		t.Errorf("error %v", err)
	}
	got, err := ReadFile(filepath.Join(dir, "out", "demo.ipynb"))
	if err != nil {
		t.Fatal(err)
	}
	// Relative paths in cells start at the notebook.
	where := got.Cells[1].Outputs[0].Text
	if a, b := stat(t, where), stat(t, filepath.Dir(in)); !os.SameFile(a, b) {
		t.Errorf("the kernel ran in %s", where)
	}
	page, err := os.ReadFile(filepath.Join(dir, "out", "demo.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<title>Demo</title>", "&lt;boom&gt;"} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func stat(t *testing.T, file string) os.FileInfo {
	t.Helper()
	fi, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return fi
}
