package compile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestFlow compares functions of random control flow with what the toolchain makes
// of them: how blocks are joined depends on shapes that nobody thinks of.
func TestFlow(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no toolchain")
	}
	for seed := range uint64(4) {
		w := &flowWriter{r: rand.New(rand.NewPCG(seed, 1))}
		src := w.program(40)
		var out bytes.Buffer
		p, pkg, err := loadProgram(Config{Stderr: &out}, map[string][]byte{"main.go": []byte(src)})
		if err != nil {
			t.Fatalf("%v\n%s", err, src)
		}
		run := p.NewRun(context.Background())
		if err := errors.Join(pkg.Init(run), pkg.Call(run, "main")); err != nil {
			t.Fatalf("%v\n%s", err, src)
		}
		file := filepath.Join(t.TempDir(), "main.go")
		if err := os.WriteFile(file, []byte(src), 0o666); err != nil {
			t.Fatal(err)
		}
		want, err := exec.Command("go", "run", file).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s\n%s", err, want, src)
		}
		ours, theirs := strings.Split(out.String(), "\n"), strings.Split(string(want), "\n")
		for i := range min(len(ours), len(theirs)) {
			if ours[i] != theirs[i] {
				t.Fatalf("seed %d prints %q, should print %q, in\n%s", seed, ours[i], theirs[i], src)
			}
		}
		if len(ours) != len(theirs) {
			t.Errorf("seed %d prints %d lines, should print %d", seed, len(ours), len(theirs))
		}
	}
}

// A flowWriter writes functions of variables a, b and c, a slice x, a string s and
// a struct p, that end once fuel is spent.
type flowWriter struct {
	bytes.Buffer
	r     *rand.Rand
	loops []string // labels of the loops around
	names int
}

func (w *flowWriter) program(funcs int) string {
	w.WriteString("package main\n\ntype point struct{ x, y int }\n\nvar fuel, g int\n\n")
	for i := range funcs {
		fmt.Fprintf(w, "func f%d(a, b, c int) (n int) {\n", i)
		w.WriteString("x, s, p := make([]int, 5), \"hello, world\", &point{1, 2}\nvar m [4][4]int\nq := point{3, 4}\n")
		w.WriteString("defer func() { if r := recover(); r != nil { n = n*31 + a + len(r.(error).Error()) } }()\n")
		w.block(4)
		w.WriteString("return a + b*3 + c*7 + x[0] + x[4] + len(x) + p.x + p.y + q.x + m[1][2] + g + len(s)\n}\n\n")
	}
	w.WriteString("func main() {\n")
	for i := range funcs {
		fmt.Fprintf(w, "for i := range 6 { fuel, g = 300, i; println(%d, i, f%d(i, 3-i, i*i), g, fuel) }\n", i, i)
	}
	w.WriteString("}\n")
	return w.String()
}

func (w *flowWriter) one(of ...string) string { return of[w.r.IntN(len(of))] }

func (w *flowWriter) block(depth int) {
	for range 1 + w.r.IntN(4) {
		w.statement(depth)
	}
}

func (w *flowWriter) inBlock(depth int) {
	w.WriteString("{\n")
	w.block(depth)
	w.WriteString("}")
}

func (w *flowWriter) variable() string {
	return w.one("a", "b", "c", "a", "b", "c", "n", "g", "x["+w.one("0", "a&3", "b", "c%5")+"]", "p.x", "p.y", "q.x", "q.y", "m[a&3][b&3]")
}

func (w *flowWriter) value(depth int) string {
	if depth == 0 || w.r.IntN(3) == 0 {
		return w.one("a", "b", "c", "g", "1", "7", "(-2)", "len(x)", "int(s[a&7])", w.variable())
	}
	return "(" + w.value(depth-1) + w.one("+", "-", "*", "+", "&", "|", "^") + w.value(depth-1) + ")" + w.one("", "", "%3", "/2", "&15")
}

func (w *flowWriter) cond(depth int) string {
	if depth == 0 || w.r.IntN(2) == 0 {
		return w.one(
			w.value(1)+w.one("<", "<=", ">", ">=", "==", "!=")+w.value(1),
			w.one("a", "b", "c")+w.one("<", "<=", ">", ">=", "==", "!=")+w.one("a", "b", "c", "4", "0", "g"),
			w.one("a", "b", "c")+"%"+w.one("3", "2")+w.one("==", "!=")+"0",
			"s[a&7] "+w.one("==", "!=")+" 'l'",
		)
	}
	return w.one("(", "!(") + w.cond(depth-1) + w.one(" && ", " || ") + w.cond(depth-1) + ")"
}

func (w *flowWriter) loop(depth int, head string) {
	w.names++
	label := fmt.Sprintf("L%d", w.names)
	w.loops = append(w.loops, label)
	fmt.Fprintf(w, "%s:\n%s {\nif fuel--; fuel < 0 { return a }\n", label, head)
	w.block(depth - 1)
	fmt.Fprintf(w, "if fuel == 77 { break %s }\n}\n", label)
	w.loops = w.loops[:len(w.loops)-1]
}

func (w *flowWriter) statement(depth int) {
	kind := w.r.IntN(14)
	if depth == 0 {
		kind = w.r.IntN(5)
	}
	switch kind {
	case 0, 1:
		fmt.Fprintf(w, "%s = %s\n", w.variable(), w.value(2))
	case 2:
		fmt.Fprintf(w, "%s %s= %s\n", w.variable(), w.one("+", "-", "*", "^"), w.value(1))
	case 3:
		fmt.Fprintf(w, "%s%s\n", w.variable(), w.one("++", "--"))
	case 4:
		w.WriteString(w.one("x = append(x, a)\n", "if len(x) > 5 { x = x[:5] }\n", "a, b, c = b, c, a\n", "q = *p\n", "*p = point{b, c}\n", "a, b = b, a%7\n"))
	case 5, 6:
		fmt.Fprintf(w, "if %s ", w.cond(2))
		w.inBlock(depth - 1)
		if w.r.IntN(2) == 0 {
			w.WriteString(" else ")
			w.inBlock(depth - 1)
		}
		w.WriteString("\n")
	case 7:
		w.loop(depth, "for "+w.cond(2))
	case 8:
		w.loop(depth, w.one("for i := 0; i < "+w.one("5", "a", "b+2", "g")+"; i++", "for i := 5; i >= 0; i -= 2", "for range 3", "for a := range 4"))
		if w.r.IntN(2) == 0 {
			w.WriteString("n++\n")
		}
	case 9:
		w.loop(depth, w.one("for a = range x", "for b, c = range x", "for _, q.x = range m[a&3]", "for a, _ = range s"))
	case 10:
		fmt.Fprintf(w, "switch %s {\ncase 0, 3:\n", w.value(1))
		w.block(depth - 1)
		fmt.Fprintf(w, "case %s:\n", w.one("a", "b-c", "g"))
		w.block(depth - 1)
		w.WriteString(w.one("", "fallthrough\n"))
		w.WriteString("default:\n")
		w.block(depth - 1)
		w.WriteString("}\n")
	case 11:
		if len(w.loops) > 0 {
			fmt.Fprintf(w, "if %s { %s %s }\n", w.cond(1), w.one("break", "continue"), w.loops[w.r.IntN(len(w.loops))])
		}
	case 12:
		fmt.Fprintf(w, "if %s { return %s }\n", w.cond(1), w.value(1))
	case 13:
		w.names++
		fmt.Fprintf(w, "if fuel--; fuel < 0 { return b }\n{\nv := %s\nfunc() { a += v; b-- }()\n}\n", w.value(1))
	}
}
