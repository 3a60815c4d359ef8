package compile

import (
	"regexp"
	"strings"
)

var (
	methodName = regexp.MustCompile(`^\((\*?)(.*/)?([^./]+)\.(.+?)\)\.`)
	arguments  = regexp.MustCompile(`\[.*\]`)
	literal    = regexp.MustCompile(`\$(\d+)`)
)

// goName is the name of a function as package runtime spells it: main.(*T).M and
// main.f.func1.2 where packages types and ssa have (*main.T).M and main.f$1$2. A
// literal among a cell's statements is cell.func1, and type arguments are told.
func goName(name string) string {
	if !strings.ContainsAny(name, "([$") {
		return name
	}
	name = methodName.ReplaceAllStringFunc(name, func(m string) string {
		part := methodName.FindStringSubmatch(m)
		if part[1] != "" {
			return part[2] + part[3] + ".(*" + part[4] + ")."
		}
		return part[2] + part[3] + "." + part[4] + "."
	})
	switch head, kind, ok := strings.Cut(name, "$"); {
	case ok && kind == "bound":
		return head + "-fm"
	case ok && kind == "thunk":
		return head
	}
	name = strings.Replace(name, "main."+CellName, "cell", 1)
	first := true
	return literal.ReplaceAllStringFunc(name, func(m string) string {
		if first {
			first = false
			return ".func" + m[1:]
		}
		return "." + m[1:]
	})
}

// elided is a name as goName makes it without type arguments, as package runtime
// has it.
func elided(name string) string { return arguments.ReplaceAllString(name, "[...]") }
