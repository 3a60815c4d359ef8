package compile

import (
	"bytes"
	"go/token"
	"math/bits"
	"strings"
)

// largeAllocation is what is asked about before it is allocated: a heap that
// grows in smaller steps is seen to grow.
const largeAllocation = 1 << 20

// addressSpace is the size from which nothing can be allocated.
const addressSpace = 1 << 47

// reserve asks the embedder before n bytes are allocated at pos.
func (fp *Frame) reserve(pos token.Pos, n uintptr) {
	if n < largeAllocation {
		return
	}
	fp.pos = pos
	if ask := fp.th.run.p.cfg.Reserve; ask != nil {
		if err := ask(n); err != nil {
			panic(err)
		}
	}
}

// reserveGrowth is reserve for append of n elements to s.
func (fp *Frame) reserveGrowth(pos token.Pos, s slice, n int, size uintptr) {
	if s.len+n > s.cap {
		fp.reserve(pos, uintptr(max(s.len+n, s.cap+s.cap/4))*size)
	}
}

// greedyIntrinsics are the compiled functions that allocate as much as an argument
// says: they ask first, as interpreted code does.
var greedyIntrinsics = map[string]func(*Program, sigLayout) instr{
	"strings.Repeat": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			s, n := *slotPtr[string](fp, lay.params[0]), *slotPtr[int](fp, lay.params[1])
			fp.reserveProduct(len(s), n)
			*slotPtr[string](fp, lay.results[0]) = strings.Repeat(s, n)
		}
	},
	"bytes.Repeat": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			b, n := *slotPtr[[]byte](fp, lay.params[0]), *slotPtr[int](fp, lay.params[1])
			fp.reserveProduct(len(b), n)
			*slotPtr[[]byte](fp, lay.results[0]) = bytes.Repeat(b, n)
		}
	},
	"(*strings.Builder).Grow": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			n := *slotPtr[int](fp, lay.params[0])
			fp.reserveProduct(n, 1)
			(*slotPtr[*strings.Builder](fp, lay.recv)).Grow(n)
		}
	},
	"(*bytes.Buffer).Grow": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			n := *slotPtr[int](fp, lay.params[0])
			fp.reserveProduct(n, 1)
			(*slotPtr[*bytes.Buffer](fp, lay.recv)).Grow(n)
		}
	},
}

// reserveProduct is reserve for size times n bytes. What is negative, or more than
// there are addresses, the function that allocates it refuses itself.
func (fp *Frame) reserveProduct(size, n int) {
	if size < 0 || n < 0 {
		return
	}
	if hi, bytes := bits.Mul(uint(size), uint(n)); hi == 0 && bytes < addressSpace {
		fp.reserve(token.NoPos, uintptr(bytes))
	}
}
