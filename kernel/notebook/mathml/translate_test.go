package mathml

import (
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/formulas.txt anew")

// TestFormulas compares with testdata/formulas.txt, which holds pairs of lines:
// a formula, and its translation or what is wrong with it.
func TestFormulas(t *testing.T) {
	const file = "testdata/formulas.txt"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, pair := range strings.Split(strings.TrimSpace(string(data)), "\n\n") {
		tex, want, _ := strings.Cut(pair, "\n")
		got, err := Translate(tex, false)
		if err != nil {
			got = "error: " + err.Error()
		} else {
			wellFormed(t, got)
			got = strings.TrimPrefix(got, "<math><semantics><mrow>")
			got, _, _ = strings.Cut(got, "</mrow><annotation")
		}
		fmt.Fprintf(&all, "%s\n%s\n\n", tex, got)
		if !*update && got != want {
			t.Errorf("%s\n got %s\nwant %s", tex, got, want)
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(strings.TrimSpace(all.String())+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func wellFormed(t *testing.T, s string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(s))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Errorf("%v in %s", err, s)
			return
		}
	}
}

func TestDisplay(t *testing.T) {
	got, err := Translate("a<b", true)
	if err != nil {
		t.Fatal(err)
	}
	want := `<math display="block"><semantics><mrow><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow>` +
		`<annotation encoding="application/x-tex">a&lt;b</annotation></semantics></math>`
	if got != want {
		t.Errorf("got %s", got)
	}
}

// FuzzTranslate: whatever comes in, what comes out is well-formed.
func FuzzTranslate(f *testing.F) {
	for _, s := range []string{`\frac{a}{b}_i^2`, `\begin{cases}1&x>0\\-1\end{cases}`, `\left(\sqrt[3]{x}\right|`, strings.Repeat("{", 1000), `\`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out, err := Translate(s, true)
		if err == nil && xmlText(s) {
			wellFormed(t, out)
		}
	})
}

// xmlText reports whether XML can hold s at all: it has no control characters.
func xmlText(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0xfffd || r == 0xfffe || r == 0xffff
	})
}
