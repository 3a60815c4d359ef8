package tensor

import "setun/runtime/asm"

// The updates of optimisers on all processors.

// updateAlone is how many elements of a parameter one worker updates at a time.
const updateAlone = 8192

// update is the update of one parameter.
type update struct {
	w, g, m, v            []float32
	s                     AdamWStep
	rate, momentum, decay float32 // of SGD, whose momentum is in m
}

type (
	adamWUpdate update
	sgdUpdate   update
)

var updates Recycled[update]

func adamW(w, g, m, v []float32, s AdamWStep) {
	t := updates.Take()
	*t = update{w: w, g: g, m: m, v: v, s: s}
	Share(len(w), updateAlone, (*adamWUpdate)(t))
	updates.Give(t)
}

func sgd(w, g, b []float32, rate, momentum, decay float32) {
	t := updates.Take()
	*t = update{w: w, g: g, m: b, rate: rate, momentum: momentum, decay: decay}
	Share(len(w), updateAlone, (*sgdUpdate)(t))
	updates.Give(t)
}

func (t *adamWUpdate) Piece(lo, hi int) {
	s := &t.s
	asm.AdamW(t.w[lo:hi], t.g[lo:hi], t.m[lo:hi], t.v[lo:hi], s.Rate, s.Beta1, s.Beta2, s.Eps, s.Decay, s.Step)
}

func (t *sgdUpdate) Piece(lo, hi int) {
	asm.SGD(t.w[lo:hi], t.g[lo:hi], t.m[lo:hi], t.rate, t.momentum, t.decay)
}
