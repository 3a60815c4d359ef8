package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// plainFolders are the folders of testdata whose sessions are plain Go: strung
// together their cells are a Go program, and what that prints is what they must
// put out. Notebooks' own liberties stand in the other folders.
var plainFolders = []string{"language", "interfaces", "generics", "concurrency", "stdlib"}

// sessionFiles are the sessions of testdata, the plain ones or all.
func sessionFiles(t testing.TB, plainOnly bool) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir("testdata", func(path string, d fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".txt" && (!plainOnly || isPlain(path)) {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("no sessions in testdata: %v", err)
	}
	return files
}

func isPlain(path string) bool {
	for _, folder := range plainFolders {
		if strings.HasPrefix(filepath.ToSlash(path), "testdata/"+folder+"/") {
			return true
		}
	}
	return false
}

func sessionName(path string) string {
	return strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(path), "testdata/"), ".txt")
}

// TestSessionsAreGo builds the plain sessions with the toolchain and compares what
// their cells put out. go test -run AreGo -update writes that into the files.
func TestSessionsAreGo(t *testing.T) {
	files := sessionFiles(t, true)
	sessions := map[string]*txtar.Archive{}
	programs := map[string]string{}
	for _, name := range files {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sessions[name], programs[name] = a, sessionProgram(t, name, a)
	}
	run := buildJudge(t, programs)
	for _, name := range files {
		t.Run(sessionName(name), func(t *testing.T) {
			stdout, stderr, err := run(name)
			if err != nil {
				t.Fatal(err)
			}
			outs, errs := strings.Split(stdout, cellMark), strings.Split(stderr, cellMark)
			want := &txtar.Archive{Comment: sessions[name].Comment}
			n := 0
			for _, f := range sessions[name].Files {
				if f.Name != "cell" {
					continue
				}
				n++
				want.Files = append(want.Files, f)
				want.Files = appendSection(want.Files, "stdout", at(outs, n))
				want.Files = appendSection(want.Files, "stderr", at(errs, n))
			}
			text := txtar.Format(want)
			if *update {
				if err := os.WriteFile(name, text, 0o666); err != nil {
					t.Fatal(err)
				}
			} else if got := txtar.Format(sessions[name]); !bytes.Equal(got, text) {
				t.Errorf("%s differs from what the toolchain makes of it; go test -run AreGo -update shows it in the diff. Want:\n%s", name, text)
			}
		})
	}
}

// cellMark stands between the outputs of cells.
const cellMark = "\x1e\n"

