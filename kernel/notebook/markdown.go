package notebook

import (
	"bytes"
	"encoding/base64"
	"html/template"
	"mime"
	"os"
	"path/filepath"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// maxImage is the largest local image that a page takes in, in bytes.
const maxImage = 16 << 20

// markdown renders a markdown cell: GitHub's dialect, Go code coloured like the
// code cells, attachments and local images inside the page.
func (p *pageRenderer) markdown(c *Cell) (template.HTML, error) {
	options := []renderer.Option{
		renderer.WithNodeRenderers(util.Prioritized(fencedCode{p}, 100)),
	}
	if p.TrustHTML {
		options = append(options, html.WithUnsafe())
	}
	md := goldmark.New(
		goldmark.WithExtensions(extension.GFM, extension.Footnote, mathematics{}),
		goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(options...),
	)
	src := []byte(c.Source)
	doc := md.Parser().Parse(text.NewReader(src), parser.WithContext(parser.NewContext(parser.WithIDs(p.ids))))
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if img, ok := n.(*ast.Image); ok && entering {
			if uri := p.embed(string(img.Destination), c); uri != "" {
				img.Destination = []byte(uri)
			}
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		return "", err
	}
	var buf bytes.Buffer
	if err := md.Renderer().Render(&buf, src, doc); err != nil {
		return "", err
	}
	return template.HTML(buf.String()), nil
}

// embed returns the data URI of an attachment or a local image; "" for
// anything else, which stays the link it is.
func (p *pageRenderer) embed(dest string, c *Cell) string {
	if name, ok := strings.CutPrefix(dest, "attachment:"); ok {
		bundle, _ := c.Attachments[name].(map[string]any)
		for _, t := range imageTypes {
			if s, ok := bundle[t].(string); ok {
				return imageURI(t, s)
			}
		}
		return ""
	}
	if strings.Contains(dest, ":") || filepath.IsAbs(dest) || !filepath.IsLocal(filepath.FromSlash(dest)) {
		return ""
	}
	t := mime.TypeByExtension(filepath.Ext(dest))
	file := filepath.Join(p.Dir, filepath.FromSlash(dest))
	fi, err := os.Stat(file)
	if !strings.HasPrefix(t, "image/") || err != nil || fi.Size() > maxImage {
		return ""
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	t, _, _ = strings.Cut(t, ";")
	return "data:" + t + ";base64," + base64.StdEncoding.EncodeToString(data)
}

// fencedCode renders fenced code blocks through the page's highlighter.
type fencedCode struct{ page *pageRenderer }

func (f fencedCode) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindFencedCodeBlock, func(w util.BufWriter, src []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		block := n.(*ast.FencedCodeBlock)
		var code strings.Builder
		for i := range block.Lines().Len() {
			line := block.Lines().At(i)
			code.Write(line.Value(src))
		}
		h, err := f.page.highlight(code.String(), string(block.Language(src)))
		if err != nil {
			return ast.WalkStop, err
		}
		_, err = w.WriteString(string(h))
		return ast.WalkSkipChildren, err
	})
}

// heading returns the text of the first level-one heading of src, or "".
func heading(src string) string {
	b := []byte(src)
	doc := goldmark.DefaultParser().Parse(text.NewReader(b))
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok && h.Level == 1 {
			var t strings.Builder
			_ = ast.Walk(h, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
				if s, ok := n.(*ast.Text); ok && entering {
					t.Write(s.Value(b))
				}
				return ast.WalkContinue, nil
			})
			return t.String()
		}
	}
	return ""
}
