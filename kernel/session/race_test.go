package session

import (
	"fmt"
	"strings"
	"testing"
)

// A goroutine of an earlier cell calls functions for the first time, which are
// compiled then and mention a type that later cells give methods. Only a test with
// -race sees that they keep out of each other's way.
func TestMethodsBesideFirstCalls(t *testing.T) {
	s := newSession(t)
	var funcs, list strings.Builder
	const n = 30
	for i := range n {
		fmt.Fprintf(&funcs, "func f%d() string { type wrap struct { T; x [%d]int }; var v fmt.Stringer = wrap{}; return v.String() }\n", i, i+1)
		fmt.Fprintf(&list, "f%d, ", i)
	}
	value(t, s, "type T struct{}\nfunc (T) String() string { return \"T\" }")
	value(t, s, funcs.String())
	value(t, s, `done := make(chan int)
go func() {
	n := 0
	for _, f := range []func() string{`+list.String()+`} {
		if f() == "T" { n++ }
		time.Sleep(50*time.Microsecond)
	}
	done <- n
}()`)
	for i := range 10 {
		value(t, s, fmt.Sprintf("func (T) M%d() int { return %d }", i, i))
	}
	if got := value(t, s, "<-done"); got != fmt.Sprint(n) {
		t.Errorf("%s calls went well, want %d", got, n)
	}
	if got := value(t, s, "T{}.M9()"); got != "9" {
		t.Errorf("the last method returns %s", got)
	}
}