// sessionProgram strings the cells of a session together: declarations, and
// variables declared with "var" that functions name, at package level, other
// statements in main.
func sessionProgram(t *testing.T, name string, a *txtar.Archive) string {
	var imports, decls, stmts strings.Builder
	named := map[string]bool{}
	inFuncs := map[string]bool{}
	for _, f := range a.Files {
		if f.Name != "cell" {
			continue
		}
		pieces, _ := split(string(f.Data))
		decls, err := parser.ParseFile(token.NewFileSet(), name, declPrefix+only(string(f.Data), pieces, declPiece), parser.SkipObjectResolution)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for id := range identifiers(&cellSyntax{decls: decls.Decls, body: &ast.FuncDecl{Type: &ast.FuncType{}, Name: ast.NewIdent("_")}}) {
			inFuncs[id] = true
		}
	}
	global := func(text string) bool {
		return strings.HasPrefix(text, "var ") && slices.ContainsFunc(statementVars(t, name, text), func(v string) bool { return inFuncs[v] })
	}
	for _, f := range a.Files {
		if f.Name != "cell" {
			continue
		}
		stmts.WriteString("cellDone()\n")
		text := string(f.Data)
		pieces, _ := split(text)
		for _, p := range pieces {
			text := text[p.start:p.end]
			switch {
			case p.kind == importPiece:
				imports.WriteString(text + "\n")
			case p.kind == declPiece || global(text):
				decls.WriteString(text + "\n")
			default:
				stmts.WriteString(text + "\n")
				for _, v := range statementVars(t, name, text) {
					named[v] = true
					stmts.WriteString("_ = " + v + "\n")
				}
			}
		}
	}
	head := "package main\n\nimport \"os\"\n" + imports.String() + "func cellDone() { os.Stdout.WriteString(cellMark); os.Stderr.WriteString(cellMark) }\n"
	body := fmt.Sprintf("const cellMark = %q\n%s\nfunc main() {\n%s}\n", cellMark, decls.String(), stmts.String())
	file, err := parser.ParseFile(token.NewFileSet(), name, head+body, parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("%s as a program: %v", name, err)
	}
	for _, spec := range file.Imports {
		path := strings.Trim(spec.Path.Value, `"`)
		name := path[strings.LastIndexByte(path, '/')+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		named[name] = true
	}
	for _, d := range file.Decls {
		used := map[string]bool{}
		qualifiers(d, used)
		for q := range used {
			if path, ok := byName[q]; ok && !named[q] {
				named[q] = true
				if strings.Contains(body, q+".") {
					head = strings.Replace(head, "import \"os\"\n", fmt.Sprintf("import \"os\"\nimport %s %q\n", q, path), 1)
				}
			}
		}
	}
	return head + body
}

// statementVars are the variables that a statement declares.
func statementVars(t *testing.T, name, text string) []string {
	file, err := parser.ParseFile(token.NewFileSet(), name, stmtPrefix+text+stmtSuffix, parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var names []string
	for v := range assigned(file.Decls[0].(*ast.FuncDecl).Body.List) {
		names = append(names, v)
	}
	sort.Strings(names)
	return names
}

// buildJudge builds programs with the toolchain, all into one binary so that they
// are linked once: each is a package of it. Its init functions run before its
// main; what its variables print as they are initialised does not count.
func buildJudge(t *testing.T, programs map[string]string) (run func(name string) (stdout, stderr string, err error)) {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skipf("no toolchain here: %v", err)
	}
	dir := t.TempDir()
	write := func(name, text string) {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var imports, table strings.Builder
	n := 0
	for name, text := range programs {
		// A name as long as "main", for columns.
		_, text, ok := strings.Cut("\n"+text, "\npackage main\n")
		if !ok {
			t.Fatalf("%s is not of package main", name)
		}
		var inits strings.Builder
		for strings.Contains(text, "\nfunc init() {") {
			name := fmt.Sprintf("init%d()", strings.Count(inits.String(), ";"))
			text = strings.Replace(text, "\nfunc init() {", "\nfunc "+name+" {", 1)
			inits.WriteString(name + "; ")
		}
		write(fmt.Sprintf("p%d/program.go", n), "package cell\n//line "+filepath.Base(name)+":2\n"+text)
		write(fmt.Sprintf("p%d/run.go", n), "package cell\n\nfunc Run() { "+inits.String()+"main() }\n")
		fmt.Fprintf(&imports, "\tp%d \"judge/p%d\"\n", n, n)
		fmt.Fprintf(&table, "\t%q: p%d.Run,\n", name, n)
		n++
	}
	write("go.mod", "module judge\n\ngo 1.26\n")
	write("main.go", fmt.Sprintf(`package main

import (
	"os"
%s)

const mark = %q

func main() {
	run := map[string]func(){
%s	}[os.Args[1]]
	os.Stdout.WriteString(mark)
	os.Stderr.WriteString(mark)
	os.Args = os.Args[:1]
	run()
}
`, imports.String(), startMark, table.String()))
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", "judge", ".")
	build.Dir = dir
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return func(name string) (string, string, error) {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, filepath.Join(dir, "judge"), name)
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		err := cmd.Run()
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("as a program: %w\n%s", err, stderr.String())
		}
		return judged(stdout.String()), judged(stderr.String()), err
	}
}

var packagePath = regexp.MustCompile(`judge/p\d+`)

const startMark = "\x1e\x1e\n"

// judged is what a program printed, as one of package main.
func judged(out string) string {
	_, out, _ = strings.Cut(out, startMark)
	return strings.ReplaceAll(packagePath.ReplaceAllString(out, "main"), "cell.", "main.")
}
