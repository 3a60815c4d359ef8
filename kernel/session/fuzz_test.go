package session

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// seedSessions adds the cells of every session, strung together, to the corpus.
func seedSessions(f *testing.F) {
	for _, name := range sessionFiles(f, false) {
		a, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			if file.Name == "cell" {
				f.Add(string(file.Data))
			}
		}
	}
}

// FuzzCheck checks and compiles any text as a cell, without running it. Nothing
// may panic, and what the checker lets through must compile.
func FuzzCheck(f *testing.F) {
	seedSessions(f)
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2000 {
			t.Skip("long")
		}
		s := newSession(t)
		_, failure := s.prepare(newSource(1, text))
		mustNotBeOurs(t, text, failure)
	})
}

// Texts that match are not run: they name a package that reaches beyond the process
// or beyond the rules of Go, or a magic, or could allot much memory at once.
var (
	harmful = regexp.MustCompile(`\b(os|exec|syscall|unsafe|net|http|runtime|debug|reflect|ioutil|plugin|user|signal|pprof|trace|httptest|rpc|smtp|asm|tensor|filepath|embed|template|image|testing|flag|log|slog|import)\b|(?m)^\s*[%!]`)
	allots  = regexp.MustCompile(`\d{6}|[0-9a-fA-F_]{7}|<<|\d[eEpP]|Repeat|Grow|Max`)
)

// FuzzRun runs any text as two cells, the second time against what the first has
// declared, and stops it after a moment.
func FuzzRun(f *testing.F) {
	if testing.Short() {
		f.Skip("a cell without those around it may race: what it waits for is not there")
	}
	seedSessions(f)
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2000 || harmful.MatchString(text) || allots.MatchString(text) {
			t.Skip("not to be run")
		}
		s := newSession(t)
		for number := range 2 {
			ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
			_, err := s.Execute(ctx, Cell{Number: number + 1, Code: text, Output: newRecord()})
			cancel()
			var failure *Error
			if errors.As(err, &failure) {
				mustNotBeOurs(t, text, failure)
			}
		}
	})
}

// mustNotBeOurs fails if an error is not the cell's fault but the engine's.
func mustNotBeOurs(t *testing.T, text string, e *Error) {
	if e != nil && (strings.Contains(e.Message, "by a fault of") || strings.Contains(e.Message, "cannot run")) {
		t.Fatalf("%s\n%s", text, e.Message)
	}
}
