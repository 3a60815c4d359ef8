package notebook

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

func shown(s string) *Output {
	return &Output{Type: Display, Data: map[string]any{"text/plain": s}}
}

// play shows one cell of everything.
func play(p *Progress) {
	p.begin(1, 2, "quiet := 1")
	p.end(time.Millisecond, false)
	p.begin(2, 2, "run := Fit(…)")
	p.output(&Output{Type: Stream}, "10 %\r20 %\rhello\npart")
	p.output(&Output{Type: Stream}, "ial\n")
	p.output(shown("epoch 1 of 5, a long line\nmore"), "")
	p.output(shown("epoch 2 of 5"), "")
	p.output(shown("epoch 5 of 5"), "")
	p.output(&Output{Type: Result, Data: map[string]any{"text/plain": "0.98"}}, "")
	p.output(&Output{Type: Failure, Traceback: []string{"\x1b[31mPanic\x1b[0m: x", "  at cell 2"}}, "")
	p.end(90*time.Second, true)
}

func TestProgressLog(t *testing.T) {
	var b strings.Builder
	play(&Progress{W: &b})
	want := `[1/2] quiet := 1                                                      1 ms
[2/2] run := Fit(…)
      hello
      partial
      epoch 1 of 5, a long line
      epoch 5 of 5
      0.98
      Panic: x
        at cell 2
      failed after 1m30s
`
	if got := b.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestLongValue: a value is shown with its first lines.
func TestLongValue(t *testing.T) {
	var b strings.Builder
	p := &Progress{W: &b}
	p.begin(1, 1, "x")
	p.output(&Output{Type: Result, Data: map[string]any{"text/plain": strings.Repeat("row\n", 20)}}, "")
	if got := b.String(); strings.Count(got, "row") != maxResult || !strings.HasSuffix(got, "      … 4 more lines\n") {
		t.Errorf("got\n%s", got)
	}
}

// TestProgressTerminal checks what stays on the screen: live lines that were
// erased do not.
func TestProgressTerminal(t *testing.T) {
	var b strings.Builder
	play(&Progress{W: &b, TTY: true, Width: 24})
	erased := regexp.MustCompile(`(?m)^.*\r\x1b\[K`)
	got := stripANSI(erased.ReplaceAllString(b.String(), ""))
	want := `[1/2] quiet := 1                                                      1 ms
[2/2] run := Fit(…)
      hello
      partial
      epoch 5 of 5
      0.98
      Panic: x
        at cell 2
      failed after 1m30s
`
	if got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	if !strings.Contains(b.String(), "      epoch 1 of 5, a …\r") {
		t.Errorf("the live line is not cut to the terminal's width:\n%q", b.String())
	}
}
