package session

import (
	"context"
	"os"
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
	programs := map[string]string{}
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		programs[name] = string(src)
	}
	run := buildJudge(t, programs)
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".go"), func(t *testing.T) {
			want, _, err := run(name)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
			defer cancel()
			_, code, _ := strings.Cut(programs[name], "package main\n")
			rec := newRecord()
			if _, err := newSession(t).Execute(ctx, Cell{Number: 1, Code: code + "\nmain()", Output: rec}); err != nil {
				t.Errorf("as a cell: %v", err)
			}
			got := strings.Split(rec.streams["stdout"].String(), "\n")
			for i, line := range strings.Split(want, "\n") {
				if at(got, i) != line {
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
