package session

import (
	"errors"
	"fmt"
	"go/token"
	"runtime"

	"setun/kernel/session/engine"
)

const (
	red   = "\x1b[31m"
	bold  = "\x1b[1m"
	dim   = "\x1b[2m"
	reset = "\x1b[0m"
)

// maxDiagnostics limits what one cell can say at once.
const maxDiagnostics = 20

// maxTrace limits the calls that a traceback lists.
const maxTrace = 8

// compileError is the error for a cell that is not right.
func compileError(diags []diagnostic) *Error {
	e := &Error{Name: "CompileError"}
	for i, d := range diags {
		if i == maxDiagnostics {
			e.Traceback = append(e.Traceback, fmt.Sprintf("and %d more", len(diags)-i))
			break
		}
		line, column := d.src.position(d.offset)
		head := fmt.Sprintf("%s:%d:%d: %s", d.src.name, line, column, d.msg)
		if i == 0 {
			e.Message = head
			if n := len(diags) - 1; n > 0 {
				e.Message += fmt.Sprintf(" (and %d more)", n)
			}
		}
		excerpt := d.src.excerpt(d.offset)
		e.Traceback = append(e.Traceback, bold+head+reset, excerpt[0], red+excerpt[1]+reset)
	}
	return e
}

// runFailure is the error for a cell that failed while it ran.
func (s *Session) runFailure(err error) *Error {
	var p *engine.PanicError
	switch {
	case errors.Is(err, engine.ErrInterrupted):
		return &Error{Name: "Interrupted", Message: "the cell was interrupted", Traceback: []string{red + "Interrupted" + reset + ": the cell was interrupted"}}
	case !errors.As(err, &p):
		return &Error{Name: "Error", Message: err.Error(), Traceback: []string{err.Error()}}
	}
	e := &Error{Name: panicName(p.Value), Message: p.Error()}
	e.Traceback = append(e.Traceback, red+e.Name+reset+": "+e.Message)
	s.mu.Lock()
	defer s.mu.Unlock()
	shown := 0
	for _, f := range p.Trace {
		if shown == maxTrace {
			e.Traceback = append(e.Traceback, "...")
			break
		}
		src, offset := s.sources.at(f.Pos)
		if src == nil {
			continue
		}
		line, _ := src.position(offset)
		e.Traceback = append(e.Traceback, fmt.Sprintf("%s%s:%d%s in %s", bold, src.name, line, reset, f.Func))
		if shown++; shown == 1 {
			e.Traceback = append(e.Traceback, dim+"    "+src.line(line)+reset)
		}
	}
	return e
}

// panicName tells errors that somebody panicked with from panics of the program.
func panicName(v any) string {
	if _, ok := v.(engine.ExitError); ok {
		return "Exit"
	}
	if _, ok := v.(runtime.Error); ok {
		return "Panic"
	}
	if _, ok := v.(error); ok {
		return "Error"
	}
	return "Panic"
}

func (s *Session) position(pos token.Pos) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sources.format(pos)
}
