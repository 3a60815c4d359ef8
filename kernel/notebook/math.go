package notebook

import (
	"bytes"
	"fmt"
	"html"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"setun/kernel/notebook/mathml"
)

// mathematics is the goldmark extension for $inline$ and $$display$$ formulas,
// which Jupyter adds to markdown. A formula that cannot be translated is shown
// as it is written.
type mathematics struct{}

func (m mathematics) Extend(md goldmark.Markdown) {
	// Before emphasis (500), so that the _ and * of formulas stay theirs.
	md.Parser().AddOptions(parser.WithInlineParsers(util.Prioritized(m, 150)))
	md.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(m, 150)))
}

// A formula is a node of the markdown tree.
type formula struct {
	ast.BaseInline
	tex     string
	display bool
}

var kindFormula = ast.NewNodeKind("Formula")

func (*formula) Kind() ast.NodeKind { return kindFormula }
func (f *formula) Dump(src []byte, level int) {
	ast.DumpHelper(f, src, level, map[string]string{"TeX": f.tex}, nil)
}

func (mathematics) Trigger() []byte { return []byte{'$'} }

// Parse reads a formula at the dollar sign. As in Pandoc, the $ of an inline
// formula have no space on their inner side and no digit behind them: "$5 and
// $10" is money.
func (mathematics) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	fence := "$"
	if line, _ := block.PeekLine(); bytes.HasPrefix(line, []byte("$$")) {
		fence = "$$"
	}
	startLine, startPos := block.Position()
	block.Advance(len(fence))
	var tex bytes.Buffer
	for {
		line, _ := block.PeekLine()
		if line == nil {
			block.SetPosition(startLine, startPos)
			return nil
		}
		end := endOfFormula(line, fence)
		if end < 0 {
			tex.Write(line)
			block.AdvanceLine()
			continue
		}
		tex.Write(line[:end])
		block.Advance(end + len(fence))
		break
	}
	t := tex.Bytes()
	next := block.Peek()
	spaced := len(t) > 0 && (util.IsSpace(t[0]) || util.IsSpace(t[len(t)-1]))
	if len(bytes.TrimSpace(t)) == 0 || fence == "$" && (spaced || next >= '0' && next <= '9') {
		block.SetPosition(startLine, startPos)
		return nil
	}
	return &formula{tex: string(bytes.TrimSpace(t)), display: fence == "$$"}
}

// endOfFormula finds the closing fence in line, past escaped dollar signs.
func endOfFormula(line []byte, fence string) int {
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\':
			i++
		case bytes.HasPrefix(line[i:], []byte(fence)):
			return i
		}
	}
	return -1
}

func (mathematics) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindFormula, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		f := n.(*formula)
		out, err := mathml.Translate(f.tex, f.display)
		if err != nil {
			out = `<code class="tex">` + html.EscapeString(f.tex) + "</code>"
		}
		_, err = fmt.Fprint(w, out)
		return ast.WalkContinue, err
	})
}
