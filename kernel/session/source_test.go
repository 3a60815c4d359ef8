package session

import (
	"strings"
	"testing"
)

func TestSplit(t *testing.T) {
	names := map[pieceKind]string{importPiece: "import", declPiece: "decl", stmtPiece: "stmt"}
	tests := []struct {
		text string
		want string
	}{
		{"x := 1; y := 2", "stmt[x := 1;] stmt[y := 2]"},
		{"import \"fmt\"\nx\nfunc f() {}", "import[import \"fmt\"] stmt[x] decl[func f() {}]"},
		{"import (\n\"a\"\n\"b\"\n)\n1", "import[import (\n\"a\"\n\"b\"\n)] stmt[1]"},
		{"func (t T) M() {}\nfunc() {}()", "decl[func (t T) M() {}] stmt[func() {}()]"},
		{"func(a int) int { return a }(3)", "stmt[func(a int) int { return a }(3)]"},
		{"for i := 0; i < 3; i++ {\n}\nx", "stmt[for i := 0; i < 3; i++ {\n}] stmt[x]"},
		{"if a := 1; a > 0 {\n} else if b := 2; b > 1 {\n}; c", "stmt[if a := 1; a > 0 {\n} else if b := 2; b > 1 {\n};] stmt[c]"},
		{"if f := func() int { return 1 }; f() > 0 {\n}; c", "stmt[if f := func() int { return 1 }; f() > 0 {\n};] stmt[c]"},
		{"for s := (T{}); s.x; {\n}\nc", "stmt[for s := (T{}); s.x; {\n}] stmt[c]"},
		{"switch a := []int{1}; len(a) {\n}\nc", "stmt[switch a := []int{1}; len(a) {\n}] stmt[c]"},
		{"type T struct {\n\ta int\n}\nvar x T", "decl[type T struct {\n\ta int\n}] stmt[var x T]"},
		{"x /* ; */ + 1 // ; no", "stmt[x /* ; */ + 1 // ; no]"},
		{"s := \";\"\n\n\nt", "stmt[s := \";\"] stmt[t]"},
	}
	for _, tt := range tests {
		pieces, stray := split(tt.text)
		var got []string
		for _, p := range pieces {
			got = append(got, names[p.kind]+"["+strings.TrimSpace(tt.text[p.start:p.end])+"]")
		}
		if s := strings.Join(got, " "); s != tt.want || stray >= 0 {
			t.Errorf("%q\n got %q, stray %d\nwant %q", tt.text, s, stray, tt.want)
		}
	}
}

// What one semicolon costs does not grow with how many there are: a splitter that
// parsed the text before each of them would take minutes here.
func TestSplitLong(t *testing.T) {
	for _, tt := range []struct {
		text   string
		pieces int
	}{
		{"if " + strings.Repeat("{};", 30000), 29999},
		{"if f := func() {}; x {}" + strings.Repeat(" else if f := func() {}; x {}", 10000), 1},
		{strings.Repeat("for{", 25000), 1},
		{strings.Repeat("x;", 50000), 50000},
	} {
		if pieces, _ := split(tt.text); len(pieces) != tt.pieces {
			t.Errorf("%.40q…: %d pieces, want %d", tt.text, len(pieces), tt.pieces)
		}
	}
}

func TestPosition(t *testing.T) {
	src := newSource(1, "ab\nüc\n")
	for _, tt := range []struct{ offset, line, column int }{
		{0, 1, 1}, {2, 1, 3}, {3, 2, 1}, {5, 2, 3}, {7, 3, 1}, {99, 3, 1}, {-1, 1, 1},
	} {
		if l, c := src.position(tt.offset); l != tt.line || c != tt.column {
			t.Errorf("offset %d is %d:%d", tt.offset, l, c)
		}
	}
}

// FuzzSplit checks that any text can be split, parsed and completed, and that no
// piece loses or invents text.
func FuzzSplit(f *testing.F) {
	for _, seed := range []string{
		"x := 1", "import \"fmt\"\nfmt.Println(1)", "func (", "func (a) b", "if x {", "`", "\"", "/*", "}{", "a;;b", "for ;; {", "L: for {}", "\xff", "x.\n", "é := 1; é",
	} {
		f.Add(seed)
	}
	seedSessions(f)
	s, err := New(Config{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		pieces, _ := split(text)
		at := 0
		for _, p := range pieces {
			if p.start < at || p.end < p.start || p.end > len(text) {
				t.Fatalf("piece %+v of %q after %d", p, text, at)
			}
			at = p.end
		}
		for _, kind := range []pieceKind{importPiece, declPiece, stmtPiece} {
			if blanked := only(text, pieces, kind); len(blanked) != len(text) {
				t.Fatalf("%q blanked to %q", text, blanked)
			}
		}
		newSources().parse(newSource(1, text))
		s.IsComplete(text)
		c := s.Complete(text, len(text)/2)
		if c.Start < 0 || c.End > len(text) || c.Start > c.End {
			t.Fatalf("completion of %q replaces %d to %d", text, c.Start, c.End)
		}
	})
}
