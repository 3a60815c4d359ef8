package session

import (
	"slices"
	"strings"
	"testing"

	"setun/display"
)

// The cursor is at ‸.
func TestComplete(t *testing.T) {
	s := newSession(t)
	value(t, s, `type Pt struct{ X, Y int }
func (p Pt) Norm2() int { return p.X*p.X + p.Y*p.Y }
func makePt() Pt { return Pt{1, 2} }
pt := Pt{3, 4}
counts := map[string]Pt{}
import str "strings"`)
	tests := []struct {
		code string
		want string // must be offered: name:kind ...
		not  string // must not
	}{
		{"strings.ToUp‸", "ToUpper:function", "ToLower"},
		{"str.HasPre‸", "HasPrefix:function", ""},
		{"str‸", "strings:package str:package strconv:package", ""},
		{"pt.‸", "X:field Y:field Norm2:method", "makePt"},
		{"pt.N‸", "Norm2:method", "X"},
		{"makePt().‸", "X:field Norm2:method", ""},
		{"counts[\"a\"].‸", "X:field", ""},
		{"for _, p := range counts {\n\tp.‸", "X:field", ""},
		{"for _, p := range counts {\n\tfmt.Println(p.‸)\n}", "X:field", ""},
		{"func f(local int) {\n\tinner := 2.5\n\tloc‸\n}", "local:variable", "later"},
		{"if q := makePt(); q.‸", "X:field", ""},
		{"later := 1\npt.X = mak‸", "makePt:function make:function", ""},
		{"Sequ‸", "Sequential:function", ""},
		{"bit‸", "BitLinear:function bits:package", ""},
		{"opt := AdamW(1e-3).‸", "For:method", ""},
		{"http.DefaultClient.‸", "Timeout:field Get:method", ""},
		{"sw‸", "switch:keyword", ""},
		{"x := \"pt.‸\"", "", "X"},
		{"// pt.‸", "", "X"},
		{"%he‸", "help:magic", ""},
		{"%‸", "time:magic who:magic reset:magic cd:magic env:magic memlimit:magic", ""},
		{"%cd test‸", "testdata/:argument", ""},
		{"%engine y‸", "yaegi:argument", "compiled"},
		{"%env PAT‸", "PATH:argument", ""},
		{"%time strings.ToUp‸", "ToUpper:function", ""},
		{"%time\nstrings.ToUp‸", "ToUpper:function", ""},
		{"%help strings.ToUp‸", "ToUpper:function", ""},
		{"7 %he‸", "", "help"},
		{"var w io.Wri‸", "Writer:type", ""},
		{"fmt.Println(\"ü\", pt.‸", "X:field", ""},
		{"type Pt struct{ X, Y int }\nfunc (p Pt) Norm2() int { return p.‸ }", "X:field Norm2:method", ""},
		{"func (p *Pt) Grow(by int) { p.X += b‸ }", "by:variable", ""},
		{"math.P‸ * 2", "Pi:constant", ""},
		{"limit := 3\ntype Q[T any] struct{}\nfunc (q Q[T]) F() int { return lim‸ }", "limit:variable", ""},
		{"corner := Pt{}\nfunc x() int { return corner.‸ }", "X:field Norm2:method", ""},
		{"pt, counts[\"a\"].N‸", "Norm2:method", ""},
		{"pt := counts\npt[\"k\"].No‸", "Norm2:method", ""},
	}
	for _, tt := range tests {
		cursor := strings.Index(tt.code, "‸")
		code := strings.Replace(tt.code, "‸", "", 1)
		c := s.Complete(code, cursor)
		var got []string
		for _, m := range c.Matches {
			got = append(got, m.Text+":"+m.Kind)
		}
		for _, want := range strings.Fields(tt.want) {
			if !slices.Contains(got, want) {
				t.Errorf("%s: %s is not offered, only %v", tt.code, want, got[:min(len(got), 20)])
			}
		}
		for _, name := range strings.Fields(tt.not) {
			if slices.ContainsFunc(c.Matches, func(m Match) bool { return m.Text == name }) {
				t.Errorf("%s: %s is offered", tt.code, name)
			}
		}
		if c.Start > cursor || c.End < cursor || c.End > len(code) {
			t.Errorf("%s: replaces %d to %d", tt.code, c.Start, c.End)
		}
	}
	// Completing changes nothing.
	if got := value(t, s, "pt.X"); got != "3" {
		t.Errorf("pt.X is %s", got)
	}
}

func TestInspect(t *testing.T) {
	s := newSession(t)
	value(t, s, "answer := 42\ntype Pt struct{ X, Y int }\npt := Pt{1, 2}")
	tests := []struct {
		code string
		want []string
	}{
		{"answ‸er", []string{"var answer int", "42"}},
		{"pt‸", []string{"var pt Pt", "X: 1"}},
		{"strings.Cut‸", []string{"func Cut(", "slices s around the first instance"}},
		{"strings.Cut(‸", []string{"func Cut("}},
		{"strings.Cut(\"a=b\", ‸", []string{"func Cut("}},
		{"str‸ings.Cut", []string{"package strings", "UTF-8"}},
		{"var b strings.Builder\nb.WriteStr‸ing(\"x\")", []string{"WriteString(s string)", "appends the contents of s"}},
		{"Fit‸", []string{"func Fit("}},
		{"Pt‸{}", []string{"type Pt struct", "X int"}},
		{"math.P‸i", []string{"const Pi", "3.14159"}},
		{"http‸", []string{"package http"}},
	}
	for _, tt := range tests {
		cursor := strings.Index(tt.code, "‸")
		b, ok := s.Inspect(strings.Replace(tt.code, "‸", "", 1), cursor, 0)
		text, _ := b.Data[display.MIMEText].(string)
		for _, want := range tt.want {
			if !ok || !strings.Contains(text, want) {
				t.Errorf("%s: found %v; no %q in %q", tt.code, ok, want, text)
			}
		}
	}
	for _, code := range []string{"", "  ", "nobodyKnows", "1 + "} {
		if _, ok := s.Inspect(code, len(code), 0); ok {
			t.Errorf("%q: found something", code)
		}
	}
}

func TestIsComplete(t *testing.T) {
	s := newSession(t)
	tests := []struct{ code, status, indent string }{
		{"x := 1", "complete", ""},
		{"fmt.Println(1)", "complete", ""},
		{"for i := range 3 {", "incomplete", "\t"},
		{"f(func() {", "incomplete", "\t\t"},
		{"x :=", "incomplete", ""},
		{"a +", "incomplete", ""},
		{"a, b", "complete", ""},
		{"a, b;", "complete", ""},
		{"a, b,", "incomplete", ""},
		{"a, f(", "incomplete", "\t"},
		{"a, b\nc", "invalid", ""},
		{"a, , b", "invalid", ""},
		{"a, b = b, a", "complete", ""},
		{"s := `raw", "incomplete", ""},
		{"/* comment", "incomplete", ""},
		{"x)", "invalid", ""},
		{"1 2", "invalid", ""},
		{"func f() {\n}", "complete", ""},
		{"", "complete", ""},
		{"%help", "complete", ""},
	}
	for _, tt := range tests {
		if got := s.IsComplete(tt.code); got.Status != tt.status || got.Indent != tt.indent {
			t.Errorf("%q: %q, %q", tt.code, got.Status, got.Indent)
		}
	}
}
