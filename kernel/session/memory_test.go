package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
)

// failure runs a cell that must fail.
func failureOf(t *testing.T, s *Session, code string) *Error {
	t.Helper()
	_, err := s.Execute(context.Background(), Cell{Number: 1, Code: code, Output: newRecord()})
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%s: error %v, want an *Error", code, err)
	}
	return e
}

// alone runs the test in a process of its own, and reports whether this is it: what
// other tests have left in the heap is not to be collected over and over where the
// limit is near.
func alone(t *testing.T) bool {
	const sign = "SETUN_TEST_ALONE"
	if os.Getenv(sign) != "" {
		return true
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), sign+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("%v\n%s", err, out)
	}
	return false
}

// limited is a session whose cells may use 100 MB more than the process does.
func limited(t *testing.T) *Session {
	t.Helper()
	s := newSession(t)
	runtime.GC()
	size, _ := heap()
	value(t, s, fmt.Sprintf("%%memlimit %d MB", size>>20+100))
	t.Cleanup(func() { s.memory.set(0) })
	return s
}

func TestMemoryLimit(t *testing.T) {
	if !alone(t) {
		return
	}
	s := limited(t)
	for _, tt := range []struct{ code, line string }{
		{"var xs [][]byte\nfor {\n\txs = append(xs, make([]byte, 1<<16))\n}", "cell[1]:3"},
		{"type node struct { next *node; fill [20]int }\nvar head *node\nfor {\n\thead = &node{next: head}\n}", "cell[1]:4"},
		{"m := map[int][]int{}\nfor i := 0; ; i++ {\n\tm[i] = make([]int, 100)\n}", "cell[1]:3"},
		{"huge := make([]byte, 1<<40)", "cell[1]:1"},
		{"n := 1 << 35\ngrown := append([]int64{1}, make([]int64, n)...)", "cell[1]:2"},
		{"text := \"ab\"\nfor {\n\ttext += text\n}", "cell[1]:3"},
		{"text := strings.Repeat(\"ab\", 1<<40)", "cell[1]:1"},
		{"n := 1 << 40\nraw := bytes.Repeat([]byte{1}, n)", "cell[1]:2"},
		{"xs := slices.Grow([]int{1}, 1<<40)", "cell[1]:1"},
		{"var b strings.Builder\nb.Grow(1 << 40)", "cell[1]:2"},
		{"var b bytes.Buffer\nb.Grow(1 << 40)", "cell[1]:2"},
		{"c := make(chan [1000]int, 1<<30)", "cell[1]:1"},
		{"v := reflect.MakeSlice(reflect.TypeFor[[]int](), 1, 1<<38)", "cell[1]:1"},
		{"v := reflect.MakeChan(reflect.TypeFor[chan int](), 1<<38)", "cell[1]:1"},
		{"v := reflect.New(reflect.ArrayOf(1<<38, reflect.TypeFor[int]()))", "cell[1]:1"},
		{"r := bufio.NewReaderSize(strings.NewReader(\"x\"), 1<<40)", "cell[1]:1"},
		{"w := bufio.NewWriterSize(io.Discard, 1<<40)", "cell[1]:1"},
		{"x := new(big.Int).Lsh(big.NewInt(1), 1<<42)", "cell[1]:1"},
		{"x := new(big.Int).SetBit(big.NewInt(1), 1<<42, 1)", "cell[1]:1"},
		{"x := new(big.Int).Exp(big.NewInt(3), big.NewInt(1<<40), nil)", "cell[1]:1"},
		{"text := strings.Repeat(\"a\", 1<<20)\nmore := strings.ReplaceAll(text, \"a\", text)", "cell[1]:2"},
		{"text := strings.Repeat(\"a\", 1<<20)\nmore := strings.Replace(text, \"a\", text, 1<<19)", "cell[1]:2"},
		{"text := strings.Repeat(\"a\", 1<<20)\nmore := strings.NewReplacer(\"a\", text).Replace(text)", "cell[1]:2"},
		{"raw := bytes.Repeat([]byte(\"a\"), 1<<20)\nmore := bytes.ReplaceAll(raw, raw[:1], raw)", "cell[1]:2"},
		{"text := strings.Repeat(\"a\", 1<<20)\nmore := strings.Join(make([]string, 1<<20), text)", "cell[1]:2"},
		{"text := strings.Repeat(\"a\", 1<<20)\nmore := regexp.MustCompile(\"a\").ReplaceAllString(text, text)", "cell[1]:2"},
		{"text := strings.Repeat(\"a\", 1<<20)\nmore := regexp.MustCompile(\"a+\").ReplaceAllString(text, strings.Repeat(\"$0\", 1000))", "cell[1]:2"},
		{"text := strconv.FormatFloat(1, 'f', 1<<36, 64)", "cell[1]:1"},
		{"text := big.NewFloat(1).Text('f', 1<<36)", "cell[1]:1"},
		{"text := big.NewRat(1, 3).FloatString(1 << 36)", "cell[1]:1"},
		{"v := reflect.Zero(reflect.ArrayOf(1<<40, reflect.TypeFor[int]()))", "cell[1]:1"},
		{"v := reflect.MakeMapWithSize(reflect.TypeFor[map[int]int](), 1<<34)", "cell[1]:1"},
		{"v := reflect.New(reflect.TypeFor[[]int]()).Elem()\nv.Grow(1 << 40)", "cell[1]:2"},
		{"frame := image.Rect(0, 0, 1<<20, 1<<20)\nm := image.NewRGBA(frame)", "cell[1]:2"},
		{"m := image.NewGray16(image.Rect(0, 0, 1<<20, 1<<20))", "cell[1]:1"},
		{"m := image.NewPaletted(image.Rect(0, 0, 1<<20, 1<<20), palette.Plan9)", "cell[1]:1"},
		{"t := tensor.New(1<<14, 1<<14)", "cell[1]:1"},
		{"layer := Linear(1<<14, 1<<14)\nlayer.Params()[0].Data()", "cell[1]:2"},
		{"func fill() int {\n\tvar a [1 << 30]int\n\treturn len(a[1:])\n}\nfill()", ""},
		{"var a [1 << 34]int\nfunc use() { a[0]++ }", ""},
		{"b, err := io.ReadAll(rand.NewChaCha8([32]byte{}))", ""},
		{"var b bytes.Buffer\nio.Copy(&b, rand.NewChaCha8([32]byte{}))", ""},
		{"b, err := os.ReadFile(\"/dev/zero\")", ""},
		{"func fill(into []int) {\n\tfor {\n\t\tinto = append(into, 1)\n\t}\n}\nfill(nil)", "cell[1]:3"},
	} {
		e := failureOf(t, s, tt.code)
		trace := ansi.ReplaceAllString(strings.Join(e.Traceback, "\n"), "")
		if e.Name != "MemoryLimit" || !strings.Contains(trace, tt.line) {
			t.Errorf("%s\nends with %s, want MemoryLimit at %s", tt.code, trace, tt.line)
		}
		if got := value(t, s, "6 * 7"); got != "42" {
			t.Errorf("afterwards 6 * 7 is %s", got)
		}
	}
}

