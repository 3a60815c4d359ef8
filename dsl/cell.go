package dsl

import (
	"context"
	"sync"

	"setun/display"
)

// A Cell is the place where a call runs: when it has to stop, where its output
// goes, and whom to ask. It is an option of everything that shows or waits
// ([Fit], [MNIST], [Text], [Evaluate], [Display], [ClearOutput], [Input], and a
// language model's Generate and Stream). You never write one in a notebook: the session adds it.
//
// The zero Cell is the terminal.
type Cell struct {
	Context context.Context // nil: never stops
	Sink    display.Sink    // nil: the terminal
	// Input asks a person for a line. nil: the terminal.
	Input func(prompt string, password bool) (string, error)
	// Shown remembers what the cell has shown already, so that a value is not
	// shown again when it is also the cell's last expression. nil: nothing is
	// remembered.
	Shown *Shown
	// Code names the code that runs, such as a hash of all cells that have: what a
	// checkpoint is compared by. "": the program.
	Code string
}

// A CellOption is an option of a function that shows or waits and has no other
// options: a [Cell].
type CellOption interface{ applyCell(*Cell) }

func (c Cell) applyCell(to *Cell) { *to = c }

// Limit is the cell's context, which ends what [BitNetLM] generates.
func (c Cell) Limit() context.Context { return c.context() }

// cellOf is the cell that opts give, or the terminal.
func cellOf(opts []CellOption) Cell {
	var c Cell
	for _, o := range opts {
		o.applyCell(&c)
	}
	return c
}

func (c Cell) context() context.Context {
	if c.Context == nil {
		return context.Background()
	}
	return c.Context
}

func (c Cell) sink() display.Sink {
	if c.Sink == nil {
		return terminal{}
	}
	return c.Sink
}

// Shown is the set of values that one execution of a cell has shown. The zero
// Shown is empty. It is safe for several goroutines.
type Shown struct{ values sync.Map }

func (s *Shown) add(v any) {
	if s != nil {
		s.values.Store(v, true)
	}
}

func (s *Shown) has(v any) bool {
	if s == nil {
		return false
	}
	_, ok := s.values.Load(v)
	return ok
}
