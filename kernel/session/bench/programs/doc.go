// Package programs are what package setun/kernel/session/bench compares cells by: short
// programs as people write them, one a file, each with a function that goes n times
// round something and returns what came of it, lest it be left out. Their sources run in
// cells and in yaegi; compiled they are here.
//
// Only programs may enter that both can run, with nothing that yaegi lacks (no range
// over an integer, no min), and none that needs more than a few functions of the
// standard library.
package programs
