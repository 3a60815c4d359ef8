package session

import (
	"context"
	"fmt"
	"strings"

	"setun/display"
	"setun/dsl/symbols"
)

const helpIntro = `A cell is Go. Imports, declarations and statements mix in any order; a trailing
expression is shown, or several: x, err; everything can be declared again;
packages of the standard library and of Setun import themselves when they are
named, those beside the notebook by an import declaration: import "./layers".

Magics stand on the first lines of a cell:

`

const helpOthers = `!COMMAND            run a command in the shell; nobody answers what it asks
NAME?               the same as %help NAME
;                   behind the last expression: do not show it
`

// usageWidth is the width of the left column of the list of magics.
const usageWidth = 19

// helpText is what %help shows.
func helpText() string {
	var b strings.Builder
	b.WriteString(helpIntro)
	for _, m := range magics() {
		about := strings.ReplaceAll(m.about, "\n", "\n"+strings.Repeat(" ", usageWidth+1))
		fmt.Fprintf(&b, "%-*s %s\n", usageWidth, m.usage(), about)
	}
	return b.String() + helpOthers
}

func (m magic) usage() string { return strings.TrimSpace("%" + m.name + " " + m.args) }

func newImporter() *symbols.Importer { return symbols.NewImporter() }

// helpMagic is %help, %help NAME and NAME?.
func helpMagic(s *Session, _ context.Context, _ Cell, name string) (Result, error) {
	if name == "" {
		b := display.Text(helpText())
		return Result{Page: &b}, nil
	}
	if m, ok := findMagic(strings.TrimPrefix(name, "%")); ok && name[0] == '%' {
		b := display.Text(m.usage() + "\n\n" + m.about)
		return Result{Page: &b}, nil
	}
	b, found := s.Inspect(name, len(name), 1)
	if !found {
		return Result{}, magicError("nothing is known about %s", name)
	}
	return Result{Page: &b}, nil
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
