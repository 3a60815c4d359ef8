package notebook

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"path/filepath"
	"strings"

	"github.com/alecthomas/chroma/v2"
	chromahtml "github.com/alecthomas/chroma/v2/formatters/html"
	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/alecthomas/chroma/v2/styles"
	"github.com/yuin/goldmark/parser"
)

// A Page says how a notebook becomes an HTML page.
type Page struct {
	Title string // used if the notebook has no heading, usually the file's name
	Dir   string // where the notebook's relative image links lead
	Note  string // one line at the foot: what made the outputs

	// TrustHTML shows text/html outputs and the HTML in markdown cells as they
	// are. It is for notebooks that were just executed here: whoever runs a
	// notebook's code trusts it with more than a page. Without it HTML outputs
	// fall back to their text. In either case the page's own content security
	// policy forbids every script and every request but for images.
	TrustHTML bool
}

//go:embed page.html.tmpl
var pageTemplate string

//go:embed page.css
var pageCSS string

var tmpl = template.Must(template.New("page").Parse(pageTemplate))

// Render returns the page: one file, nothing beside it, readable in light and
// dark and on paper. The same notebook gives the same bytes.
func (p Page) Render(n *Notebook) ([]byte, error) {
	r := &pageRenderer{
		Page:      p,
		ids:       parser.NewContext().IDs(),
		formatter: chromahtml.New(chromahtml.WithClasses(true)),
	}
	css, err := r.css()
	if err != nil {
		return nil, err
	}
	view := struct {
		Title, Note string
		CSS         template.CSS
		Cells       []cellView
	}{Title: n.Title(), Note: p.Note, CSS: css}
	if view.Title == "" {
		view.Title = p.Title
	}
	for i, c := range n.Cells {
		v, err := r.cell(c)
		if err != nil {
			return nil, fmt.Errorf("page: cell %d: %w", i+1, err)
		}
		view.Cells = append(view.Cells, v)
	}
	var buf bytes.Buffer
	if err := tmpl.Execute(&buf, view); err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	return buf.Bytes(), nil
}

// WriteFile renders the page into file: whole, or not at all.
func (p Page) WriteFile(file string, n *Notebook) error {
	data, err := p.Render(n)
	if err != nil {
		return err
	}
	return writeFile(file, data)
}

type pageRenderer struct {
	Page
	ids       parser.IDs // heading ids, unique in the whole page
	formatter *chromahtml.Formatter
}

type cellView struct {
	ID      string
	Prose   template.HTML // markdown and raw cells
	Code    template.HTML // code cells
	Count   int
	Outputs []outputView
}

// outputView is one output; exactly one of Image, HTML and Text is set.
type outputView struct {
	Class  string
	Image  template.URL
	Alt    string
	Width  int
	Height int
	HTML   template.HTML
	Text   template.HTML
}

func (p *pageRenderer) cell(c *Cell) (v cellView, err error) {
	v.ID = c.ID
	switch c.Type {
	case Markdown:
		v.Prose, err = p.markdown(c)
	case Raw:
		v.Prose = template.HTML("<pre>" + template.HTMLEscapeString(c.Source) + "</pre>")
	case Code:
		v.Count = c.Count
		if strings.TrimSpace(c.Source) != "" {
			v.Code, err = p.highlight(c.Source, "go")
		}
		for _, o := range c.Outputs {
			if err == nil {
				var ov outputView
				ov, err = p.output(o)
				v.Outputs = append(v.Outputs, ov)
			}
		}
	}
	return v, err
}

// imageTypes are the images a page can hold, best first.
var imageTypes = []string{"image/png", "image/svg+xml", "image/jpeg", "image/gif"}

func (p *pageRenderer) output(o *Output) (outputView, error) {
	switch o.Type {
	case Stream:
		return outputView{Class: o.Name, Text: ansiHTML(o.Text)}, nil
	case Failure:
		text := strings.Join(o.Traceback, "\n")
		if text == "" {
			text = o.EName + ": " + o.EValue
		}
		return outputView{Class: "error", Text: ansiHTML(text)}, nil
	}
	plain, _ := o.Data["text/plain"].(string)
	for _, t := range imageTypes {
		if s, ok := o.Data[t].(string); ok {
			v := outputView{Class: "image", Image: template.URL(imageURI(t, s)), Alt: stripANSI(plain)}
			v.Width, v.Height = size(o.Metadata[t])
			return v, nil
		}
	}
	if s, ok := o.Data["text/html"].(string); ok && p.TrustHTML {
		return outputView{Class: "html", HTML: template.HTML(s)}, nil
	}
	if s, ok := o.Data["text/markdown"].(string); ok {
		h, err := p.markdown(&Cell{Source: s})
		return outputView{Class: "html", HTML: h}, err
	}
	return outputView{Class: "result", Text: ansiHTML(plain)}, nil
}

// imageURI makes a data URI of an image as a MIME bundle holds it: base64, but
// SVG as text.
func imageURI(mime, content string) string {
	if mime == "image/svg+xml" {
		content = base64.StdEncoding.EncodeToString([]byte(content))
	}
	return "data:" + mime + ";base64," + strings.Join(strings.Fields(content), "")
}

// size reads the width and height, in CSS pixels, that an image's metadata
// ask for; 0 where they do not.
func size(metadata any) (w, h int) {
	m, _ := metadata.(map[string]any)
	pixels := func(key string) int {
		n, _ := m[key].(json.Number)
		f, err := n.Float64()
		if err != nil || f < 1 || f > 10_000 {
			return 0
		}
		return int(math.Round(f))
	}
	return pixels("width"), pixels("height")
}

// highlight colours code. Unknown languages stay plain.
func (p *pageRenderer) highlight(code, language string) (template.HTML, error) {
	lexer := lexers.Get(language)
	if lexer == nil {
		lexer = lexers.Fallback
	}
	tokens, err := chroma.Coalesce(lexer).Tokenise(nil, strings.TrimRight(code, "\n"))
	if err != nil {
		return "", err
	}
	var buf bytes.Buffer
	if err := p.formatter.Format(&buf, styles.Get("github"), tokens); err != nil {
		return "", err
	}
	return template.HTML(buf.String()), nil
}

// css is the page's style sheet: our own, then the colours of code for light
// and for dark.
func (p *pageRenderer) css() (template.CSS, error) {
	var buf bytes.Buffer
	buf.WriteString(pageCSS)
	for _, scheme := range [][2]string{{"light", "github"}, {"dark", "github-dark"}} {
		fmt.Fprintf(&buf, "@media (prefers-color-scheme: %s) {\n", scheme[0])
		if err := p.formatter.WriteCSS(&buf, styles.Get(scheme[1])); err != nil {
			return "", err
		}
		buf.WriteString("}\n")
	}
	// The panel's colour is ours, not the highlighter's.
	buf.WriteString(".bg, .chroma { background: none; color: inherit }\n")
	return template.CSS(buf.String()), nil
}

// PageName returns the name of the page beside the notebook file.
func PageName(file string) string {
	return strings.TrimSuffix(file, filepath.Ext(file)) + ".html"
}
