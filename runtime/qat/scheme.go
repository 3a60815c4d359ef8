package qat

import (
	"errors"
	"fmt"
	"strings"

	"setun/runtime/tensor"
)

// A Scheme says what a quantised layer computes with. The zero value is that of
// BitNet b1.58: ternary weights with the absmean of the matrix as their scale,
// int8 activations with the absmax of each row, and gradients that pass the
// rounding straight through.
type Scheme struct {
	Weights     WeightQuantizer
	Activations ActivationQuantizer

	// Estimator is how gradients pass the rounding of the weights, and, if it is
	// one of your own, the rounding itself. nil is the quantiser's own: straight
	// through ([Standard]); for a [Learned] scale only within the levels, as LSQ
	// has it.
	Estimator Estimator

	// Blend is how much of the latent numbers is left in what the layer computes
	// with, Ŵ + Blend·(W − Ŵ) and the same for activations: 0 is full
	// quantisation, 1 none. It is 1 − λ of a λ-warm-up.
	Blend float32

	// Channels is the share of the outputs whose weights are quantised, the first
	// ones; the others are floats. 0 is all of them. It is how a network comes to
	// its levels channel by channel.
	Channels float32
}

// quantised is how many of n outputs have quantised weights.
func (s Scheme) quantised(n int) int {
	if s.Channels == 0 {
		return n
	}
	return int(float32(s.Channels*float32(n)) + 0.5)
}

// FloatScheme quantises nothing: the scheme of a float32 twin.
func FloatScheme() Scheme { return Scheme{Weights: WeightQuantizer{Bits: FloatBits}} }

// The numbers of bits with a meaning of their own. From 2 to 8 they are uniform
// levels, 2ᵇ of them.
const (
	TernaryBits = 0  // the levels −1, 0, +1: log₂ 3 ≈ 1.58 bits
	BinaryBits  = 1  // the levels −1, +1
	FloatBits   = 32 // no quantisation
)

// A WeightQuantizer says to which levels weights are rounded, with which scale,
// and how many weights share one.
type WeightQuantizer struct {
	Bits       int         // TernaryBits, BinaryBits, 2 to 8, or FloatBits
	Asymmetric bool        // levels from the least weight to the largest, with a zero point
	Scale      ScaleRule   // how the step between levels is found
	Per        Granularity // the weights that share a scale
	Stochastic uint64      // seed of rounding up or down at random; 0: to the nearest level
}

// A ScaleRule is how the step γ between two levels follows from the weights that
// share it.
type ScaleRule uint8

// The rules.
const (
	UsualScale ScaleRule = iota // AbsMean for ternary and binary levels, AbsMax for others
	AbsMean                     // the mean magnitude
	Median                      // the median magnitude, the lower one of two
	AbsMax                      // the largest magnitude is the outermost level
	Learned                     // a parameter of the layer, as in LSQ
)

// A Granularity is which weights share a scale: all of a matrix (the zero value),
// those of one output ([PerChannel]), or n neighbours among those ([PerGroup]).
type Granularity int

// The granularities that have no number.
const (
	PerTensor  Granularity = 0
	PerChannel Granularity = -1
)

// PerGroup is a scale for each n neighbouring weights of an output; the last
// group of a row may be smaller.
func PerGroup(n int) Granularity { return Granularity(n) }

// An ActivationQuantizer says how the input of a layer is rounded to b-bit
// integers: x̂ = q/s, q = clamp(round(x·s), −2ᵇ⁻¹, 2ᵇ⁻¹−1), s = (2ᵇ⁻¹−1)/range.
type ActivationQuantizer struct {
	// Bits is from 2 to 8, or FloatBits. 0 follows the weights: 8 for those that
	// are quantised, FloatBits for floats.
	Bits       int
	Range      ActivationRange
	Stochastic uint64 // seed of rounding up or down at random; 0: to nearest
}

// An ActivationRange is where the range of activations comes from.
type ActivationRange uint8

// The ranges.
const (
	PerToken   ActivationRange = iota // the absmax of each row
	PerBatch                          // the absmax of all rows that come together
	Calibrated                        // a number of the layer: a running absmax of training, or that of Calibrate
)

// isB158 reports whether s is the scheme of the zero value, perhaps in other
// words, for which there is an operation of its own.
func (s Scheme) isB158() bool {
	w, a := s.Weights, s.Activations
	if w.Scale == AbsMean {
		w.Scale = UsualScale
	}
	if a.Bits == 8 {
		a.Bits = 0
	}
	if s.Estimator != nil {
		if _, standard := s.Estimator.(Standard); !standard {
			return false
		}
	}
	return w == WeightQuantizer{} && a == ActivationQuantizer{} && s.Blend == 0 && (s.Channels == 0 || s.Channels == 1)
}

// IsFloat reports whether s quantises nothing.
func (s Scheme) IsFloat() bool {
	return s.Blend >= 1 || s.Weights.Bits == FloatBits && s.activationBits() == FloatBits
}

// activationBits is the number of bits of activations with the default filled in.
func (s Scheme) activationBits() int {
	switch {
	case s.Activations.Bits != 0:
		return s.Activations.Bits
	case s.Weights.Bits == FloatBits:
		return FloatBits
	}
	return 8
}

// rule is the scale rule with the default filled in.
func (q WeightQuantizer) rule() ScaleRule {
	switch {
	case q.Scale != UsualScale:
		return q.Scale
	case q.Bits <= BinaryBits:
		return AbsMean
	}
	return AbsMax
}

