package distill

import (
	"cmp"
	"fmt"
	"math"

	"setun/runtime/asm"
	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// A Relation makes the tokens of a student's block see each other as those of a
// teacher's block do (Wang et al., MiniLMv2, 2012.15828; what BitDistill trains
// ternary language models by). For queries, keys and values X, in so many heads:
//
//	R = softmax(X·Xᵀ/√d),   Σ over the three of the mean over heads and tokens of KL(Rteacher ‖ Rstudent)
//
// The blocks may have different widths, since only relations are compared.
type Relation struct {
	Student, Teacher string // blocks, such as blocks.3; Teacher may be "" for the same
	Heads            int    // of relations; 1 if 0. It divides all widths
	Weight           float64
}

func (r Relation) pair() Feature {
	return Feature{r.Student + ".qkv", r.teacher() + ".qkv", r.Weight}
}

func (r Relation) teacher() string { return cmp.Or(r.Teacher, r.Student) }

func (r Relation) heads() int { return max(1, r.Heads) }

func (r Relation) check(student, teacher nn.Module) error {
	s, t := block(student, r.Student), block(teacher, r.teacher())
	for _, b := range []*nn.Block{s, t} {
		if b == nil {
			return fmt.Errorf("%s is no block of a language model, whose relations could be compared", r.Student)
		}
		for _, width := range b.QKV.Outs {
			if width%r.heads() != 0 {
				return fmt.Errorf("%s: %d relation heads do not divide a width of %d", r.Student, r.heads(), width)
			}
		}
	}
	return nil
}

func block(m nn.Module, name string) (found *nn.Block) {
	nn.Walk(m, func(at string, layer nn.Module) {
		if b, ok := layer.(*nn.Block); ok && at == name {
			found = b
		}
	})
	return found
}

func (r Relation) loss(student, teacher nn.Module, of, from results) *tensor.Tensor {
	p := r.pair()
	x, y := of[p.Student], from[p.Teacher]
	need(p, x, y)
	s, t := block(student, r.Student).QKV.Outs, block(teacher, r.teacher()).QKV.Outs
	var sum *tensor.Tensor
	atS, atT := 0, 0
	for i := range s {
		term := relate(x, columns{atS, s[i]}, y, columns{atT, t[i]}, r.heads())
		if sum == nil {
			sum = term
		} else {
			sum = tensor.Add(sum, term)
		}
		atS, atT = atS+s[i], atT+t[i]
	}
	return tensor.Scale(sum, float32(r.Weight))
}

// columns are those of queries, keys or values in a row of all three.
type columns struct{ at, width int }

// relate is the mean over batch, heads and tokens of KL(Rteacher ‖ Rstudent) for
// the given columns of x[B×T×…] and of the teacher's y[B×T×…], which is a
// constant. For each head, with S = X·Xᵀ/√d:
//
//	dS = (Rstudent − Rteacher)·dY/(B·heads·T),   dX = (dS + dSᵀ)·X/√d
func relate(x *tensor.Tensor, xc columns, y *tensor.Tensor, yc columns, heads int) *tensor.Tensor {
	B, T := x.Dim(0), x.Dim(1)
	if y.Dim(0) != B || y.Dim(1) != T {
		panic(&tensor.ShapeError{Op: "distillation", Got: y.Shape(), Want: x.Shape(), Why: "teacher and student see different tokens"})
	}
	n := B * heads
	parts, slopes := make([]float32, n), make([]float32, n*T*T)
	tensor.Parallel(n, 1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			logS := relation(x, xc, i/heads, i%heads, heads)
			logT := relation(y, yc, i/heads, i%heads, heads)
			pS, pT := slopes[i*T*T:(i+1)*T*T], make([]float32, T*T)
			asm.Exp(pS, logS)
			asm.Exp(pT, logT)
			parts[i] = asm.Dot(pT, logT) - asm.Dot(pT, logS)
			asm.Sub(pS, pS, pT)
		}
	})
	rows := float32(n * T)
	out := tensor.From([]float32{asm.Sum(parts) / rows}, 1)
	tensor.Hold(x)
	return tensor.NewOp("relation", out, []*tensor.Tensor{x}, func(dy []float32) {
		d := xc.width / heads
		scale := dy[0] / rows / float32(math.Sqrt(float64(d)))
		x.AddGrad(func(dx []float32) {
			clear(dx)
			row := x.Dim(-1)
			tensor.Parallel(n, 1, func(lo, hi int) {
				both := make([]float32, T*T)
				for i := lo; i < hi; i++ {
					ds := slopes[i*T*T : (i+1)*T*T]
					for t := range T {
						for u := range T {
							both[t*T+u] = float32(scale * float32(ds[t*T+u]+ds[u*T+t]))
						}
					}
					at := i/heads*T*row + xc.at + i%heads*d
					asm.GEMM(false, false, T, d, T, both, T, x.Peek()[at:], row, dx[at:], row, false)
				}
			})
		})
		tensor.Release(x)
	})
}

// relation is log softmax(X·Xᵀ/√d) [T×T] of one head of one sequence.
func relation(x *tensor.Tensor, c columns, b, head, heads int) []float32 {
	T, row, d := x.Dim(1), x.Dim(-1), c.width/heads
	X := x.Peek()[b*T*row+c.at+head*d:]
	s := make([]float32, T*T)
	asm.GEMM(false, true, T, T, d, X, row, X, row, s, T, false)
	asm.Scale(s, float32(1/math.Sqrt(float64(d))), s)
	return tensor.LogSoftmax(tensor.From(s, T, T)).Data()
}
