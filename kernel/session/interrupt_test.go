package session

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// interrupted runs a cell, interrupts it once it has printed "go", and returns
// what it printed.
func interrupted(t *testing.T, s *Session, code string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	rec := newRecord()
	done := make(chan error, 1)
	go func() {
		_, err := s.Execute(ctx, Cell{Number: 1, Code: code, Output: rec})
		done <- err
	}()
	stdout := func() string {
		rec.mu.Lock()
		defer rec.mu.Unlock()
		return rec.streams["stdout"].String()
	}
	for !strings.Contains(stdout(), "go") {
		select {
		case err := <-done:
			t.Fatalf("the cell ended by itself: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
	began := time.Now()
	cancel()
	err := <-done
	took := time.Since(began)
	t.Logf("interrupted within %v", took)
	if took > 30*time.Second { // a hang; how fast it is, the log says, and 100 goroutines that spin under the race detector take seconds
		t.Errorf("the interrupt took %v", took)
	}
	var e *Error
	if !errors.As(err, &e) || e.Name != "Interrupted" {
		t.Fatalf("interrupting gave %v", err)
	}
	return stdout()
}

func value(t *testing.T, s *Session, code string) string {
	t.Helper()
	r, err := s.Execute(context.Background(), Cell{Number: 2, Code: code, Output: newRecord()})
	if err != nil {
		t.Fatalf("%s: %v", code, err)
	}
	if r.Value == nil {
		return ""
	}
	return fmt.Sprint(r.Value.Data["text/plain"])
}

// fitForever trains without end.
const fitForever = `split, _ := data.NewSplit(1, 1, []uint8{1, 2, 3, 4}, []uint8{0, 1, 0, 1})
d := &data.Dataset{Name: "dots", Train: split}
fmt.Println("go")
Fit(MLP(1, 2), d, Steps(1 << 30), Batch(1))`

// generateForever writes a text without end.
const generateForever = `lm := BitNetLM(Width(16), Layers(1), Heads(2), Context(16))
fmt.Println("go")
lm.Generate("a", Sampling{Tokens: 1 << 40})`

// streamForever prints one.
const streamForever = `lm := BitNetLM(Width(16), Layers(1), Heads(2), Context(16))
fmt.Println("go")
for piece := range lm.Stream("a", Sampling{Tokens: 1 << 40}) {
	fmt.Print(len(piece))
}`

// requestForever asks a server that never answers.
const requestForever = `server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
defer server.CloseClientConnections()
fmt.Println("go")
r, _ := http.NewRequestWithContext(context.Background(), "GET", server.URL, nil)
http.DefaultClient.Do(r)`

func TestInterrupt(t *testing.T) {
	cells := map[string]string{
		"loop":           `fmt.Println("go"); for { }`,
		"recursion":      `func spin(n int) { if n > 0 { spin(n-1); spin(n-1) } }` + "\n" + `fmt.Println("go"); spin(60)`,
		"sleep":          `fmt.Println("go"); time.Sleep(time.Hour)`,
		"receive":        `c := make(chan int); fmt.Println("go"); <-c`,
		"send":           `c := make(chan int); fmt.Println("go"); c <- 1`,
		"select":         `fmt.Println("go"); select {}`,
		"range channel":  `c := make(chan int); fmt.Println("go"); for range c { }`,
		"wait group":     `var wg sync.WaitGroup; wg.Add(1); fmt.Println("go"); wg.Wait()`,
		"compiled calls": `fmt.Println("go"); sort.Slice(make([]int, 1<<30), func(i, j int) bool { for { } })`,
		"mutex":          `var mu sync.Mutex; mu.Lock(); fmt.Println("go"); mu.Lock()`,
		"read lock":      `var mu sync.RWMutex; mu.Lock(); fmt.Println("go"); mu.RLock()`,
		"write lock":     `var mu sync.RWMutex; mu.RLock(); fmt.Println("go"); mu.Lock()`,
		"cond":           `var mu sync.Mutex; c := sync.NewCond(&mu); mu.Lock(); defer mu.Unlock(); fmt.Println("go"); for { c.Wait() }`,
		"ticker":         `tick := time.NewTicker(time.Hour); fmt.Println("go"); for range tick.C { }`,
		"busy ticker":    `tick := time.NewTicker(time.Millisecond); fmt.Println("go"); for range tick.C { }`,
		"select timeout": `fmt.Println("go"); select { case <-time.After(time.Hour): }`,
		"pipe":           `r, w := io.Pipe(); fmt.Println("go"); io.ReadAll(r); w.Close()`,
		"os pipe":        `r, w, _ := os.Pipe(); fmt.Println("go"); buf := make([]byte, 1); r.Read(buf); w.Close()`,
		"command":        `cmd := exec.Command("sleep", "1000"); fmt.Println("go"); cmd.Run()`,
		"once":           `var once sync.Once; fmt.Println("go"); once.Do(func() { select {} })`,
		"products":       `a, b := tensor.New(64, 64), tensor.New(64, 64); fmt.Println("go"); for { tensor.MatMul(a, b) }`,
		"kernels":        `c, a, b := make([]float32, 128*128), make([]float32, 128*128), make([]float32, 128*128); fmt.Println("go"); for { asm.GEMM(false, false, 128, 128, 128, c, 128, a, 128, b, 128, false) }`,
		"slow turns":     `c, a, b := make([]float32, 512*512), make([]float32, 512*512), make([]float32, 512*512); fmt.Println("go"); for i := 0; i < 1<<40; i++ { asm.GEMM(false, false, 512, 512, 512, c, 512, a, 512, b, 512, false) }`,
		"nested loops":   `n := 0; fmt.Println("go"); for { for i := range 1000 { if i%3 == 0 && n >= 0 { n++ } else { n = 0 } } }`,
		"search":         `x := make([]int, 100); find := func(y int) bool { for _, v := range x { if v == y { return true } }; return false }; fmt.Println("go"); for { if find(1) { break } }`,
		"fit":            fitForever,
		"generate":       generateForever,
		"stream":         streamForever,
		"goroutines":     `c := make(chan int); for range 100 { go func() { for { select { case <-c: default: } } }() }; fmt.Println("go"); <-c`,
		"request":        requestForever,
		"range over":     `fmt.Println("go"); for range func(yield func() bool) { for yield() { } } { }`,
		"labels":         `fmt.Println("go"); again: goto again`,
		"method value":   `type T struct{}` + "\n" + `func (T) Spin() { for { } }` + "\n" + `fmt.Println("go"); f := T{}.Spin; f()`,
		"recover":        `func keep() { defer func() { recover() }(); for { } }` + "\n" + `fmt.Println("go"); for { keep() }`,
	}
	for name, code := range cells {
		t.Run(name, func(t *testing.T) {
			s := newSession(t)
			value(t, s, "before := 41")
			interrupted(t, s, code)
			if got := value(t, s, "before + 1"); got != "42" {
				t.Errorf("afterwards before + 1 is %s", got)
			}
		})
	}
}

// Compiled code that recovers from what its callbacks panic with cannot keep a
// cell going: nothing follows the call, and deferred calls run.
func TestInterruptCannotBeRecovered(t *testing.T) {
	cells := map[string]string{
		"Stringer":    `fmt.Println(spinner{})`,
		"again":       `for { _ = fmt.Sprint(spinner{}) }`,
		"Formatter":   `fmt.Sprintf("%d", formatter{})`,
		"Scanner":     `fmt.Sscan("x", &scanner{})`,
		"template":    `template.Must(template.New("").Parse("{{.Spin}}")).Execute(io.Discard, spinner{})`,
		"LogValuer":   `slog.New(slog.NewTextHandler(io.Discard, nil)).Info("x", "y", spinner{})`,
		"Marshaler":   `json.Marshal(spinner{})`,
		"TextMarshal": `xml.Marshal(spinner{})`,
		"less":        `sort.Slice(make([]int, 9), func(i, j int) bool { return spin() == 1 })`,
		"once":        `new(sync.Once).Do(func() { spin() })`,
		"OnceValue":   `sync.OnceValue(spin)()`,
		"handler":     `http.HandlerFunc(handle).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))`,
		"server":      `server := httptest.NewServer(http.HandlerFunc(handle)); http.Get(server.URL)`,
		"walk":        `filepath.WalkDir(".", func(string, fs.DirEntry, error) error { spin(); return nil })`,
		"reflect":     `reflect.ValueOf(spin).Call(nil)`,
		"reader":      `io.ReadAll(spinner{})`,
		"recovered":   `func() { defer func() { recover() }(); fmt.Println(spinner{}) }()`,
	}
	for name, code := range cells {
		t.Run(name, func(t *testing.T) {
			s := newSession(t)
			value(t, s, `func spin() int { fmt.Println("go"); for { } }
type spinner struct{}
func (spinner) String() string { spin(); return "" }
func (spinner) Spin() string { spin(); return "" }
func (spinner) LogValue() slog.Value { spin(); return slog.Value{} }
func (spinner) MarshalJSON() ([]byte, error) { spin(); return nil, nil }
func (spinner) MarshalText() ([]byte, error) { spin(); return nil, nil }
func (spinner) Read([]byte) (int, error) { spin(); return 0, nil }
type formatter struct{}
func (formatter) Format(fmt.State, rune) { spin() }
type scanner struct{}
func (*scanner) Scan(fmt.ScanState, rune) error { spin(); return nil }
func handle(http.ResponseWriter, *http.Request) { spin() }
after, sum := 0, 0`)
			interrupted(t, s, `defer func() { for i := range 100 { sum += i } }()
`+code+`
after++`)
			if got := value(t, s, "after, sum"); got != "0, 4950" {
				t.Errorf("how often it went on, and the sum of the deferred call: %s", got)
			}
		})
	}
}

func TestInterruptRunsDefers(t *testing.T) {
	s := newSession(t)
	out := interrupted(t, s, `defer fmt.Println("deferred")
fmt.Println("go")
for { }`)
	if !strings.Contains(out, "deferred") {
		t.Errorf("printed %q", out)
	}
}

// A call that ends early because its context did is the last thing that the cell
// does; what it returned is kept.
func TestInterruptKeepsWhatCallsReturn(t *testing.T) {
	s := newSession(t)
	value(t, s, `split, err := data.NewSplit(1, 1, []uint8{1, 2, 3, 4}, []uint8{0, 1, 0, 1})
d := &data.Dataset{Name: "dots", Train: split}
reached := false`)
	interrupted(t, s, `fmt.Println("go")
run := Fit(MLP(1, 2), d, Steps(1 << 30), Batch(1))
reached = true`)
	if got := value(t, s, "fmt.Sprint(run.Interrupted, reached)"); got != `"true false"` {
		t.Errorf("the run was interrupted, and the next statement was reached: %s", got)
	}
}

// Closures and goroutines of earlier cells live on when a later cell is
// interrupted.
func TestInterruptLeavesOthersAlone(t *testing.T) {
	s := newSession(t)
	value(t, s, `add := func(a, b int) int { return a + b }
in, out := make(chan int), make(chan int)
go func() { for x := range in { out <- add(x, 1) } }()`)
	interrupted(t, s, `fmt.Println("go"); for { }`)
	if got := value(t, s, "in <- 5; r := <-out; r + add(1, 1)"); got != "8" {
		t.Errorf("got %s", got)
	}
}

// What a goroutine prints belongs to the cell that started it.
func TestGoroutineOutput(t *testing.T) {
	s := newSession(t)
	first, second := newRecord(), newRecord()
	ctx := context.Background()
	if _, err := s.Execute(ctx, Cell{1, `wake, done := make(chan int), make(chan int)
go func() { <-wake; fmt.Print("late"); close(done) }()`, first}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Execute(ctx, Cell{2, "close(wake); <-done; fmt.Print(\"own\")", second}); err != nil {
		t.Fatal(err)
	}
	if got := first.streams["stdout"].String(); got != "late" {
		t.Errorf("the first cell printed %q", got)
	}
	if got := second.streams["stdout"].String(); got != "own" {
		t.Errorf("the second cell printed %q", got)
	}
}

func TestInput(t *testing.T) {
	s := newSession(t)
	rec := newRecord()
	rec.input = []string{"3 4"}
	_, err := s.Execute(context.Background(), Cell{1, "var a, b int\nfmt.Scan(&a, &b)\nfmt.Print(a + b)", rec})
	if got := rec.streams["stdout"].String(); err != nil || got != "7" {
		t.Errorf("printed %q, %v", got, err)
	}
}

func TestEval(t *testing.T) {
	s := newSession(t)
	value(t, s, "x := 20")
	b, err := s.Eval(context.Background(), Cell{Number: 2, Output: newRecord()}, "x * 2 + 2")
	if err != nil || b.Data["text/plain"] != "42" {
		t.Errorf("x * 2 + 2 is %v, %v", b.Data, err)
	}
	if _, err := s.Eval(context.Background(), Cell{Number: 2, Output: newRecord()}, "nothing + 1"); err == nil {
		t.Error("nothing + 1 has a value")
	}
}

// A shell command ends with all that it has started.
func TestInterruptShell(t *testing.T) {
	s := newSession(t)
	interrupted(t, s, "!echo go; sleep 1000 & sleep 1000")
	interrupted(t, s, "!trap '' INT; echo go; sleep 1000; sleep 1000")
	if got := value(t, s, "6 * 7"); got != "42" {
		t.Errorf("afterwards 6 * 7 is %s", got)
	}
}

// A wait that is interrupted ends as a wait ends: its lock is held, and a signal
// that it does not need any more reaches another.
func TestInterruptCond(t *testing.T) {
	s := newSession(t)
	value(t, s, `var mu sync.Mutex
c := sync.NewCond(&mu)
woken := make(chan bool, 1)`)
	interrupted(t, s, `mu.Lock()
defer mu.Unlock()
fmt.Println("go")
c.Wait()`)
	value(t, s, `ready := make(chan bool)
go func() { mu.Lock(); defer mu.Unlock(); close(ready); c.Wait(); woken <- true }()
<-ready
mu.Lock(); mu.Unlock()
c.Signal()`)
	if got := value(t, s, "<-woken"); got != "true" {
		t.Errorf("the other is woken: %s", got)
	}
}

// The trace of an interrupt says where the cell was.
func TestInterruptTrace(t *testing.T) {
	s := newSession(t)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, err := s.Execute(ctx, Cell{3, "func spin() {\n\tfor { }\n}\nspin()", newRecord()})
	var e *Error
	if !errors.As(err, &e) || e.Name != "Interrupted" || !strings.Contains(strings.Join(e.Traceback, "\n"), "cell[3]:4") {
		t.Errorf("got %v", err)
	}
}

// What compiled code writes for a goroutine to os.Stdout belongs to the cell that
// started the goroutine, too.
func TestLateOutputOfCompiledCode(t *testing.T) {
	s := newSession(t)
	first, second := newRecord(), newRecord()
	ctx := context.Background()
	if _, err := s.Execute(ctx, Cell{1, `wake, done := make(chan int), make(chan int)
w := bufio.NewWriter(os.Stdout)
go func() {
	<-wake
	w.WriteString("buffered ")
	w.Flush()
	os.Stdout.WriteString("direct ")
	json.NewEncoder(os.Stdout).Encode("encoded")
	close(done)
}()`, first}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Execute(ctx, Cell{2, "close(wake); <-done", second}); err != nil {
		t.Fatal(err)
	}
	if got := first.streams["stdout"].String(); got != "buffered direct \"encoded\"\n" {
		t.Errorf("the first cell printed %q", got)
	}
	if got := second.streams["stdout"].String(); got != "" {
		t.Errorf("the second cell printed %q", got)
	}
}

// Cells that read os.Stdin ask the person, however they read it; where nobody can
// be asked they get an error.
func TestStdin(t *testing.T) {
	for name, code := range map[string]string{
		"scanner": `sc := bufio.NewScanner(os.Stdin); sc.Scan(); fmt.Print(sc.Text())`,
		"reader":  `line, _ := bufio.NewReader(os.Stdin).ReadString('\n'); fmt.Print(strings.TrimSpace(line))`,
		"file":    `b := make([]byte, 20); n, _ := os.Stdin.Read(b); fmt.Print(strings.TrimSpace(string(b[:n])))`,
		"all":     `b, _ := io.ReadAll(os.Stdin); fmt.Print(strings.TrimSpace(string(b)))`,
		"copy":    `var b strings.Builder; io.Copy(&b, os.Stdin); fmt.Print(strings.TrimSpace(b.String()))`,
		"scan":    `var a, b string; fmt.Fscan(os.Stdin, &a, &b); fmt.Print(a, " ", b)`,
		"scanln":  `var a, b string; fmt.Scanln(&a, &b); fmt.Print(a, " ", b)`,
	} {
		s := newSession(t)
		rec := newRecord()
		rec.input = []string{"3 4"}
		if _, err := s.Execute(context.Background(), Cell{1, code, rec}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := rec.streams["stdout"].String(); got != "3 4" {
			t.Errorf("%s: printed %q", name, got)
		}
	}
	if got := value(t, newSession(t), `_, err := os.Stdin.Read(make([]byte, 1)); err`); got != "nobody is there to ask" {
		t.Errorf("reading without anybody there gives %s", got)
	}
}
