package notebook

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// gallery is a notebook with one of everything that a page shows.
func gallery() *Notebook {
	png := "iVBORw0KGgo=\n"
	return &Notebook{Cells: []*Cell{
		{
			Type: Markdown, ID: "title", Source: "# Gallery & *more*\n\nSum $\\sum_i w_i^2$, money $5 and $10, code `a<b`.\n\n$$\n\\hat W = \\gamma\n$$\n\n" +
				"![dot](attachment:dot.png) ![local](dot.png) ![out](../dot.png)\n\n```go\nx := 1\n```\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n<b onclick=\"x()\">bold</b> $\\unknown$",
			Attachments: map[string]any{"dot.png": map[string]any{"image/png": png}},
		},
		{Type: Markdown, ID: "again", Source: "# Gallery & *more*"},
		{Type: Raw, ID: "raw", Source: "raw <b>"},
		{Type: Code, ID: "code", Count: 3, Source: "fmt.Println(\"<&>\")", Outputs: []*Output{
			{Type: Stream, Name: "stdout", Text: "10 %\r20 %\n\x1b[1;31mred <b>\x1b[0m plain\x1b[K\n"},
			{Type: Stream, Name: "stderr", Text: "warning\n"},
			{
				Type:     Display,
				Data:     map[string]any{"text/plain": "loss falls from \"2.3\" to 0.1", "image/png": png, "application/vnd.vegalite.v5+json": map[string]any{}},
				Metadata: map[string]any{"image/png": map[string]any{"width": json.Number("640"), "height": json.Number("260.4")}},
			},
			{Type: Result, Count: 3, Data: map[string]any{"text/plain": "a  b\n1  2", "text/html": "<table><tr><td>1</td></tr></table><script>x()</script>"}},
			{Type: Result, Count: 3, Data: map[string]any{"text/plain": "<svg>", "image/svg+xml": "<svg></svg>"}},
			{Type: Display, Data: map[string]any{"text/plain": "m", "text/markdown": "*m*"}},
			{Type: Failure, EName: "Panic", EValue: "x", Traceback: []string{"\x1b[31mPanic\x1b[39m: x", "  at cell 3"}},
			{Type: Failure, EName: "Bare", EValue: "<x>"},
		}},
		{Type: Code, ID: "empty"},
	}}
}

// TestPage compares with golden pages, once trusted and once not.
func TestPage(t *testing.T) {
	dir := t.TempDir()
	dot, err := base64.StdEncoding.DecodeString("iVBORw0KGgo=")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "dot.png"), dot, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]Page{
		"trusted":   {Title: "unused", Dir: dir, Note: "Made by <me>", TrustHTML: true},
		"untrusted": {Dir: dir},
	} {
		page, err := p.Render(gallery())
		if err != nil {
			t.Fatal(err)
		}
		// The style sheet is no part of the golden file: it changes with taste.
		head, rest, _ := bytes.Cut(page, []byte("<style>"))
		_, rest, _ = bytes.Cut(rest, []byte("</style>"))
		got := slices.Concat(head, rest)
		file := filepath.Join("testdata", "page-"+name+".html")
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs (go test -update writes it anew); got\n%s", file, got)
		}
		if name == "untrusted" && bytes.Contains(got, []byte("x()")) {
			t.Error("a script of an untrusted notebook is in the page")
		}
		if again, _ := p.Render(gallery()); !bytes.Equal(again, page) {
			t.Error("the same notebook gives another page")
		}
	}
}

func TestANSI(t *testing.T) {
	tests := []struct{ in, want string }{
		{"plain <b>", "plain &lt;b&gt;"},
		{"\x1b[31mred\x1b[0m x", `<span class="ansi-red">red</span> x`},
		{"\x1b[1;4;91mloud\x1b[22;24mless\x1b[mx", `<span class="ansi-red ansi-bold ansi-underline">loud</span><span class="ansi-red">less</span>x`},
		{"\x1b[38;5;1ma\x1b[39m\x1b[48;5;12mb\x1b[49mc", `<span class="ansi-red">a</span><span class="ansi-bg-blue">b</span>c`},
		{"\x1b[38;2;1;2;3mtrue\x1b[0m", "true"},
		{"\x1b[38mcut\x1b[38;5m", "cut"},
		{"\x1b[2J\x1b]0;title\x07\x1b(Bx", "x"},
		{"1 %\r2 %\r\n3 %\r", "2 %\n3 %"},
		{"\x1b[31m", ""},
	}
	for _, tt := range tests {
		if got := string(ansiHTML(tt.in)); got != tt.want {
			t.Errorf("%q\n got %s\nwant %s", tt.in, got, tt.want)
		}
	}
}

func TestTitle(t *testing.T) {
	tests := []struct{ src, want string }{
		{"# One", "One"},
		{"text\n\nTwo *em* `code`\n===\n", "Two em code"},
		{"## Sub\n\n# Three", "Three"},
		{"no heading", ""},
	}
	for _, tt := range tests {
		n := &Notebook{Cells: []*Cell{{Type: Code, Source: "# no"}, {Type: Markdown, Source: tt.src}}}
		if got := n.Title(); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.src, got, tt.want)
		}
	}
	if got := PageName("out/a.b.ipynb"); got != "out/a.b.html" || strings.Contains(got, "ipynb") {
		t.Errorf("PageName: %s", got)
	}
}
