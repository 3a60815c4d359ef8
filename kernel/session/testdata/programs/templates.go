//go:build ignore

// text/template and html/template on types of our own: fields, methods with
// arguments and errors, functions, nested templates, range over iterators.
package main

import (
	"errors"
	"fmt"
	"html/template"
	"iter"
	"os"
	"strings"
	text "text/template"
)

type Money int

func (m Money) String() string { return fmt.Sprintf("%d.%02d", int(m)/100, int(m)%100) }

type Item struct {
	Name  string
	Price Money
	Count int
	Tags  map[string]bool
}

func (i Item) Total() Money            { return i.Price * Money(i.Count) }
func (i *Item) Discount(pct int) Money { return i.Total() * Money(100-pct) / 100 }
func (i Item) Label(sep string) string { return i.Name + sep + i.Price.String() }
func (i Item) Stock() (int, error) {
	if i.Count < 0 {
		return 0, errors.New("less than nothing of " + i.Name)
	}
	return i.Count, nil
}

type Order struct {
	Number int
	Items  []*Item
	Notes  func(string) string
	*Customer
}

type Customer struct{ First, Last string }

func (c *Customer) Name() string { return c.First + " " + c.Last }

func (o Order) Expensive(than Money) iter.Seq2[int, *Item] {
	return func(yield func(int, *Item) bool) {
		for i, it := range o.Items {
			if it.Total() > than && !yield(i, it) {
				return
			}
		}
	}
}

const page = `
{{- define "line"}}{{printf "%-8s" .Name}} {{.Count | printf "%3d"}} x {{.Price}} = {{.Total}}{{end -}}
Order #{{.Number}} for {{.Name}} ({{.Last}})
{{range $i, $it := .Items -}}
{{add $i 1}}. {{template "line" $it}}{{if gt $it.Count 2}} bulk {{$it.Discount 10}}{{else if eq $it.Count 1}} single{{end}}
{{else}}nothing
{{end -}}
{{with .Notes}}{{call . "hello"}}{{end}}
{{range $k, $v := (index .Items 0).Tags}}{{$k}}={{$v}};{{end}}
{{range $i, $it := .Expensive 1000}}{{$i}}:{{$it.Label "@"}} {{break}}{{end}}
{{len .Items}} {{slice .First 1 3}} {{.Items | len | eq 3}} {{and 1 0}} {{or "" "x"}} {{not true}} {{html "<b>"}} {{js "it's"}}
{{- range 3}}{{if eq . 1}}{{continue}}{{end}} r{{.}}{{end}}
`

func main() {
	funcs := text.FuncMap{
		"add": func(ns ...int) (n int) {
			for _, v := range ns {
				n += v
			}
			return
		},
		"upper": strings.ToUpper,
		"fail":  func() (string, error) { return "", errors.New("on purpose") },
	}
	t := text.Must(text.New("page").Funcs(funcs).Parse(page))
	order := Order{
		Number: 7,
		Items: []*Item{
			{"pen", 150, 3, map[string]bool{"new": true, "blue": false}},
			{"desk", 19999, 1, nil},
			{"clip", 5, 200, nil},
		},
		Notes:    func(s string) string { return "note: " + s },
		Customer: &Customer{"Ada", "Lovelace"},
	}
	if err := t.Execute(os.Stdout, order); err != nil {
		fmt.Println(err)
	}
	if err := t.Execute(os.Stdout, Order{Customer: &Customer{}, Items: []*Item{}}); err != nil {
		fmt.Println("\nerror:", err)
	}
	for _, src := range []string{`{{.Stock}}`, `{{.Missing}}`, `{{fail}}`, `{{.Name | upper | printf "%q"}}`, `{{.Label}}`, `{{index .Tags "x"}}`, `{{if}}`} {
		var b strings.Builder
		t, err := text.New("t").Funcs(funcs).Option("missingkey=error").Parse(src)
		if err == nil {
			err = t.Execute(&b, Item{Name: "bolt", Count: -1})
		}
		fmt.Printf("%s: %q %v\n", src, b.String(), err)
	}
	h := template.Must(template.New("h").Parse(`<a href="/q?{{.Q}}" title='{{.T}}' onclick="f({{.J}})">{{.T}}{{.Safe}}</a>` + "\n"))
	err := h.Execute(os.Stdout, struct {
		Q, T string
		J    any
		Safe template.HTML
	}{"a b&c", "<it's>", Item{Name: "</script>", Price: 1}, "<i>ok</i>"})
	fmt.Println(err)
}
