package session

import (
	"fmt"
	"go/types"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// A type that is declared again is another type, and values of the earlier one
// live on. What go/types says then names both alike; here the cells tell them
// apart. To this end the package that a cell is checked as has the cell's number
// in its name, which no identifier can have.

const cellPackagePrefix = "cell·"

// cellPackage is the name of the package that a cell is checked as.
func cellPackage(number int) string { return cellPackagePrefix + strconv.Itoa(number) }

var (
	cellQualifier = regexp.MustCompile(cellPackagePrefix + `(\d+)\.(\w+)`)
	cannotUse     = regexp.MustCompile(`^cannot use (.*) \((?:variable|value|constant)(?: \S+)? of (?:\w+ )*?type (.+)\) as (.+) value in (.*)$`)
	// undefinedMember may be of a package that a variable hides.
	undefinedMember = regexp.MustCompile(`^(\w+)\.\w+ undefined \(type `)
	version         = regexp.MustCompile(` \(cell \d+\)`)
)

// explain is a message of go/types as a person with cells reads it: types without
// packages, and with their cells where there are several of one name.
func (r *checkRun) explain(msg string) string {
	if m := undefinedMember.FindStringSubmatch(msg); m != nil && byName[m[1]] != "" {
		msg += fmt.Sprintf("; %s is a variable now, and import %q makes it the package again", m[1], byName[m[1]])
	}
	m := cannotUse.FindStringSubmatch(msg)
	if m == nil {
		return r.withCells(msg, false)
	}
	from, to := r.withCells(m[2], true), r.withCells(m[3], true)
	in := ", in " + m[4]
	switch {
	case from == to:
		// Two readings of a package on disk.
		return fmt.Sprintf("cannot use %s: value of %s as it was before its package was read again where %s of now is wanted%s", m[1], from, to, in)
	case version.ReplaceAllString(from, "") == version.ReplaceAllString(to, ""):
		return fmt.Sprintf("cannot use %s: value of %s where %s is wanted%s; %s", r.withCells(m[1], false), from, to, in, remedy(from, to))
	}
	return r.withCells(msg, false)
}

// remedy says what to run again.
func remedy(from, to string) string {
	number := func(s string) (n int) {
		// It is there: the two types differ by it.
		_, _ = fmt.Sscanf(version.FindString(s), " (cell %d)", &n)
		return n
	}
	if number(from) < number(to) {
		return "make the value again"
	}
	return "run again the cell that declares what wants it"
}

// staleError is a type assertion that failed because the type was declared again.
type staleError string

func (e staleError) Error() string { return "interface conversion: " + string(e) }
func (staleError) RuntimeError()   {}

// staleAssertion is the value of a panic, with the cells of the types if it is a
// failed assertion about two of one name.
func (e *compileEngine) staleAssertion(value any) any {
	failed, ok := value.(*runtime.TypeAssertionError)
	if !ok {
		return value
	}
	from, to := e.program.Asserted(failed)
	if from == nil || to == nil || shortType(from) != shortType(to) {
		return value
	}
	a, b := withCell(from), withCell(to)
	if a == b {
		return value
	}
	return staleError(fmt.Sprintf("value of %s where %s is wanted; %s", a, b, remedy(a, b)))
}

// withCell is a type whose names have their cells.
func withCell(t types.Type) string {
	text := types.TypeString(t, func(p *types.Package) string { return p.Name() })
	return cellQualifier.ReplaceAllString(text, "$2 (cell $1)")
}

// withCells replaces the packages of cells in a message. If all of it is a type,
// the types of this cell get its number too.
func (r *checkRun) withCells(msg string, isType bool) string {
	var several []string // names of this cell that others have had
	for name := range r.declared {
		if _, before := r.scope.objects[name].(*types.TypeName); before {
			several = append(several, name)
		}
	}
	if isType && len(several) > 0 {
		own := regexp.MustCompile(`(?:[·\w]+\.)?\b(?:` + strings.Join(several, "|") + `)\b`)
		msg = own.ReplaceAllStringFunc(msg, func(s string) string {
			if strings.Contains(s, ".") {
				return s
			}
			return fmt.Sprintf("%s (cell %d)", s, r.cell.src.number)
		})
	}
	return cellQualifier.ReplaceAllStringFunc(msg, func(s string) string {
		m := cellQualifier.FindStringSubmatch(s)
		if r.scope.versions[m[2]] > 1 || slices.Contains(several, m[2]) {
			return fmt.Sprintf("%s (cell %s)", m[2], m[1])
		}
		return m[2]
	})
}
