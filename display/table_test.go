package display

import (
	"strings"
	"testing"
)

func modelTable() *Table {
	return &Table{
		Title:   "Sequential",
		Columns: []Column{{Name: "layer"}, {Name: "kind"}, {Name: "in → out"}, {Name: "parameters", Right: true}, {Name: "bits/weight", Right: true}, {Name: "bytes", Right: true}},
		Rows: [][]string{
			{"0", "BitLinear", "784 → 256", "200,704", "1.58", "50,180"},
			{"1", "ReLU", "256 → 256", "0"},
			{"2", "BitLinear", "256 → 256", "65,536", "1.58", "16,388"},
			{"3", "ReLU", "256 → 256", "0"},
			{"4", "BitLinear", "256 → 10", "2,560", "1.58", "644"},
		},
		Footer:  []string{"", "total", "784 → 10", "268,800", "1.58", "67,212"},
		Summary: "1.05 MiB of latent float32 weights while it trains.",
	}
}

func TestTableGolden(t *testing.T) {
	b := modelTable().Display()
	golden(t, "table.html", []byte(b.Data[MIMEHTML].(string)))
	golden(t, "table.txt", []byte(b.Data[MIMEText].(string)+"\n"))
}

func TestTableText(t *testing.T) {
	for _, test := range []struct {
		name  string
		table Table
		want  string
	}{
		{"nothing", Table{}, "\n\n"},
		{"no rows", Table{Columns: []Column{{Name: "a"}, {Name: "b", Right: true}}}, `
a  b
────`},
		{"wide and combining characters", Table{
			Columns: []Column{{Name: "名前"}, {Name: "n", Right: true}},
			Rows:    [][]string{{"三進法", "3"}, {"e\u0301tat", "27"}},
		}, `
名前     n
──────────
三進法   3
e` + "\u0301" + `tat    27`},
		{"short, long and broken rows", Table{
			Columns: []Column{{Name: "a"}, {Name: "b"}},
			Rows:    [][]string{{"1"}, {"1", "2", "3"}, {"x\ny", "t\tu"}},
		}, `
a    b
────────
1
1    2
x y  t u`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.table.String(); got != strings.TrimPrefix(test.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestTableEscapes(t *testing.T) {
	evil := `<script>alert("1")</script>&`
	b := (&Table{Title: evil, Columns: []Column{{Name: evil}}, Rows: [][]string{{evil}}, Footer: []string{evil}, Summary: evil}).Display()
	html := b.Data[MIMEHTML].(string)
	if strings.Contains(html, "<script") || strings.Count(html, "&lt;script&gt;") != 5 {
		t.Errorf("not every cell is escaped:\n%s", html)
	}
}
