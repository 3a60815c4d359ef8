package notebook

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"sort"
	"strconv"
	"strings"
)

// The cell tags of papermill's convention
// (https://papermill.readthedocs.io/en/latest/usage-parameterize.html).
const (
	tagParameters = "parameters"
	tagInjected   = "injected-parameters"
)

// A Param is one value given from outside, as written: name=value.
type Param struct{ Name, Value string }

// ParseParam splits name=value.
func ParseParam(s string) (Param, error) {
	name, value, ok := strings.Cut(s, "=")
	if !ok || !token.IsIdentifier(name) {
		return Param{}, &Error{
			Err:  fmt.Errorf("parameter %q is not name=value", s),
			Mend: "for example: -p epochs=3",
		}
	}
	return Param{name, value}, nil
}

// Inject sets parameters. The notebook declares them, with their defaults, in a
// cell tagged "parameters"; Inject puts a cell of assignments right behind it,
// in place of one that an earlier run left there, and records the values in
// metadata.papermill.
//
// Value becomes a Go number, truth value or string by the way it looks, and a
// string whatever it looks like if the default is a string literal.
func (n *Notebook) Inject(params []Param) error {
	if len(params) == 0 {
		return nil
	}
	at := -1
	for i, c := range n.Cells {
		if c.Type == Code && c.Tagged(tagParameters) {
			at = i
			break
		}
	}
	if at < 0 {
		return &Error{
			Err:  errors.New("the notebook has no code cell tagged \"parameters\", so it takes no parameters"),
			Mend: "tag the cell that declares the defaults; in JupyterLab: property inspector, Cell Tags",
		}
	}
	defaults, err := declared(n.Cells[at].Source)
	if err != nil {
		return fmt.Errorf("the parameters cell: %w", err)
	}

	var src strings.Builder
	src.WriteString("// Parameters\n")
	record := map[string]any{}
	for _, p := range params {
		def, ok := defaults[p.Name]
		switch {
		case !ok:
			return &Error{
				Err:  fmt.Errorf("the notebook has no parameter %q", p.Name),
				Mend: "it has " + strings.Join(names(defaults), ", "),
			}
		case def.constant:
			return &Error{
				Err:  fmt.Errorf("parameter %q is a constant in the parameters cell, so it cannot be set", p.Name),
				Mend: fmt.Sprintf("declare it as a variable: %s := …", p.Name),
			}
		case record[p.Name] != nil:
			return fmt.Errorf("parameter %q is given twice", p.Name)
		}
		literal, value := literal(p.Value, def.text)
		fmt.Fprintf(&src, "%s = %s\n", p.Name, literal)
		record[p.Name] = value
	}

	cell := &Cell{
		Type:     Code,
		Source:   strings.TrimSuffix(src.String(), "\n"),
		Metadata: map[string]any{"tags": []any{tagInjected}},
	}
	if at+1 < len(n.Cells) && n.Cells[at+1].Tagged(tagInjected) {
		cell.ID = n.Cells[at+1].ID
		n.Cells[at+1] = cell
	} else {
		n.Cells = append(n.Cells[:at+1], append([]*Cell{cell}, n.Cells[at+1:]...)...)
	}
	n.mendIDs()

	if n.Metadata == nil {
		n.Metadata = map[string]any{}
	}
	papermill, _ := n.Metadata["papermill"].(map[string]any)
	papermill = with(papermill)
	papermill["parameters"] = record
	n.Metadata["papermill"] = papermill
	return nil
}

// A parameter is a name that the parameters cell declares.
type parameter struct {
	constant bool
	text     bool // the default is a string literal
}

// declared finds what the parameters cell declares.
func declared(src string) (map[string]parameter, error) {
	const head = "package p; func _() {\n"
	f, err := parser.ParseFile(token.NewFileSet(), "", head+src+"\n}", parser.SkipObjectResolution)
	if err != nil {
		return nil, &Error{
			Err:  errors.New("it may hold only declarations of variables, and does not parse as such"),
			Mend: "move everything else into another cell; a parameter reads: epochs := 5",
		}
	}
	found := map[string]parameter{}
	add := func(names []ast.Expr, values []ast.Expr, constant bool) {
		for i, e := range names {
			id, ok := e.(*ast.Ident)
			if !ok || id.Name == "_" {
				continue
			}
			p := parameter{constant: constant}
			if i < len(values) {
				lit, ok := values[i].(*ast.BasicLit)
				p.text = ok && lit.Kind == token.STRING
			}
			found[id.Name] = p
		}
	}
	body := f.Decls[0].(*ast.FuncDecl).Body
	for _, s := range body.List {
		switch s := s.(type) {
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				add(s.Lhs, s.Rhs, false)
			}
		case *ast.DeclStmt:
			d := s.Decl.(*ast.GenDecl)
			for _, spec := range d.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok {
					ids := make([]ast.Expr, len(v.Names))
					for i, id := range v.Names {
						ids[i] = id
					}
					add(ids, v.Values, d.Tok == token.CONST)
				}
			}
		}
	}
	return found, nil
}

// literal returns the Go expression for value and what the notebook's metadata
// record of it.
func literal(value string, text bool) (src string, record any) {
	if s, err := strconv.Unquote(value); err == nil && (value[0] == '"' || value[0] == '`') {
		return value, s
	}
	if !text {
		if value == "true" || value == "false" {
			return value, value == "true"
		}
		if e, err := parser.ParseExpr(value); err == nil {
			if u, ok := e.(*ast.UnaryExpr); ok && (u.Op == token.SUB || u.Op == token.ADD) {
				e = u.X
			}
			if lit, ok := e.(*ast.BasicLit); ok && (lit.Kind == token.INT || lit.Kind == token.FLOAT) {
				return value, number(value)
			}
		}
	}
	return strconv.Quote(value), value
}

// number is a Go number literal as JSON: 0x10 and 1_000 are not JSON.
func number(lit string) any {
	if i, err := strconv.ParseInt(lit, 0, 64); err == nil {
		return json.Number(strconv.FormatInt(i, 10))
	}
	if f, err := strconv.ParseFloat(lit, 64); err == nil {
		return f
	}
	return lit
}

func names(m map[string]parameter) []string {
	out := make([]string, 0, len(m))
	for name := range m {
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}
