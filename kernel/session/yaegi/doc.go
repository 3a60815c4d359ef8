// Package yaegi runs checked cells on yaegi's interpreter: the second opinion
// that the session's own engine is compared with.
//
// Yaegi does not run all of Go as the language says, so a cell reaches it in a
// small language that it does run: functions at top level, local variables of
// basic types and of types that yaegi knows to be compiled, arithmetic, if, for,
// switch over conditions, and calls. Everything else becomes one of these calls,
// to an operation written in Go here:
//
//	names.go      the symbols that the text refers to: types and operations
//	function.go   a function as text; variables that are shared live in memory
//	expr.go, stmt.go, loop.go, choose.go, call.go, ...
//	              one construct after the other, with the operations it stands on
//	generic.go    a generic function is written out for each list of type arguments
//	frame.go      calls, traces, panics, interrupts
//	defers.go     defer, recover and go
//
// The types that cells declare, with methods that compiled code can call, are
// built by package compile; no code of a cell runs there.
//
// Nothing but the engine seam, package compile's types and the symbol tables may
// be imported.
package yaegi
