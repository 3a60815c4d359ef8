package tensor

import "fmt"

// A KVCache holds the keys and values of the positions of a sequence so far, so
// that attention for the next ones need not compute them again.
type KVCache struct {
	keys, values []float32 // [Positions × G·D]
	width        int       // G·D
	length       int       // positions so far
}

// NewKVCache returns an empty cache for so many positions of keys and values with
// width numbers each.
func NewKVCache(positions, width int) *KVCache {
	n := checkedLen("NewKVCache", []int{positions, width})
	return &KVCache{keys: keep(n), values: keep(n), width: width}
}

// Len is the number of positions that the cache holds.
func (c *KVCache) Len() int { return c.length }

// Reset empties the cache.
func (c *KVCache) Reset() { c.length = 0 }

// CachedAttention is [CausalAttention] for the next T positions x[1×T×(H+2G)·D] of
// a sequence, whose earlier keys and values cache holds; it adds theirs. The
// results are the bits of those rows in the attention of the whole sequence. There
// is no way back through it.
func CachedAttention(x *Tensor, heads, groups int, cache *KVCache) *Tensor {
	const op = "CachedAttention"
	switch {
	case Records(x):
		panic(&OpError{Op: op, Why: "it has no gradient; use a scope for inference"})
	case heads < 1 || groups < 1 || heads%groups != 0:
		panic(&OpError{Op: op, Why: fmt.Sprintf("%d query heads cannot share %d heads of keys and values evenly", heads, groups)})
	case x.dims != 3 || x.shape[0] != 1 || x.shape[2]%(heads+2*groups) != 0:
		panic(&ShapeError{Op: op, Got: x.Shape(), Want: []int{1, 0, 0}, Why: fmt.Sprintf("it takes one sequence, of rows that are made of %d heads", heads+2*groups)})
	}
	t, d := x.shape[1], x.shape[2]/(heads+2*groups)
	if groups*d != cache.width || cache.length+t > len(cache.keys)/cache.width {
		panic(&ShapeError{Op: op, Got: x.Shape(), Why: fmt.Sprintf("the cache has room for %d positions of %d numbers, after the %d it holds", len(cache.keys)/cache.width-cache.length, cache.width, cache.length)})
	}
	s := AttentionShape{Batch: 1, Length: t, Heads: heads, Groups: groups, Dim: d}
	values := x.Peek()
	for i := range t {
		row := values[i*s.width() : (i+1)*s.width()]
		at := (cache.length + i) * cache.width
		copy(cache.keys[at:at+cache.width], row[heads*d:])
		copy(cache.values[at:at+cache.width], row[(heads+groups)*d:])
	}
	y := WithWidth(x, heads*d)
	x.device().AttentionCached(y.data, values, cache.keys, cache.values, s, cache.length)
	cache.length += t
	return y
}
