package session

import (
	"fmt"
	"go/parser"
	"go/scanner"
	"go/token"
	"sort"
	"strings"
	"unicode/utf8"
)

// A source is the text of one cell. Positions inside it are byte offsets.
type source struct {
	number int    // of the cell
	name   string // "cell[3]"
	text   string
	lines  []int // offset of the start of each line
}

func newSource(number int, text string) *source {
	s := &source{number: number, name: fmt.Sprintf("cell[%d]", number), text: text, lines: []int{0}}
	for i, c := range []byte(text) {
		if c == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	return s
}

// position is the line and column of an offset, both from 1; columns count
// bytes, as in Go.
func (s *source) position(offset int) (line, column int) {
	offset = min(max(offset, 0), len(s.text))
	line = sort.SearchInts(s.lines, offset+1)
	return line, offset - s.lines[line-1] + 1
}

// line is the text of a line, from 1.
func (s *source) line(n int) string {
	if n < 1 || n > len(s.lines) {
		return ""
	}
	text := s.text[s.lines[n-1]:]
	if end := strings.IndexByte(text, '\n'); end >= 0 {
		text = text[:end]
	}
	return strings.TrimSuffix(text, "\r")
}

// excerpt is the line of an offset with a caret below the column.
func (s *source) excerpt(offset int) []string {
	n, column := s.position(offset)
	line := s.line(n)
	before := line[:min(column-1, len(line))]
	// Tabs stay tabs, so that the caret stands below what it points to.
	pad := strings.Map(func(r rune) rune {
		if r == '\t' {
			return '\t'
		}
		return ' '
	}, before)
	return []string{"    " + line, "    " + pad + "^"}
}

// sources finds the cell that a token.Pos is in.
type sources struct {
	fset  *token.FileSet
	files map[*token.File]origin
}

// origin says where the text of a parsed file comes from.
type origin struct {
	src   *source
	shift int // length of what stands before the cell's text
}

// at is the cell and offset of pos; the source is nil for positions outside of
// all cells.
func (s *sources) at(pos token.Pos) (*source, int) {
	f := s.fset.File(pos)
	if f == nil {
		return nil, 0
	}
	o, ok := s.files[f]
	if !ok {
		return nil, 0
	}
	return o.src, min(max(f.Offset(pos)-o.shift, 0), len(o.src.text))
}

// format is "cell[n]:line:column", "" for positions outside of all cells.
func (s *sources) format(pos token.Pos) string {
	src, offset := s.at(pos)
	if src == nil {
		return ""
	}
	line, column := src.position(offset)
	return fmt.Sprintf("%s:%d:%d", src.name, line, column)
}

// A piece is one top-level import, declaration or statement of a cell.
type piece struct {
	kind       pieceKind
	start, end int  // with the semicolon behind it
	silent     bool // ended by a semicolon that somebody wrote
	list       bool // a statement with commas that assigns nothing
}

type pieceKind int

const (
	importPiece  pieceKind = iota
	packagePiece           // of a program that was pasted: what it says goes without saying
	declPiece
	stmtPiece
	listPiece // "a, b", the last of a cell
)

// split cuts a cell into its top-level pieces, by tokens at depth 0. It accepts
// any text: what is wrong inside a piece is the parser's to say. stray is the
// offset of a closing bracket without an opening one, -1 if there is none.
func split(text string) (pieces []piece, stray int) {
	fset := token.NewFileSet()
	file := fset.AddFile("", -1, len(text))
	var sc scanner.Scanner
	sc.Init(file, []byte(text), func(token.Position, string) {}, 0)

	stray = -1
	depth := 0
	current := piece{start: -1}
	var first []token.Token         // the first tokens of the piece, up to the name of a func
	var afterRecv []token.Token     // the two tokens behind the parentheses of "func (...)"
	header := 0                     // how many semicolons may still come before the block of a statement
	headerAt := 0                   // where that statement starts
	commas, assigns := false, false // at depth 0
	finish := func(end int, silent bool) {
		if current.start < 0 {
			return
		}
		current.kind = kindOf(first, afterRecv)
		current.end, current.silent = min(end, len(text)), silent
		current.list = current.kind == stmtPiece && commas && !assigns && beginsValue(first[0])
		pieces = append(pieces, current)
		current, first, afterRecv, header = piece{start: -1}, nil, nil, 0
		commas, assigns = false, false
	}
	end := 0
	recvClosed := false
	last := token.ILLEGAL
	for {
		pos, tok, lit := sc.Scan()
		if tok == token.EOF {
			finish(len(text), false)
			return pieces, stray
		}
		offset := file.Offset(pos)
		// "if f := func() bool { ... }; f() {" goes on behind the semicolon.
		goesOn := func() bool {
			return header > 0 && (last != token.RBRACE || lit == ";" && !isStatement(text[headerAt:offset]))
		}
		if tok == token.SEMICOLON && depth == 0 {
			if !goesOn() {
				finish(max(offset+len(strings.Trim(lit, "\n")), end), lit == ";")
				recvClosed = false
				continue
			}
			header--
		}
		if current.start < 0 {
			current.start = offset
			recvClosed = false
		}
		if len(first) < 2 {
			first = append(first, tok)
		} else if recvClosed && len(afterRecv) < 2 {
			afterRecv = append(afterRecv, tok)
		}
		if depth == 0 {
			switch tok {
			case token.FOR:
				header, headerAt = 2, offset
			case token.IF, token.SWITCH:
				header, headerAt = 1, offset
			}
			commas = commas || tok == token.COMMA
			assigns = assigns || tok == token.ASSIGN || tok == token.DEFINE || token.ADD_ASSIGN <= tok && tok <= token.AND_NOT_ASSIGN
		}
		last = tok
		switch tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if depth == 0 {
				if stray < 0 {
					stray = offset
				}
				break
			}
			if depth--; depth == 0 && tok == token.RPAREN && len(first) == 2 && first[0] == token.FUNC && first[1] == token.LPAREN {
				recvClosed = true
			}
		}
		end = offset + len(tokenText(tok, lit))
		if tok == token.ILLEGAL { // the literal of a byte that is no UTF-8 is U+FFFD
			_, width := utf8.DecodeRuneInString(text[offset:])
			end = offset + width
		}
	}
}

