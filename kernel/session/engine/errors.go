package engine

import (
	"context"
	"fmt"
	"go/token"
	"strconv"
)

// ErrInterrupted is the error of a run whose context ended.
var ErrInterrupted = fmt.Errorf("interrupted: %w", context.Canceled)

// An InterruptedError is ErrInterrupted with the place where the run was.
type InterruptedError struct{ Trace []Frame }

func (*InterruptedError) Error() string { return ErrInterrupted.Error() }
func (*InterruptedError) Unwrap() error { return ErrInterrupted }

// Unsupported is the error for a cell that an engine cannot run.
type Unsupported struct {
	Pos  token.Pos // token.NoPos if it is about the whole cell
	What string
}

func (e *Unsupported) Error() string { return "cells cannot run " + e.What }

// ExitError is os.Exit or log.Fatal in a cell with another status than 0: the
// Value of a PanicError, and of the panic on the way to there.
type ExitError struct{ Code int }

func (e ExitError) Error() string { return "exit status " + strconv.Itoa(e.Code) }

// A PanicError is a panic that ended a run.
type PanicError struct {
	Value     any
	Trace     []Frame // innermost first
	Goroutine bool    // it ended a goroutine other than the cell's
}

// Frame is one line of a trace.
type Frame struct {
	Func string
	Pos  token.Pos // of no cell where the code is not of one
}

func (e *PanicError) Error() string { return PanicMessage(e.Value) }
