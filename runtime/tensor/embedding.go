package tensor

import "fmt"

// MaxTokens bounds the numbers of tokens: float32 holds every integer below.
const MaxTokens = 1 << 24

// Embedding returns the rows of table[V×D] that the numbers in x[…] name, as
// […×D]. Tokens are whole numbers from 0 to V-1 in a tensor like any other.
//
//	dTable[v] = Σ dY over the places of v, in their order
func Embedding(x, table *Tensor) *Tensor {
	if table.dims != 2 {
		panic(&ShapeError{Op: "Embedding", Got: table.Shape(), Want: []int{0, 0}, Why: "the table is a matrix, a row for each token"})
	}
	if x.dims == MaxDims {
		panic(&ShapeError{Op: "Embedding", Got: x.Shape(), Why: "the result would have 5 dimensions"})
	}
	vocab, d := table.shape[0], table.shape[1]
	o := embeddingOps.Take()
	o.x, o.table = x, table
	for i, v := range x.Peek() {
		id := int32(-1)
		if v >= 0 && v < MaxTokens {
			id = int32(v)
		}
		if float32(id) != v || int(id) >= vocab {
			panic(&OpError{Op: "Embedding", Why: fmt.Sprintf("%g at place %d is none of the %d tokens (0 to %d)", v, i, vocab, vocab-1)})
		}
		o.ids = append(o.ids, id)
	}
	shape := x.shape
	shape[x.dims] = d
	y := x.scope.make(len(o.ids)*d, shape, x.dims+1)
	x.device().Gather(y.data, table.Peek(), o.ids, d)
	return Record("Embedding", y, o, x, table)
}

type embeddingOp struct {
	x, table *Tensor
	ids      []int32
}

var embeddingOps = NewRecycled(func(o *embeddingOp) { *o = embeddingOp{ids: o.ids[:0]} })

func (o *embeddingOp) Backward(dy []float32) {
	dtable, accumulate := o.table.GradBuffer()
	if !accumulate {
		clear(dtable)
	}
	o.x.device().Scatter(dtable, dy, o.ids, o.table.Dim(1))
}

func (o *embeddingOp) Release() { embeddingOps.Give(o) }
