package train

import (
	"fmt"

	"setun/runtime/tensor"
)

// Chooser is a hook that changes which samples come in a batch: a curriculum.
// indices are those that the order of the run has for it; what Choose makes of them
// must follow from them and from the number of the step, so that a resumed run is
// the same.
type Chooser interface {
	Choose(l *Loop, indices []int)
}

// Shortener is a hook that makes the sequences of a text shorter: to the first
// Length tokens of each. length is the whole one.
type Shortener interface {
	Length(l *Loop, length int) int
}

// choose lets the hooks change the batch's indices.
func (l *Loop) choose() {
	for _, h := range l.hooks {
		if c, ok := h.(Chooser); ok {
			c.Choose(l, l.indices)
		}
	}
}

// shorten cuts the batch, if a hook wants shorter sequences.
func (l *Loop) shorten() {
	split := l.Data.Train
	whole := split.Labels()
	length := whole
	for _, h := range l.hooks {
		if s, ok := h.(Shortener); ok {
			length = min(length, s.Length(l, whole))
		}
	}
	if length == whole {
		return
	}
	if length < 1 || l.X.Dims() != 2 || l.X.Dim(1) != whole {
		panic(fmt.Errorf("train: sequences of %d tokens out of samples %s with %d labels each", length, tensor.FormatShape(l.X.Shape()), whole))
	}
	n := l.X.Dim(0)
	x := l.scope.New(n, length)
	from, to := l.X.Peek(), x.Peek()
	for b := range n {
		copy(to[b*length:(b+1)*length], from[b*whole:])
		copy(l.Y[b*length:(b+1)*length], l.Y[b*whole:])
	}
	tensor.Done(l.X)
	l.X, l.Y = x, l.Y[:n*length]
}
