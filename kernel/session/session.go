package session

import (
	"context"

	"setun/display"
)

// Output is where one cell's output goes. Methods may be called from any
// goroutine.
type Output interface {
	display.Sink
	// Stream writes text to the stream name, "stdout" or "stderr".
	Stream(name, text string)
	// Input asks the person for a line. It fails if the front end cannot ask.
	Input(prompt string, password bool) (string, error)
}

// A Cell is one request to run code.
type Cell struct {
	Number int    // execution count, names the cell in positions and errors
	Code   string // source text
	Output Output // never nil
}

// Result is what a cell that succeeded leaves behind.
type Result struct {
	// Value is the rendered trailing expression; nil if there is none, or if it
	// has no value.
	Value *display.Bundle
	// Page is text for the front end's pager, from %help; nil if there is none.
	Page *display.Bundle
}

// Error is a cell that failed. Traceback lines are ready to print, ANSI colours
// included; Message is the one line a person reads first.
type Error struct {
	Name      string // "CompileError", "Panic", "Interrupted", ...
	Message   string
	Traceback []string
}

func (e *Error) Error() string { return e.Name + ": " + e.Message }

// Completion answers a complete_request; offsets are bytes into the code.
type Completion struct {
	Matches    []Match
	Start, End int
}

// Match is one completion.
type Match struct {
	Text      string // what replaces code[Start:End]
	Kind      string // "function", "type", "variable", "constant", "package", "field", "method", "keyword", "magic"
	Signature string // the declaration, for people
}

// Completeness answers an is_complete_request.
type Completeness struct {
	Status string // "complete", "incomplete", "invalid"
	Indent string // only with "incomplete"
}

// Interface is what the message loop needs of a session. *Session implements
// it; the loop's own tests use a small fake.
type Interface interface {
	Execute(ctx context.Context, c Cell) (Result, error) // error is *Error
	// Expressions evaluates the user_expressions of an execute_request.
	Eval(ctx context.Context, c Cell, expr string) (display.Bundle, error)
	Complete(code string, cursor int) Completion
	Inspect(code string, cursor, detail int) (display.Bundle, bool)
	IsComplete(code string) Completeness
}
