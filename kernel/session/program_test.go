package session

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestPrograms runs whole programs as cells and compares what they print with
// what they print when the toolchain builds them.
func TestPrograms(t *testing.T) {
	files, err := filepath.Glob("testdata/programs/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".go"), func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
			defer cancel()
			want, err := exec.CommandContext(ctx, "go", "run", name).Output()
			var exit *exec.ExitError
			if errors.As(err, &exit) {
				t.Fatalf("go run: %s", exit.Stderr)
			} else if err != nil {
				t.Skipf("no toolchain here: %v", err)
			}
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			_, code, _ := strings.Cut(string(src), "package main\n")
			rec := newRecord()
			if _, err := newSession(t).Execute(ctx, Cell{Number: 1, Code: code + "\nmain()", Output: rec}); err != nil {
				t.Errorf("as a cell: %v", err)
			}
			got := strings.Split(rec.streams["stdout"].String(), "\n")
			for i, line := range strings.Split(string(want), "\n") {
				if i >= len(got) || got[i] != line {
					t.Errorf("line %d\n got %q\nwant %q", i+1, at(got, i), line)
				}
			}
		})
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}
