package session

import (
	"go/scanner"
	"go/token"
	"strings"
)

// tokens scans code and reports how it ends: the brackets that are open, the last
// token, and whether the end stands inside a comment or a raw string.
func tokens(code string, visit func(offset int, tok token.Token, lit string)) (unterminated bool) {
	fset := token.NewFileSet()
	file := fset.AddFile("", -1, len(code))
	var sc scanner.Scanner
	sc.Init(file, []byte(code), func(_ token.Position, msg string) {
		if strings.Contains(msg, "raw string literal not terminated") || strings.Contains(msg, "comment not terminated") {
			unterminated = true
		}
	}, scanner.ScanComments)
	for {
		pos, tok, lit := sc.Scan()
		if tok == token.EOF {
			return unterminated
		}
		visit(file.Offset(pos), tok, lit)
	}
}

// openBrackets lists the brackets that are open at the end of code.
func openBrackets(code string) []token.Token {
	var open []token.Token
	tokens(code, func(_ int, tok token.Token, _ string) {
		switch tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			open = append(open, tok)
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
	})
	return open
}

// neverClosed is the offset of the innermost bracket that is open at the end of
// code, -1 if there is none.
func neverClosed(code string) int {
	var open []int
	tokens(code, func(at int, tok token.Token, _ string) {
		switch tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			open = append(open, at)
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
	})
	if len(open) == 0 {
		return -1
	}
	return open[len(open)-1]
}

// inText reports whether offset is inside a string or a comment.
func inText(code string, offset int) bool {
	in := false
	tokens(code, func(at int, tok token.Token, lit string) {
		if tok == token.STRING || tok == token.CHAR || tok == token.COMMENT {
			if at < offset && offset < at+len(lit) {
				in = true
			}
		}
	})
	return in
}

// enclosingCall is the offset of the end of what is called by the innermost call
// around offset, -1 if there is none.
func enclosingCall(code string, offset int) int {
	var open []int
	tokens(code, func(at int, tok token.Token, _ string) {
		if at >= offset {
			return
		}
		switch tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			open = append(open, at)
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
	})
	for i := len(open) - 1; i >= 0; i-- {
		if code[open[i]] != '(' {
			continue
		}
		if start, end := identifierAt(code, open[i]); start < end {
			return open[i]
		}
	}
	return -1
}

// continues are tokens that a cell cannot end with.
var continues = map[token.Token]bool{
	token.ADD: true, token.SUB: true, token.MUL: true, token.QUO: true, token.REM: true,
	token.AND: true, token.OR: true, token.XOR: true, token.SHL: true, token.SHR: true, token.AND_NOT: true,
	token.LAND: true, token.LOR: true, token.EQL: true, token.NEQ: true, token.LSS: true, token.GTR: true,
	token.LEQ: true, token.GEQ: true, token.NOT: true, token.ASSIGN: true, token.DEFINE: true,
	token.COMMA: true, token.PERIOD: true, token.ARROW: true, token.COLON: true,
	token.ADD_ASSIGN: true, token.SUB_ASSIGN: true, token.MUL_ASSIGN: true, token.QUO_ASSIGN: true,
	token.FUNC: true, token.IMPORT: true, token.VAR: true, token.CONST: true, token.TYPE: true,
	token.IF: true, token.FOR: true, token.SWITCH: true, token.SELECT: true, token.ELSE: true,
}

// IsComplete tells whether a cell can run as it stands, or wants more lines.
func (s *Session) IsComplete(code string) Completeness {
	if commands, rest := s.leadingCommands(code); len(commands) > 0 {
		// %time with nothing behind it waits for what it is to time.
		if last := commands[len(commands)-1]; strings.TrimSpace(code[rest:]) == "" && (last.name != "time" || last.arg != "") {
			return Completeness{Status: "complete"}
		} else if last.name == "time" && strings.TrimSpace(code[rest:]) == "" {
			return Completeness{Status: "incomplete"}
		}
		code = code[rest:]
	}
	depth, stray := 0, false
	last := token.ILLEGAL
	unterminated := tokens(code, func(_ int, tok token.Token, lit string) {
		switch tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if depth--; depth < 0 {
				stray = true
			}
		}
		if tok != token.COMMENT && (tok != token.SEMICOLON || lit == ";") {
			last = tok
		}
	})
	switch {
	case stray:
		return Completeness{Status: "invalid"}
	case unterminated:
		return Completeness{Status: "incomplete"}
	case depth > 0 || continues[last]:
		return Completeness{Status: "incomplete", Indent: strings.Repeat("\t", max(depth, 0))}
	}
	if _, diags := newSources().parse(newSource(0, code)); len(diags) > 0 {
		return Completeness{Status: "invalid"}
	}
	return Completeness{Status: "complete"}
}
