package session

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"
)

// %reset stops what earlier cells have started, and nothing of theirs is known
// any more.
func TestReset(t *testing.T) {
	s := newSession(t)
	rec := newRecord()
	code := `go func() { for { fmt.Print("."); time.Sleep(time.Millisecond) } }()
time.Sleep(20 * time.Millisecond)
kept := 1`
	if _, err := s.Execute(context.Background(), Cell{1, code, rec}); err != nil {
		t.Fatal(err)
	}
	printed := func() int {
		rec.mu.Lock()
		defer rec.mu.Unlock()
		return rec.streams["stdout"].Len()
	}
	if printed() == 0 {
		t.Error("the goroutine has not run")
	}
	value(t, s, "%reset")
	time.Sleep(20 * time.Millisecond) // it may be between two steps
	before := printed()
	time.Sleep(50 * time.Millisecond)
	if after := printed(); after != before {
		t.Errorf("the goroutine goes on after %%reset: %d bytes, then %d", before, after)
	}
	if e := failureOf(t, s, "kept"); !strings.Contains(e.Message, "undefined: kept") {
		t.Errorf("kept gives %s", e.Message)
	}
	if got := value(t, s, "kept := 2; kept"); got != "2" {
		t.Errorf("kept is %s", got)
	}
}

func TestCd(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "data/numbers.txt", []byte("1 2 3"))
	s := newSession(t)
	value(t, s, "%cd data")
	if got := value(t, s, `b, _ := os.ReadFile("numbers.txt"); string(b)`); got != `"1 2 3"` {
		t.Errorf("the file is %s", got)
	}
	wd, err := os.Getwd()
	if got := value(t, s, "%cd"); err != nil || got != wd {
		t.Errorf("the folder is %s, want %s", got, wd)
	}
}

func TestIsCompleteMagic(t *testing.T) {
	s := newSession(t)
	value(t, s, "ok := true")
	for code, want := range map[string]string{
		"%who":            "complete",
		"!ls":             "complete",
		"!ok":             "complete",
		"%time":           "incomplete",
		"%time x := 1":    "complete",
		"%time\nfor {":    "incomplete",
		"%time\nx := 1\n": "complete",
	} {
		if got := s.IsComplete(code).Status; got != want {
			t.Errorf("%q is %s, want %s", code, got, want)
		}
	}
}

// What %who shows of a value is one line: its short name, or all that fits.
func TestWhoOneLine(t *testing.T) {
	s := newSession(t)
	value(t, s, "model := MLP(4, 3, 2)\nlines := errors.New(\"first\\nsecond\")")
	for line := range strings.Lines(value(t, s, "%who")) {
		name, _, _ := strings.Cut(line, " ")
		if ok := map[string]string{"lines": "first second", "model": "Sequential(BitLinear(4, 3), ReLU(), BitLinear(3…"}[name]; !strings.HasSuffix(strings.TrimSpace(line), ok) {
			t.Errorf("%%who shows %q, want %q at the end", line, ok)
		}
	}
}
