package session

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"setun/dsl/symbols"
)

// TestExamples runs the examples of the standard library as cells: a file of
// examples is the first cell of a session, each of its examples one more. What
// they print must be what their output comments say. testdata/examples_skip
// lists those that are left out and why.
func TestExamples(t *testing.T) {
	if testing.Short() {
		t.Skip("runs hundreds of examples")
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Skipf("the examples come with a Go toolchain: %v", err)
	}
	skips := exampleSkips(t)
	ran, left := 0, 0
	for _, p := range symbols.Packages {
		dir := filepath.Join(strings.TrimSpace(string(goroot)), "src", filepath.FromSlash(p.Path))
		files, _ := filepath.Glob(filepath.Join(dir, "*_test.go"))
		for _, name := range files {
			file := p.Path + "/" + filepath.Base(name)
			pkg, code, examples := readExamples(t, name)
			if len(examples) == 0 {
				continue
			}
			if takeSkip(skips, file) {
				left += len(examples)
				continue
			}
			t.Run(file, func(t *testing.T) {
				t.Chdir(dir)
				if p.Path == "time" {
					pacific(t) // where the tests of package time are at home
				}
				s := newSession(t)
				if _, err := runExample(s, 1, code); err != nil {
					t.Fatalf("its file as a cell: %v", err)
				}
				for i, x := range examples {
					if takeSkip(skips, file+" "+x.Name) {
						left++
						continue
					}
					ran++
					got, err := runExample(s, i+2, "Example"+x.Name+"()")
					if err != nil {
						t.Errorf("%s: %v", x.Name, err)
					} else if got, want := exampleOutput(got, x), strings.ReplaceAll(exampleOutput(x.Output, x), pkg+".", "main."); got != want {
						t.Errorf("%s\n got %q\nwant %q", x.Name, got, want)
					}
				}
			})
		}
	}
	for key := range skips {
		t.Errorf("testdata/examples_skip: there is no %s", key)
	}
	t.Logf("%d examples ran, %d are left out", ran, left)
}

// takeSkip reports whether key is left out, once.
func takeSkip(skips map[string]string, key string) bool {
	_, ok := skips[key]
	delete(skips, key)
	return ok
}

func pacific(t *testing.T) {
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	local := time.Local
	time.Local = zone
	t.Cleanup(func() { time.Local = local })
}

// readExamples reads a file of examples: its package, its text behind the package
// clause, and those examples that say what they print.
func readExamples(t *testing.T, name string) (pkg, code string, examples []*doc.Example) {
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(f.Name.Name, "_test") {
		return "", "", nil // within the package itself
	}
	for _, x := range doc.Examples(f) {
		if x.Output != "" || x.EmptyOutput {
			examples = append(examples, x)
		}
	}
	slices.SortFunc(examples, func(a, b *doc.Example) int { return cmp.Compare(a.Order, b.Order) })
	return f.Name.Name, string(src[fset.Position(f.Name.End()).Offset:]), examples
}

func runExample(s *Session, number int, code string) (stdout string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	rec := newRecord()
	_, err = s.Execute(ctx, Cell{Number: number, Code: code, Output: rec})
	if e, ok := err.(*Error); ok {
		return "", fmt.Errorf("%s", ansi.ReplaceAllString(strings.Join(e.Traceback, "\n"), ""))
	}
	return rec.streams["stdout"].String(), nil
}

// exampleOutput is what counts of an output, as for go test.
func exampleOutput(text string, x *doc.Example) string {
	text = strings.TrimSpace(text)
	if x.Unordered {
		lines := strings.Split(text, "\n")
		slices.Sort(lines)
		text = strings.Join(lines, "\n")
	}
	return text
}

// exampleSkips reads testdata/examples_skip: "package/file.go: reason" or
// "package/file.go Name: reason" a line.
func exampleSkips(t *testing.T) map[string]string {
	f, err := os.Open("testdata/examples_skip")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m := map[string]string{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		key, reason, ok := strings.Cut(line, ": ")
		if !ok {
			t.Errorf("testdata/examples_skip: %q has no reason", line)
		}
		m[key] = reason
	}
	return m
}