// Validate returns nil, or an error that names every fault of s.
func (s Scheme) Validate() error {
	var faults []error
	refuse := func(format string, a ...any) { faults = append(faults, fmt.Errorf(format, a...)) }
	w, a := s.Weights, s.Activations
	if (w.Bits < TernaryBits || w.Bits > 8) && w.Bits != FloatBits {
		refuse("there are no %d-bit weights: want 0 (ternary), 1 (binary), 2 to 8, or 32 (floats)", w.Bits)
	}
	if a.Bits != 0 && (a.Bits < 2 || a.Bits > 8) && a.Bits != FloatBits {
		refuse("there are no %d-bit activations: want 2 to 8, or 32 (floats)", a.Bits)
	}
	if w.Per < PerChannel {
		refuse("a group of %d weights: want at least 1", int(w.Per))
	}
	if w.Scale > Learned {
		refuse("there is no scale rule %d", w.Scale)
	}
	if a.Range > Calibrated {
		refuse("there is no activation range %d", a.Range)
	}
	if w.Asymmetric && w.Bits <= BinaryBits {
		refuse("asymmetric levels are for 2 to 8 bits; %s levels are symmetric", w.levelName())
	}
	if w.Asymmetric && w.Scale != UsualScale && w.Scale != AbsMax {
		refuse("asymmetric levels span from the least weight to the largest; they take no other scale")
	}
	if !(s.Blend >= 0 && s.Blend <= 1) {
		refuse("a blend of %v: want 0 (full quantisation) to 1 (none)", s.Blend)
	}
	if !(s.Channels >= 0 && s.Channels <= 1) {
		refuse("a share of %v of the outputs: want 0 (all of them) to 1", s.Channels)
	}
	if _, learns := s.Estimator.(Learnable); (learns || w.Scale == Learned) && s.Channels != 0 && s.Channels != 1 {
		refuse("a learned scale is for all outputs, not for a share of them")
	}
	if _, learns := s.Estimator.(Learnable); learns && (w.Scale == Learned || w.Asymmetric || w.Bits == BinaryBits || w.Bits == FloatBits) {
		refuse("Learnable brings a scale and a zero point of its own: it goes with symmetric levels of 1.58 or 2 to 8 bits whose scale is not learned")
	}
	if e, ok := s.Estimator.(validator); ok {
		if err := e.validate(); err != nil {
			faults = append(faults, err)
		}
	}
	if w.Stochastic != 0 && !roundsToLevels(s.Estimator) {
		refuse("%s rounds by itself: there is nothing for stochastic rounding to do", estimatorText(s.Estimator))
	}
	return errors.Join(faults...)
}

// validator is an estimator whose numbers can be wrong.
type validator interface{ validate() error }

// need panics with the faults of s, if it has any.
func (s Scheme) need() {
	if err := s.Validate(); err != nil {
		panic(&tensor.OpError{Op: "scheme", Why: strings.ReplaceAll(err.Error(), "\n", "; ")})
	}
}

// String says the scheme in a few words, such as
//
//	ternary weights per channel, int8 activations, Clipped(2.5)
func (s Scheme) String() string {
	if s.IsFloat() {
		return "float32"
	}
	parts := []string{s.Weights.String(), s.activationText()}
	if s.Estimator != nil {
		if _, standard := s.Estimator.(Standard); !standard {
			parts = append(parts, estimatorText(s.Estimator))
		}
	}
	if s.Blend > 0 {
		parts = append(parts, fmt.Sprintf("%.3g of the floats left", s.Blend))
	}
	if s.Channels != 0 && s.Channels != 1 {
		parts = append(parts, fmt.Sprintf("%.3g %% of the outputs", 100*s.Channels))
	}
	return strings.Join(parts, ", ")
}

// levelName is the kind of levels in a word.
func (q WeightQuantizer) levelName() string {
	switch q.Bits {
	case TernaryBits:
		return "ternary"
	case BinaryBits:
		return "binary"
	case FloatBits:
		return "float32"
	}
	return fmt.Sprintf("%d-bit", q.Bits)
}

// String is the quantiser in a few words: "4-bit asymmetric weights per channel".
func (q WeightQuantizer) String() string {
	text := q.levelName()
	if q.Bits == FloatBits {
		return text + " weights"
	}
	if q.Asymmetric {
		text += " asymmetric"
	}
	text += " weights"
	switch q.Scale {
	case AbsMean:
		if q.Bits > BinaryBits {
			text += " by the mean"
		}
	case Median:
		text += " by the median"
	case AbsMax:
		if q.Bits <= BinaryBits {
			text += " by the largest"
		}
	case Learned:
		text += " of learned scale"
	}
	switch {
	case q.Per == PerChannel:
		text += " per channel"
	case q.Per > 0:
		text += fmt.Sprintf(" per %d", int(q.Per))
	}
	if q.Stochastic != 0 {
		text += " rounded at random"
	}
	return text
}

func (s Scheme) activationText() string {
	bits := s.activationBits()
	if bits == FloatBits {
		return "float32 activations"
	}
	text := fmt.Sprintf("int%d activations", bits)
	switch s.Activations.Range {
	case PerBatch:
		text += " per batch"
	case Calibrated:
		text += " calibrated"
	}
	if s.Activations.Stochastic != 0 {
		text += " rounded at random"
	}
	return text
}
