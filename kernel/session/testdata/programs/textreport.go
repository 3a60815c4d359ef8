//go:build ignore

// text/template, tabwriter and strings.Builder make a report.
package main

import (
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"text/template"
	"time"
)

type Line struct {
	Item  string
	Qty   int
	Price float64
}

func (l Line) Total() float64 { return float64(l.Qty) * l.Price }

type Invoice struct {
	No    int
	Lines []Line
	Meta  map[string]any
	Date  time.Time
}

func (i *Invoice) Sum() (s float64) {
	for _, l := range i.Lines {
		s += l.Total()
	}
	return
}

const text = `{{define "line"}}{{printf "%-8s" .Item}} {{.Qty | printf "%3d"}} x {{money .Price}} = {{money .Total}}{{end -}}
Invoice {{.No}} of {{.Date.Format "2 Jan 2006"}}
{{range $i, $l := .Lines}}{{if $i}}
{{end}}{{template "line" $l}}{{else}}empty{{end}}
{{with .Meta}}{{range $k, $v := .}}{{$k}}={{$v}};{{end}}{{end}}
{{if and (gt .Sum 10.0) (not .Meta.paid)}}DUE {{money .Sum}}{{else if .Meta.paid}}paid{{end}}
{{len .Lines}} {{index .Lines 0 | printf "%v"}} {{slice "abcdef" 1 3}} {{html "<b>"}} {{"q" | printf "%q" | js}}
{{- /* comment */ -}}
{{block "foot" .}} foot {{.No}}{{end}}
`

func main() {
	t := template.Must(template.New("inv").Funcs(template.FuncMap{"money": func(f float64) string { return fmt.Sprintf("%.2f", f) }}).Parse(text))
	inv := &Invoice{7, []Line{{"pen", 3, 1.5}, {"ink", 1, 9.25}}, map[string]any{"paid": false, "by": "Ann"}, time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)}
	if err := t.Execute(os.Stdout, inv); err != nil {
		fmt.Println("error:", err)
	}
	err := template.Must(template.New("bad").Parse("{{.Nope}}")).Execute(io.Discard, inv)
	fmt.Println(err)
	w := tabwriter.NewWriter(os.Stdout, 0, 8, 2, '.', tabwriter.AlignRight|tabwriter.Debug)
	fmt.Fprintln(w, "a\tbbb\tc")
	fmt.Fprintln(w, "aaaa\tb\tccc")
	w.Flush()
}
