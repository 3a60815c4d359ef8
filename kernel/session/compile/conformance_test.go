package compile

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"go/build"
	"go/build/constraint"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestConformance runs the "// run" programs of the toolchain's test folder: each
// in a process of its own, which must print what the toolchain's own test driver
// expects. testdata/skip.txt lists the programs that are left out and why.
//
// SETUN_CONFORMANCE=all runs every program, else every fifth one runs;
// SETUN_CONFORMANCE=<substring> runs the programs whose path contains it.
func TestConformance(t *testing.T) {
	if testing.Short() {
		t.Skip("runs hundreds of programs")
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatalf("these programs come with a Go toolchain: %v", err)
	}
	root := filepath.Join(strings.TrimSpace(string(goroot)), "test")
	programs := runnable(t, root)
	skip := readSkips(t)
	mode := os.Getenv("SETUN_CONFORMANCE")
	dir := t.TempDir()
	exp, err := exports()
	if err != nil {
		t.Fatal(err)
	}
	var list strings.Builder
	for path, file := range exp {
		fmt.Fprintln(&list, path, file)
	}
	os.WriteFile(filepath.Join(dir, "exports"), []byte(list.String()), 0o666)

	var mu sync.Mutex
	passed, failed := 0, 0
	var wg sync.WaitGroup
	gate := make(chan bool, runtime.GOMAXPROCS(0))
	for i, prog := range programs {
		if _, ok := skip[prog]; ok {
			continue
		}
		switch {
		case mode == "" && i%5 != 0:
			continue
		case mode != "" && mode != "all" && !strings.Contains(prog, mode):
			continue
		}
		wg.Add(1)
		gate <- true
		go func() {
			defer wg.Done()
			defer func() { <-gate }()
			msg := conform(root, prog, dir)
			mu.Lock()
			defer mu.Unlock()
			if msg == "" {
				passed++
				return
			}
			failed++
			t.Errorf("%s: %s", prog, msg)
		}()
	}
	wg.Wait()
	t.Logf("%d programs passed, %d failed, %d are left out", passed, failed, len(skip))
}

func conform(root, prog, dir string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	path := filepath.Join(root, prog)
	cmd := exec.CommandContext(ctx, os.Args[0], runArgs(path)...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "SETUN_RUN="+path, "SETUN_EXPORTS="+filepath.Join(dir, "exports"))
	out, err := cmd.CombinedOutput()
	want, _ := os.ReadFile(strings.TrimSuffix(path, ".go") + ".out")
	clip := func(b []byte) string {
		if len(b) > 600 {
			b = append(b[:600:600], "..."...)
		}
		return string(b)
	}
	switch {
	case ctx.Err() != nil:
		return "timed out\n" + clip(out)
	case err != nil:
		return err.Error() + "\n" + clip(out)
	case !bytes.Equal(bytes.ReplaceAll(out, []byte("\r\n"), []byte("\n")), want):
		return fmt.Sprintf("printed\n%swant\n%s", clip(out), clip(want))
	}
	return ""
}

// runnable are the programs with a "// run" header that this platform may build.
func runnable(t *testing.T, root string) []string {
	var progs []string
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasSuffix(path, ".dir") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		ok := true
		header := false
		for line := range strings.Lines(string(b)) {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "package ") {
				break
			}
			if constraint.IsGoBuild(line) {
				x, err := constraint.Parse(line)
				ok = ok && err == nil && x.Eval(func(tag string) bool {
					return tag == runtime.GOOS || tag == runtime.GOARCH || tag == "gc" || tag == "unix" || slices.Contains(build.Default.ReleaseTags, tag)
				})
			}
			if line == "// run" || strings.HasPrefix(line, "// run ") {
				header = true
			}
		}
		if ok && header {
			rel, _ := filepath.Rel(root, path)
			progs = append(progs, filepath.ToSlash(rel))
		}
		return nil
	})
	if err != nil {
		t.Skipf("no test folder in this toolchain: %v", err)
	}
	return progs
}

// runArgs are the arguments that the header gives the program.
func runArgs(path string) []string {
	b, _ := os.ReadFile(path)
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "// run "); ok {
			var args []string
			for _, a := range strings.Fields(rest) {
				if !strings.HasPrefix(a, "-") {
					args = append(args, a)
				}
			}
			return args
		}
	}
	return nil
}

// readSkips reads testdata/skip.txt: "path: reason" a line.
func readSkips(t *testing.T) map[string]string {
	f, err := os.Open("testdata/skip.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m := map[string]string{}
	for s := bufio.NewScanner(f); s.Scan(); {
		line := strings.TrimSpace(s.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		path, reason, ok := strings.Cut(line, ": ")
		if !ok {
			t.Errorf("skip.txt: %q has no reason", line)
		}
		m[path] = reason
	}
	return m
}
