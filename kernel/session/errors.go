package session

import (
	"errors"
	"fmt"
	"go/token"
	"runtime"
	"strings"

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
	var at *engine.InterruptedError
	switch {
	case errors.Is(err, engine.ErrInterrupted):
		e := interruptedError()
		if errors.As(err, &at) {
			e.Traceback = append(e.Traceback, s.trace(at.Trace)...)
		}
		return e
	case !errors.As(err, &p):
		return &Error{Name: "Error", Message: err.Error(), Traceback: []string{err.Error()}}
	}
	e := &Error{Name: panicName(p.Value), Message: strings.TrimRight(p.Error(), "\n")}
	if p.Goroutine {
		e.Message += " (in a goroutine)"
	}
	e.Traceback = append([]string{red + e.Name + reset + ": " + e.Message}, s.trace(p.Trace)...)
	return e
}

// interruptedError is the error for a cell that was interrupted.
func interruptedError() *Error {
	const msg = "the cell was interrupted"
	return &Error{Name: "Interrupted", Message: msg, Traceback: []string{red + "Interrupted" + reset + ": " + msg}}
}

// trace shows the calls that are in cells or packages from source, the innermost
// one with its line.
func (s *Session) trace(frames []engine.Frame) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var lines []string
	shown := 0
	for _, f := range frames {
		if shown == maxTrace {
			return append(lines, "...")
		}
		src, offset := s.sources.at(f.Pos)
		if src == nil {
			continue
		}
		line, _ := src.position(offset)
		lines = append(lines, fmt.Sprintf("%s%s:%d%s in %s", bold, src.name, line, reset, f.Func))
		if shown++; shown == 1 {
			lines = append(lines, dim+"    "+src.line(line)+reset)
		}
	}
	return lines
}

// panicName tells errors that somebody panicked with from panics of the program.
func panicName(v any) string {
	switch v.(type) {
	case engine.ExitError:
		return "Exit"
	case *memoryError, interface{ MemoryLimit() uint64 }: // the latter is tensor.MemoryError
		return "MemoryLimit"
	}
	if _, ok := v.(runtime.Error); ok {
		return "Panic"
	}
	if _, ok := v.(error); ok {
		return "Error"
	}
	return "Panic"
}

// position is "cell[n]:line:column", "" if pos is not in the source of a cell.
func (s *Session) position(pos token.Pos) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sources.format(pos)
}
