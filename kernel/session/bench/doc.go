// Package bench measures how fast cells run, in the rows of package
// setun/runtime/bench: beside the interpreter yaegi on the same programs, beside
// the same loop in compiled Go, and what a cell costs that does next to nothing.
// All sides of a row take turns within one run.
//
// What computes is measured there, not here.
package bench
