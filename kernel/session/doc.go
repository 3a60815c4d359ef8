// Package session is what a Go cell means: it splits a cell into declarations
// and statements, type-checks it whole against everything earlier cells
// declared, runs it, and answers completion and inspection.
//
// The session knows nothing of Jupyter: cells come in as text, output goes out
// through Output. How a checked cell runs hides behind one narrow interface
// (engine.go), because it will change.
package session
