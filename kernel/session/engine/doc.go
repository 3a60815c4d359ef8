// Package engine is the seam between what a cell means, which package session
// knows, and what runs it: a checked [Program] goes in, values come out. Several
// engines implement [Engine]; the session knows no more of them.
//
// Nothing of how an engine works may enter, and no other package of ours is
// imported.
package engine
