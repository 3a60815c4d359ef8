package tensor

import (
	"sync"
	"sync/atomic"
)

// A Scope recycles memory from one step of training to the next: what is
// computed from a tensor of the scope belongs to the scope, and [Scope.End]
// takes the memory of all of it back.
//
//	scope := tensor.NewScope()
//	for range steps {
//		loss := tensor.CrossEntropy(model.Forward(scope.Enter(x)), y)
//		fmt.Println(loss.Item())
//		loss.Backward()
//		opt.Step()
//		scope.End()
//	}
//
// Nothing that is held beyond End changes silently. A tensor whose [Tensor.Data]
// was asked for, or that was kept by [Tensor.Keep], has left the scope and stays
// as it is; to use any other one after End is a mistake, which panics with an
// *OpError. Parameters never belong to a scope.
//
// Without an End a scope grows: it holds what was computed until then.
//
// A scope can be used by several goroutines at once, but for End.
type Scope struct {
	// Private says that nobody holds a tensor beyond End unless by Data or Keep,
	// and that intermediate results of a network are not looked at from outside:
	// then tensors themselves are recycled, and values that the backward does not
	// need are taken back before End.
	Private bool
	// Inference says that there will be no Backward: results remember nothing.
	Inference bool

	// On is the device that computes what belongs to the scope, the processors if
	// it is nil.
	On *Device

	mu      sync.Mutex
	tensors []*Tensor // of the running step
	spare   []*Tensor // to be used again

	memory atomic.Pointer[store] // made when it is first needed
}

// NewScope returns a new scope.
func NewScope() *Scope { return new(Scope) }

// Enter returns the values of x as a tensor of the scope, without a copy: what
// is computed from it belongs to the scope.
func (s *Scope) Enter(x *Tensor) *Tensor {
	t := s.tensor(x.shape, x.dims)
	t.data = x.Peek()
	t.owned = false
	return t
}

// New returns a tensor of zeros in the scope.
func (s *Scope) New(shape ...int) *Tensor {
	n := checkedLen("New", shape)
	var sizes [MaxDims]int
	copy(sizes[:], shape)
	t := s.make(n, sizes, len(shape))
	clear(t.data)
	return t
}

// make returns a tensor of n elements with arbitrary values, of the garbage
// collector's (and of zeros) if s is nil.
func (s *Scope) make(n int, shape [MaxDims]int, dims int) *Tensor {
	if s == nil {
		return &Tensor{data: keep(n), shape: shape, dims: dims}
	}
	t := s.tensor(shape, dims)
	t.data = s.Borrow(n)
	t.owned = true
	return t
}

// tensor returns a tensor of the scope without values.
func (s *Scope) tensor(shape [MaxDims]int, dims int) *Tensor {
	s.mu.Lock()
	defer s.mu.Unlock()
	var t *Tensor
	if n := len(s.spare); n > 0 {
		t, s.spare = s.spare[n-1], s.spare[:n-1]
	} else {
		t = new(Tensor)
	}
	t.shape, t.dims, t.scope = shape, dims, s
	s.tensors = append(s.tensors, t)
	return t
}

// End takes back what was computed in the scope since the last End.
func (s *Scope) End() {
	for _, t := range s.tensors {
		t.op.release()
	}
	for i, t := range s.tensors {
		s.tensors[i] = nil
		if t.grad != nil {
			s.Return(t.grad)
			t.grad, t.hasGrad = nil, false
		}
		switch {
		case t.lent:
			if t.owned {
				s.store().leave(4 * cap(t.data))
			}
			t.scope, t.owned, t.wants = nil, false, false
			continue
		case t.owned:
			s.Return(t.data)
		}
		if s.Private {
			t.recycle()
			s.spare = append(s.spare, t)
		} else {
			*t = Tensor{shape: t.shape, dims: t.dims, ended: true}
		}
	}
	s.tensors = s.tensors[:0]
}
