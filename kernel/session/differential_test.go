package session

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// yaegiSkips are the cells that yaegi cannot run, from testdata/yaegi_skip: the
// file, the number of the cell, and the reason.
func yaegiSkips(t *testing.T) map[string]string {
	text, err := os.ReadFile("testdata/yaegi_skip")
	if err != nil {
		t.Fatal(err)
	}
	skips := map[string]string{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		fields := strings.SplitN(line, " ", 3)
		if len(fields) != 3 {
			t.Fatalf("testdata/yaegi_skip: %q is not file, cell and reason", line)
		}
		skips[fields[0]+" "+fields[1]] = fields[2]
	}
	return skips
}

var reportColumn = regexp.MustCompile(`(?m)^(\tcell\[\d+\]:\d+):\d+$`)

// alike takes out of outputs what engines may choose: the column of a panic's
// place.
func alike(list []txtar.File) string {
	text := string(txtar.Format(&txtar.Archive{Files: list}))
	return reportColumn.ReplaceAllString(text, "$1")
}

// play runs the cells of a session on an engine and returns what each puts out.
func play(t *testing.T, engine string, session *txtar.Archive) []string {
	s := sessionOn(t, engine)
	var out []string
	for _, f := range session.Files {
		if f.Name == "cell" {
			out = append(out, alike(outcome(s, len(out)+1, strings.TrimSuffix(string(f.Data), "\n"))))
		}
	}
	return out
}

// TestEnginesAgree plays the sessions of testdata on the default engine and on
// yaegi side by side, and compares what each cell puts out.
func TestEnginesAgree(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no sessions in testdata: %v", err)
	}
	skips := yaegiSkips(t)
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			session, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			// One session after the other: the process has one logger.
			wants, gots := play(t, "", session), play(t, "yaegi", session)
			for i, want := range wants {
				got := gots[i]
				reason, skip := skips[fmt.Sprintf("%s %d", filepath.Base(name), i+1)]
				switch {
				case skip && got == want:
					t.Errorf("cell %d runs on yaegi: strike it from testdata/yaegi_skip", i+1)
				case skip && !strings.Contains(got, reason):
					t.Errorf("cell %d is to fail on yaegi for %q; it says\n%s", i+1, reason, got)
				case !skip && got != want:
					t.Errorf("cell %d puts out\n%son yaegi\n%s", i+1, want, got)
				}
			}
		})
	}
}

// TestProgramsAgree runs whole programs on both engines.
func TestProgramsAgree(t *testing.T) {
	if testing.Short() {
		t.Skip("yaegi takes minutes under the race detector")
	}
	files, err := filepath.Glob("testdata/programs/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	skips := yaegiSkips(t)
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, code, _ := strings.Cut(string(src), "package main\n")
		session := &txtar.Archive{Files: []txtar.File{{Name: "cell", Data: []byte(code + "\nmain()")}}}
		want, got := play(t, "", session)[0], play(t, "yaegi", session)[0]
		reason, skip := skips[filepath.Base(name)+" 1"]
		if skip != (got != want) || skip && !strings.Contains(got, reason) {
			t.Errorf("%s puts out\n%son yaegi\n%s", name, want, got)
		}
	}
}

// TestEngineMagic changes engines within a session.
func TestEngineMagic(t *testing.T) {
	s := newSession(t)
	text := func(code string) string { return string(txtar.Format(&txtar.Archive{Files: outcome(s, 1, code)})) }
	for _, step := range []struct{ code, want string }{
		{"x := 1", ""},
		{"%engine nothing", "there is no engine nothing"},
		{"x", "1"},
		{"%engine yaegi", "Cells run on yaegi from now on"},
		{"%engine", "Cells run on yaegi."},
		{"x", "undefined: x"},
		{"y := 2; y * 3", "6"},
		{"%engine yaegi", "already"},
		{"%engine default", "from now on"},
		{"y", "undefined: y"},
	} {
		if got := text(step.code); !strings.Contains(got, step.want) {
			t.Errorf("%s: got\n%swant %q in it", step.code, got, step.want)
		}
	}
}
