package programs

import (
	"embed"
	"fmt"
	"strings"
)

// A Program is compiled code and its source.
type Program struct {
	Name     string
	Function string          // in the file of the same name
	Run      func(n int) int // the function, compiled
}

// All are the programs, in the order in which they are told of.
var All = []Program{
	{"loop", "loop", loop},
	{"fibonacci", "fibonacci", fibonacci},
	{"method", "method", method},
	{"interface", "interfaces", interfaces},
	{"closure", "closure", closure},
	{"results and errors", "failures", failures},
	{"defer", "deferred", deferred},
	{"generic functions", "generic", generic},
	{"slice", "slices", slices},
	{"append", "filter", filter},
	{"clip", "clip", clip},
	{"matrix product", "matrices", matrices},
	{"arrays of arrays", "smoothing", smoothing},
	{"edit distance", "edits", edits},
	{"sieve", "sieve", sieve},
	{"queens", "queens", queens},
	{"planets", "planets", planets},
	{"structs passed on", "structargs", structargs},
	{"trees", "trees", trees},
	{"little machine", "machine", machine},
	{"type switch", "typeswitch", typeswitch},
	{"xorshift", "xorshift", xorshift},
	{"map of strings", "stringmap", stringmap},
	{"map of ints", "intmap", intmap},
	{"map lookup", "lookup", lookup},
	{"map range", "maprange", maprange},
	{"maze", "maze", maze},
	{"bytes of a string", "vowels", vowels},
	{"adding strings up", "concat", concat},
	{"words", "words", words},
	{"format", "formatted", formatted},
	{"channel with room", "buffered", buffered},
	{"channel without", "unbuffered", unbuffered},
	{"select", "selects", selects},
	{"variables of a cell", "variables", variables},
	{"compiled function", "compiled", compiled},
	{"compiled method", "compiledmethod", compiledmethod},
}

//go:embed *.go
var files embed.FS

// Source is the program's source without its package clause, which cells do not have.
func (p Program) Source() (string, error) {
	text, err := files.ReadFile(p.Function + ".go")
	if err != nil {
		return "", err
	}
	_, source, ok := strings.Cut(string(text), "package programs\n")
	if !ok {
		return "", fmt.Errorf("%s.go is of another package", p.Function)
	}
	return source, nil
}
