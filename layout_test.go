package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// rooms are the folders of the house and, for each, the rooms it may import.
// Arrows run one way: asm ← tensor ← qat ← dsl ← kernel. A package belongs to
// the room with the longest name that it lies in.
var rooms = map[string][]string{
	"runtime/asm":    {},
	"runtime/metal":  {"runtime/asm"},
	"runtime/tensor": {"runtime/asm", "runtime/metal"},
	"runtime/qat":    {"runtime/asm", "runtime/tensor"}, // and none of those below it
	"runtime/qat/":   {"runtime/asm", "runtime/tensor", "runtime/qat", "runtime/qat/"},
	"runtime/bench":  {"runtime/asm", "runtime/tensor", "runtime/qat", "runtime/qat/"},
	"display":        {"display"}, // knows numbers, not networks
	"dsl":            {"runtime/asm", "runtime/metal", "runtime/tensor", "runtime/qat", "runtime/qat/", "display"},
	"dsl/symbols":    {"runtime/asm", "runtime/metal", "runtime/tensor", "runtime/qat", "runtime/qat/", "display", "dsl", "dsl/symbols"},
	"kernel/wire":    {},
	"kernel/session": {"display", "dsl", "dsl/symbols", "kernel/session"},
	// The bench of cells compares them with the same work compiled.
	"kernel/session/bench":   {"display", "dsl", "dsl/symbols", "kernel/session", "kernel/session/bench", "runtime/bench", "runtime/tensor", "runtime/qat", "runtime/qat/"},
	"kernel":                 {"display", "kernel/wire", "kernel/session"},
	"kernel/notebook":        {"kernel/wire", "kernel/notebook/mathml"}, // a client like any other
	"kernel/notebook/mathml": {},
	"install":                {"runtime/asm", "runtime/qat/"},
}

// room returns the room of a package, given its path below the module.
func room(pkg string) string {
	best := ""
	for r := range rooms {
		in := pkg == r || strings.HasPrefix(pkg, strings.TrimSuffix(r, "/")+"/")
		if strings.HasSuffix(r, "/") {
			in = strings.HasPrefix(pkg, r)
		}
		if in && len(r) > len(best) {
			best = r
		}
	}
	return best
}

// TestArrows checks every import between our packages, on every platform that
// has files of its own.
func TestArrows(t *testing.T) {
	for _, platform := range []string{"linux/amd64", "linux/arm64", "darwin/arm64", "windows/amd64"} {
		goos, goarch, _ := strings.Cut(platform, "/")
		cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports", "./...")
		cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0")
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("go list: %v\n%s", err, stderr.Bytes())
		}
		seen := 0
		for dec := json.NewDecoder(bytes.NewReader(out)); ; {
			var p struct {
				ImportPath string
				Imports    []string
			}
			if err := dec.Decode(&p); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			from, ok := strings.CutPrefix(p.ImportPath, "setun/")
			if !ok {
				continue // a library, or main, which may import what it likes
			}
			seen++
			allowed, known := rooms[room(from)]
			if !known {
				t.Errorf("%s: the package %s lies in no room of the map", platform, from)
				continue
			}
			for _, imp := range p.Imports {
				if to, ours := strings.CutPrefix(imp, "setun/"); ours && !slices.Contains(allowed, room(to)) {
					t.Errorf("%s: %s may not import %s", platform, from, to)
				}
			}
		}
		if seen < 10 {
			t.Errorf("%s: go list shows only %d packages of ours", platform, seen)
		}
	}
}

// maxLines is how long a file that a person wrote may be.
const maxLines = 600

// TestFiles: every folder of Go says in doc.go what it is for (a command says it
// in main.go), and no file is longer than a person wants to read.
func TestFiles(t *testing.T) {
	folders := map[string]bool{} // with Go files -> says what it is for
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if path != "." && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata" || name == "out" || name == "node_modules") {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(name) != ".go" {
			return nil
		}
		dir := filepath.ToSlash(filepath.Dir(path))
		folders[dir] = folders[dir] || name == "doc.go" || name == "main.go"
		lines, generated, err := measure(path)
		if lines > maxLines && !generated {
			t.Errorf("%s has %d lines, more than %d: it holds more than one idea", path, lines, maxLines)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir, says := range folders {
		if !says {
			t.Errorf("%s has no doc.go: what is the room for, and what may not enter?", dir)
		}
	}
}

// measure counts lines, and finds the mark of generated code
// (https://go.dev/s/generatedcode).
func measure(file string) (lines int, generated bool, err error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, false, err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 64<<20)
	for s.Scan() {
		lines++
		l := s.Text()
		generated = generated || strings.HasPrefix(l, "// Code generated ") && strings.HasSuffix(l, " DO NOT EDIT.")
	}
	return lines, generated, s.Err()
}