// What a cell had filled is empty when it was stopped; what earlier cells hold is
// theirs.
func TestMemoryLimitEmpties(t *testing.T) {
	if !alone(t) {
		return
	}
	s := limited(t)
	value(t, s, "kept := make([]int, 1000)")
	e := failureOf(t, s, "small, xs := 7, [][]byte{}\nfor {\n\txs = append(xs, make([]byte, 1<<16))\n}")
	if !strings.Contains(e.Message, "emptied what the cell had filled: xs") {
		t.Errorf("the message is %q", e.Message)
	}
	if got := value(t, s, "fmt.Sprint(len(xs), small, len(kept))"); got != `"0 7 1000"` {
		t.Errorf("got %s", got)
	}
}

func TestTimeMagic(t *testing.T) {
	s := newSession(t)
	rec := newRecord()
	r, err := s.Execute(context.Background(), Cell{1, "%time\nxs := make([]int, 1<<20)\nlen(xs)", rec})
	if out := rec.streams["stdout"].String(); err != nil || !strings.HasPrefix(out, "time ") || !strings.Contains(out, " MB") {
		t.Errorf("printed %q, %v", out, err)
	}
	if r.Value == nil || r.Value.Data["text/plain"] != "1048576" {
		t.Errorf("the value is %v", r.Value)
	}
}
