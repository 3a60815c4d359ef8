package session

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/txtar"

	"setun/display"
)

var update = flag.Bool("update", false, "rewrite the expected outputs in testdata")

// record is an Output that remembers.
type record struct {
	mu       sync.Mutex
	streams  map[string]*strings.Builder
	displays []display.Bundle
	input    []string
}

func newRecord() *record {
	return &record{streams: map[string]*strings.Builder{"stdout": {}, "stderr": {}}}
}

func (r *record) Stream(name, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.streams[name].WriteString(text)
}

func (r *record) Display(b display.Bundle, _ string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.displays = append(r.displays, b)
}
func (r *record) Update(display.Bundle, string) {}
func (r *record) Clear(bool)                    {}

func (r *record) Input(string, bool) (string, error) {
	if len(r.input) == 0 {
		return "", errors.New("nobody is there to ask")
	}
	line := r.input[0]
	r.input = r.input[1:]
	return line, nil
}

func newSession(t testing.TB) *Session {
	t.Helper()
	return sessionOn(t, os.Getenv("SETUN_ENGINE"))
}

// sessionOn is a session on an engine. With the test its files are closed: then
// nothing keeps it, but for goroutines that its cells left behind.
func sessionOn(t testing.TB, engine string) *Session {
	t.Helper()
	s, err := New(Config{Engine: engine})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.files.stdout.w.Close()
		s.files.stderr.w.Close()
	})
	return s
}

var ansi = regexp.MustCompile("\x1b\\[[0-9;]*m")

// outcome runs a cell and returns its outputs as sections of a session file.
func outcome(s *Session, number int, code string) []txtar.File {
	rec := newRecord()
	result, err := s.Execute(context.Background(), Cell{Number: number, Code: code, Output: rec})
	var out []txtar.File
	add := func(name, text string) { out = appendSection(out, name, text) }
	rec.mu.Lock()
	defer rec.mu.Unlock()
	add("stdout", rec.streams["stdout"].String())
	add("stderr", rec.streams["stderr"].String())
	for _, b := range rec.displays {
		text, _ := b.Data[display.MIMEText].(string)
		add("display", text)
	}
	if result.Value != nil {
		text, _ := result.Value.Data[display.MIMEText].(string)
		add("value", text)
	}
	if result.Page != nil {
		text, _ := result.Page.Data[display.MIMEText].(string)
		add("page", text)
	}
	var e *Error
	if errors.As(err, &e) {
		add("error", e.Name+"\n"+ansi.ReplaceAllString(strings.Join(e.Traceback, "\n"), ""))
	}
	return out
}

// appendSection appends what came out, if anything did.
func appendSection(files []txtar.File, name, text string) []txtar.File {
	if text == "" {
		return files
	}
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return append(files, txtar.File{Name: name, Data: []byte(text)})
}

// difference is the first line in which two texts differ.
func difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		if at(g, i) != at(w, i) {
			return fmt.Sprintf("Line %d\n got %q\nwant %q", i+1, at(g, i), at(w, i))
		}
	}
	return "The texts are the same."
}

// TestSessions plays the sessions of testdata: each cell is followed by what it
// puts out. A section "file NAME" is a file that is written before the next cell,
// in a folder of its own that the session is in then. go test -run Sessions$ -update writes what comes out into the files
// but for the plain ones, which TestSessionsAreGo knows better.
func TestSessions(t *testing.T) {
	for _, name := range sessionFiles(t, false) {
		t.Run(sessionName(name), func(t *testing.T) {
			want, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if name, err = filepath.Abs(name); err != nil {
				t.Fatal(err)
			}
			s := newSession(t)
			got := &txtar.Archive{Comment: want.Comment}
			n, folder := 0, ""
			for _, f := range want.Files {
				if file, ok := strings.CutPrefix(f.Name, "file "); ok {
					if folder == "" {
						folder = t.TempDir()
						t.Chdir(folder)
					}
					writeFile(t, file, f.Data)
					got.Files = append(got.Files, f)
				}
				if f.Name != "cell" {
					continue
				}
				n++
				got.Files = append(got.Files, f)
				got.Files = append(got.Files, outcome(s, n, strings.TrimSuffix(string(f.Data), "\n"))...)
			}
			text := txtar.Format(got)
			if *update && !isPlain(name) {
				if err := os.WriteFile(name, text, 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if wanted := txtar.Format(want); string(text) != string(wanted) {
				t.Errorf("%s plays differently; go test -update shows it in the diff. %s", name, difference(string(text), string(wanted)))
			}
		})
	}
}

func writeFile(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o666); err != nil {
		t.Fatal(err)
	}
}
