// Package session is what a Go cell means: it splits a cell into declarations
// and statements, type-checks it whole against everything earlier cells
// declared, runs it, and answers completion and inspection.
//
// The way of a cell:
//
//	source.go   text into pieces, by tokens at depth 0
//	parse.go    pieces into syntax with the positions of the cell
//	names.go    what a name means: earlier cells, the dsl, packages that import themselves
//	check.go    go/types over it all; bodies.go lets functions see the cell's
//	            variables; again.go, literal.go and earlier_methods.go are about
//	            cells that are run again and types of earlier cells
//	engine.go   choosing what runs a checked cell: behind the seam of package
//	            engine, one file engine_*.go for each
//	run.go      running it, interrupting it, showing its value
//
// The session knows nothing of Jupyter: cells come in as text, output goes out
// through Output. How a checked cell runs hides behind one narrow interface,
// because it will change.
package session
