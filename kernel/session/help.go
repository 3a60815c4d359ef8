package session

import (
	"strings"

	"setun/display"
	"setun/dsl/symbols"
)

const helpText = `A cell is Go. Imports, declarations and statements mix in any order; a trailing
expression is shown; everything can be declared again; packages of the standard
library and of Setun import themselves when they are named.

%help          this page
%help NAME     the declaration and documentation of NAME: Fit, nn.Linear, strings.Cut
NAME?          the same
%engine        what runs the cells; %engine NAME: run them on another from now on
;              behind the last expression: do not show it
`

func newImporter() *symbols.Importer { return symbols.NewImporter() }

// magic answers %help and NAME?; ok is false for ordinary cells.
func (s *Session) magic(code string) (page *display.Bundle, ok bool, err error) {
	code = strings.TrimSpace(code)
	name := ""
	switch {
	case strings.ContainsRune(code, '\n') || code == "":
		return nil, false, nil
	case code[0] == '%':
		command, rest, _ := strings.Cut(code[1:], " ")
		if command == "engine" {
			page, err = s.engineMagic(strings.TrimSpace(rest))
			return page, true, err
		}
		if command != "help" {
			msg := "there is no magic %" + command + "; %help lists what there is"
			return nil, true, &Error{Name: "CompileError", Message: msg, Traceback: []string{msg}}
		}
		name = strings.TrimSpace(rest)
	case strings.HasSuffix(code, "?") && isName(code[:len(code)-1]):
		name = code[:len(code)-1]
	default:
		return nil, false, nil
	}
	if name == "" {
		b := display.Text(helpText)
		return &b, true, nil
	}
	b, found := s.Inspect(name, len(name), 1)
	if !found {
		msg := "nothing is known about " + name
		return nil, true, &Error{Name: "CompileError", Message: msg, Traceback: []string{msg}}
	}
	return &b, true, nil
}

// isName reports whether s is identifiers with dots between them.
func isName(s string) bool {
	for _, part := range strings.Split(s, ".") {
		if part == "" || strings.ContainsFunc(part, func(r rune) bool { return !isLetter(r) }) {
			return false
		}
	}
	return true
}
