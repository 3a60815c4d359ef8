package tensor

import (
	"hash/fnv"
	"io"
	"math"
	"math/bits"
)

// An RNG is a stream of random numbers, the same for the same seed on every
// machine. It is a value to be passed on: there is no generator of the process.
//
// It is Philox4x32-10 (Salmon et al., Parallel Random Numbers: As Easy as 1, 2,
// 3, SC 2011) in counter mode: word i of the stream is a function of the key
// and of i, so that a position is all there is to save.
type RNG struct {
	state RNGState
	block [2]uint64
	ready bool // block holds the words around state.Position
}

// RNGState is all of an RNG, to be stored in a checkpoint.
type RNGState struct {
	Key      uint64 `json:"key"`
	Position uint64 `json:"position"` // the number of 64-bit words drawn
}

// NewRNG returns the generator of a seed.
func NewRNG(seed uint64) *RNG { return &RNG{state: RNGState{Key: seed}} }

// Restore returns a generator that goes on where the one that gave state was.
func Restore(state RNGState) *RNG { return &RNG{state: state} }

// State returns where the generator is.
func (r *RNG) State() RNGState { return r.state }

// Split returns the generator that belongs to name: another stream for another
// name. It does not depend on what was drawn from r, nor change r.
func (r *RNG) Split(name string) *RNG {
	h := fnv.New64a()
	io.WriteString(h, name)
	// Blocks of r's own stream have a zero upper half of the counter.
	b := philox(r.state.Key, h.Sum64(), 1)
	return NewRNG(b[0])
}

// Uint64 returns 64 random bits.
func (r *RNG) Uint64() uint64 {
	half := r.state.Position & 1
	if half == 0 || !r.ready {
		r.block = philox(r.state.Key, r.state.Position>>1, 0)
		r.ready = true
	}
	r.state.Position++
	return r.block[half]
}

// IntN returns a number from 0 to n-1, each as likely (Lemire, Fast Random
// Integer Generation in an Interval, 2019).
func (r *RNG) IntN(n int) int {
	if n < 1 {
		panic(&OpError{Op: "IntN", Why: "there is no number below 0 to choose"})
	}
	bound := uint64(n)
	hi, lo := bits.Mul64(r.Uint64(), bound)
	if lo < bound {
		for least := -bound % bound; lo < least; {
			hi, lo = bits.Mul64(r.Uint64(), bound)
		}
	}
	return int(hi)
}

// Perm returns the numbers 0 to n-1 in random order (Fisher and Yates).
func (r *RNG) Perm(n int) []int {
	p := make([]int, n)
	for i := range p {
		j := r.IntN(i + 1)
		p[i] = p[j]
		p[j] = i
	}
	return p
}

// Uniform returns a float32 in [0, 1), a multiple of 2⁻²⁴.
func (r *RNG) Uniform() float32 {
	return float32(r.Uint64()>>40) * (1.0 / (1 << 24))
}

// uniform64 returns a float64 in [0, 1), a multiple of 2⁻⁵³.
func (r *RNG) uniform64() float64 {
	return float64(r.Uint64()>>11) * (1.0 / (1 << 53))
}

// Normal returns a number from the standard normal distribution, by Marsaglia's
// polar method. It uses two words or more.
func (r *RNG) Normal() float32 {
	for {
		u := 2*r.uniform64() - 1
		v := 2*r.uniform64() - 1
		s := float64(u*u) + float64(v*v)
		if s > 0 && s < 1 {
			return float32(u * math.Sqrt(-2*logarithm(s)/s))
		}
	}
}

// logarithm is ln x for normal x > 0, to about 1e-15. math.Log is not the same
// on every machine (its last bit depends on the compiler's use of FMA), so:
// x = m·2ᵉ with m around 1, and ln m = 2·atanh f with f = (m-1)/(m+1).
func logarithm(x float64) float64 {
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m *= 2
		e--
	}
	f := (m - 1) / (m + 1)
	f2 := float64(f * f)
	sum := 0.0
	for k := 23; k >= 1; k -= 2 {
		sum = float64(sum*f2) + 1/float64(k)
	}
	return float64(float64(e)*math.Ln2) + float64(2*f*sum)
}

// philox is Philox4x32-10: 128 random bits for a key and a counter of 128 bits.
func philox(key, counterLo, counterHi uint64) [2]uint64 {
	const (
		m0, m1 = 0xD2511F53, 0xCD9E8D57 // the multipliers
		w0, w1 = 0x9E3779B9, 0xBB67AE85 // the steps of the key
	)
	c0, c1 := uint32(counterLo), uint32(counterLo>>32)
	c2, c3 := uint32(counterHi), uint32(counterHi>>32)
	k0, k1 := uint32(key), uint32(key>>32)
	for range 10 {
		p0 := uint64(m0) * uint64(c0)
		p1 := uint64(m1) * uint64(c2)
		c0, c1, c2, c3 = uint32(p1>>32)^c1^k0, uint32(p1), uint32(p0>>32)^c3^k1, uint32(p0)
		k0 += w0
		k1 += w1
	}
	return [2]uint64{uint64(c1)<<32 | uint64(c0), uint64(c3)<<32 | uint64(c2)}
}
