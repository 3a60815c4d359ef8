// Package progressive moves a network from floats to few bits while it trains: a
// [Hook] in phases (8, 4, 2 and 1.58 bits; layer by layer; block by block; some
// channels more at a time), a [Gradual] hook a little at every step (λ-warm-up, from
// soft rounding to hard).
//
// phases.go has what is done in which order, advance.go when a phase is over. A
// phase is a list of options for the schemes of layers; what schemes there are is
// package qat's business.
package progressive
