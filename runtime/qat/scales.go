package qat

import (
	"math"

	"setun/runtime/asm"
	"setun/runtime/tensor"
)

// A step is the affine map between weights and codes in one group:
// Ŵ = size·(c − zero). For binary weights the codes are the signs about center.
type step struct{ size, zero, center float32 }

// step returns that of the weights w.
func (q WeightQuantizer) step(w []float32) step {
	outermost := q.levels().outermost()
	if q.Bits > BinaryBits {
		outermost-- // 2ᵇ⁻¹ − 1, of the positive side
	}
	s := step{}
	switch {
	case q.Asymmetric:
		// The 2ᵇ levels span from min to max, and 0 is one of them. Codes are
		// moved by 2ᵇ⁻¹ to fit in b signed bits.
		lo, hi := bounds(w)
		s.size = max(hi-lo, ScaleFloor) / float32(int(1)<<q.Bits-1)
		s.zero = nearest(-lo/s.size) - float32(int(1)<<(q.Bits-1))
		return s
	case q.rule() == Median:
		s.size = quantile(w, (len(w)-1)/2)
	case q.rule() == AbsMax:
		s.size = asm.MaxAbs(w) / outermost
		s.size = max(s.size, ScaleFloor/outermost)
		return s
	default:
		s.size = absMean(w)
	}
	s.size = max(s.size, ScaleFloor)
	if q.Bits == BinaryBits {
		s.center = asm.Sum(w) / float32(len(w))
	}
	return s
}

// lsqStep is the first scale of LSQ, 2·mean|w|/√highest (Esser et al., Learned
// Step Size Quantization, 1902.08153, section 2.1).
func (q WeightQuantizer) lsqStep(w []float32) float32 {
	return max(2*absMean(w)/float32(math.Sqrt(float64(q.levels().hi))), ScaleFloor)
}

// bounds returns the least and the largest of w and 0; NaN if any w is.
func bounds(w []float32) (lo, hi float32) {
	for _, v := range w {
		lo, hi = min(lo, v), max(hi, v)
	}
	return lo, hi
}

// blockSums is the sums of magnitudes of blocks of weights, as a task.
type blockSums struct{ w, sums []float32 }

var blockSumTasks tensor.Recycled[blockSums]

func (t *blockSums) Piece(lo, hi int) {
	asm.AbsSums(t.sums[lo:hi], t.w[lo*asm.Block:min(hi*asm.Block, len(t.w))])
}

// absMean is asm.AbsMean on all processors.
func absMean(w []float32) float32 {
	if len(w) <= 16*asm.Block {
		return asm.AbsMean(w)
	}
	t := blockSumTasks.Take()
	blocks := (len(w) + asm.Block - 1) / asm.Block
	t.w, t.sums = w, tensor.Borrow(blocks)
	tensor.Share(blocks, 8, t)
	mean := asm.AbsMeanOfSums(t.sums, len(w))
	tensor.Return(t.sums)
	blockSumTasks.Give(t)
	return mean
}

// quantile returns the magnitude in w that has rank others below it: 0 is the
// least. It is NaN if any w is.
//
// Magnitudes are in the order of their bits, so that counts of eleven bits at a
// time, fewer for a few numbers, find it in linear time.
func quantile(w []float32, rank int) float32 {
	digit := 11
	if len(w) < 1<<13 {
		digit = 7
	}
	found, known := uint32(0), 31 // the bits above known are found
	for known > 0 {
		width := min(digit, known)
		var counts [1 << 11]int32
		at := known - width
		for _, v := range w {
			b := math.Float32bits(v) &^ (1 << 31)
			if known == 31 && b > infinity {
				return v
			}
			if b>>known == found>>known {
				counts[b>>at&(1<<width-1)]++
			}
		}
		for digit, n := range counts[:1<<width] {
			if rank < int(n) {
				found |= uint32(digit) << at
				break
			}
			rank -= int(n)
		}
		known = at
	}
	return math.Float32frombits(found)
}

const infinity = 0x7f800000
