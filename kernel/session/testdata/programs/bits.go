//go:build ignore

// Bit tricks: populations, permutations, Gray codes, a bit set, a Bloom filter,
// CRC and FNV by hand, xorshift, fixed point, float bits, overflow.
package main

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"hash/fnv"
	"math"
	"math/bits"
	"strings"
)

func popcount(x uint64) (n int) {
	for ; x != 0; x &= x - 1 {
		n++
	}
	return
}

func swar(x uint64) int {
	x -= x >> 1 & 0x5555555555555555
	x = x&0x3333333333333333 + x>>2&0x3333333333333333
	x = (x + x>>4) & 0x0f0f0f0f0f0f0f0f
	return int(x * 0x0101010101010101 >> 56)
}

func reverse(x uint32) (r uint32) {
	for range 32 {
		r = r<<1 | x&1
		x >>= 1
	}
	return
}

func gray(n uint) uint { return n ^ n>>1 }
func ungray(g uint) (n uint) {
	for ; g > 0; g >>= 1 {
		n ^= g
	}
	return
}

// nextSubset is Gosper's hack.
func nextSubset(x uint) uint {
	c := x & -x
	r := x + c
	return ((r^x)>>2)/c | r
}

type BitSet []uint64

func (s *BitSet) Set(i uint) {
	for uint(len(*s)) <= i/64 {
		*s = append(*s, 0)
	}
	(*s)[i/64] |= 1 << (i % 64)
}
func (s BitSet) Has(i uint) bool { return i/64 < uint(len(s)) && s[i/64]>>(i%64)&1 == 1 }
func (s BitSet) String() string {
	var b strings.Builder
	sep := "{"
	for i, w := range s {
		for ; w != 0; w &^= w & -w {
			fmt.Fprint(&b, sep, i*64+bits.TrailingZeros64(w))
			sep = " "
		}
	}
	return b.String() + "}"
}

type bloom struct {
	bits BitSet
	k    int
}

func (b *bloom) spots(s string) (out []uint) {
	h := fnv.New64a()
	h.Write([]byte(s))
	x := h.Sum64()
	for i := range b.k {
		out = append(out, uint((x+uint64(i)*(x>>32|1))%1024))
	}
	return
}

func crc(p []byte) uint32 {
	c := ^uint32(0)
	for _, b := range p {
		c ^= uint32(b)
		for range 8 {
			c = c>>1 ^ 0xedb88320&-(c&1)
		}
	}
	return ^c
}

type fixed int32

func fix(f float64) fixed         { return fixed(math.Round(f * 65536)) }
func (a fixed) mul(b fixed) fixed { return fixed(int64(a) * int64(b) >> 16) }
func (a fixed) String() string    { return fmt.Sprintf("%.4f", float64(a)/65536) }

func main() {
	seed := uint64(88172645463325252)
	for range 5 {
		seed ^= seed << 13
		seed ^= seed >> 7
		seed ^= seed << 17
		fmt.Printf("%016x %d %v %08x %v\n", seed, popcount(seed), popcount(seed) == swar(seed) && swar(seed) == bits.OnesCount64(seed),
			reverse(uint32(seed)), reverse(uint32(seed)) == bits.Reverse32(uint32(seed)))
	}
	for i := range uint(8) {
		fmt.Printf("%03b ", gray(i))
		if ungray(gray(i)) != i {
			fmt.Println("wrong")
		}
	}
	fmt.Println()
	for s := uint(0b111); s < 1<<5; s = nextSubset(s) {
		fmt.Printf("%05b ", s)
	}
	fmt.Println()
	var s BitSet
	for i := range uint(10) {
		s.Set(i * i * 3)
	}
	fmt.Println(s, s.Has(27), s.Has(28), s.Has(1e6))
	bl := bloom{k: 4}
	for _, w := range strings.Fields("alpha beta gamma") {
		for _, i := range bl.spots(w) {
			bl.bits.Set(i)
		}
	}
	for _, w := range strings.Fields("alpha beta gamma delta epsilon") {
		in := true
		for _, i := range bl.spots(w) {
			in = in && bl.bits.Has(i)
		}
		fmt.Print(w, " ", in, "; ")
	}
	fmt.Println()
	p := []byte("The quick brown fox")
	fmt.Printf("%08x %v\n", crc(p), crc(p) == crc32.ChecksumIEEE(p))
	fmt.Println(fix(1.5).mul(fix(-2.25)), fix(math.Pi), fix(0.1).mul(fix(0.1)))

	var i8 int8 = -128
	var u8 uint8 = 200
	var sh uint = 70
	fmt.Println(-i8, i8-1, u8+100, u8<<1, ^u8, i8>>1, int8(u8), uint16(i8), 1<<sh>>sh, int32(-1)>>sh, -7/2, -7%3, -7>>1, 7&^5)
	hi, lo := bits.Mul64(math.MaxUint64, 3)
	q, r := bits.Div64(1, 0, 10)
	sum, carry := bits.Add64(math.MaxUint64, 1, 1)
	fmt.Println(hi, lo, q, r, sum, carry, bits.Len(1000), bits.RotateLeft8(0x81, 1), bits.LeadingZeros16(1))
	for _, f := range []float64{1, -0.1, math.Inf(1), math.SmallestNonzeroFloat64, math.Copysign(0, -1)} {
		b := math.Float64bits(f)
		fmt.Printf("%v: %d %04x %013x | ", f, b>>63, b>>52&0x7ff, b&(1<<52-1))
	}
	fmt.Printf("\n%x %v\n", math.Float32bits(0.1), math.Float32frombits(0x7fc00000))
	buf := binary.BigEndian.AppendUint32(nil, 0xdeadbeef)
	buf = binary.AppendVarint(binary.LittleEndian.AppendUint16(buf, 0x1234), -300)
	n, used := binary.Varint(buf[6:])
	fmt.Printf("% x %d %d %x\n", buf, n, used, binary.LittleEndian.Uint32(buf))
}