// isStatement reports whether text is a statement, or several.
func isStatement(text string) bool {
	_, err := parser.ParseFile(token.NewFileSet(), "", stmtPrefix+text+stmtSuffix, parser.SkipObjectResolution)
	return err == nil
}

// beginsValue reports whether a statement that begins with tok may be a value.
func beginsValue(tok token.Token) bool {
	switch tok {
	case token.FUNC, token.MAP, token.CHAN, token.STRUCT, token.INTERFACE:
		return true
	}
	return !tok.IsKeyword()
}

func tokenText(tok token.Token, lit string) string {
	if lit != "" {
		return lit
	}
	return tok.String()
}

// kindOf tells a piece by its first tokens; after are the two tokens behind the
// first parentheses of one that starts with "func (".
func kindOf(first, after []token.Token) pieceKind {
	switch first[0] {
	case token.PACKAGE:
		return packagePiece
	case token.IMPORT:
		return importPiece
	case token.TYPE, token.CONST:
		return declPiece
	case token.FUNC:
		if len(first) > 1 && first[1] == token.IDENT {
			return declPiece
		}
		// A method has a name and parameters after its receiver.
		if len(after) == 2 && after[0] == token.IDENT && after[1] == token.LPAREN {
			return declPiece
		}
	}
	return stmtPiece
}

// only is the text with everything but the pieces of one kind blanked out, so
// that offsets stay.
func only(text string, pieces []piece, kind pieceKind) string {
	out := []byte(text)
	keep := make([]bool, len(text))
	for _, p := range pieces {
		if p.kind == kind {
			for i := p.start; i < p.end; i++ {
				keep[i] = true
			}
		}
	}
	for i, c := range out {
		if !keep[i] && c != '\n' {
			out[i] = ' '
		}
	}
	return string(out)
}

func newSources() *sources {
	return &sources{fset: token.NewFileSet(), files: map[*token.File]origin{}}
}
