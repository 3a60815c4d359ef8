// Package interp runs type-checked Go: it compiles the syntax tree of a cell
// into Go closures, with what go/types found out about it.
//
// A variable is memory of its Go type, laid out by reflect, so values pass to
// compiled code and back as they are. An expression becomes a closure that
// returns its value, typed for all kinds but structs and arrays; a statement
// becomes a closure that says how to go on. Types that cells declare exist for
// go/types by name and for compiled code by shape: box.go joins the two where a
// value enters an interface.
//
// The package knows nothing of cells as text, of completion or of Jupyter. It
// may import the symbol tables and the dsl, nothing else of ours.
package interp
