package compile

import "go/token"

// largeAllocation is what is asked about before it is allocated: a heap that
// grows in smaller steps is seen to grow.
const largeAllocation = 1 << 20

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
