package session

import (
	"context"
	"go/types"
	"reflect"

	"setun/kernel/session/interp"
)

// An engine runs checked cells. It is all that the session knows about how.
type engine interface {
	// Compile makes a program ready; nothing has changed if it fails.
	Compile(p *interp.Program) (start func(*interp.Run) ([]interp.Value, error), err error)
	// Reuse lets an object stand for what an earlier one of the same name and
	// type stands for, so that what refers to it sees the new one.
	Reuse(object, old types.Object)
	// Get reads a variable.
	Get(v types.Object) (reflect.Value, bool)
	// Exported is a value as compiled code is to see it.
	Exported(v interp.Value) any
}

var _ engine = (*interp.Machine)(nil)

// runContext is ctx for what a cell starts: it ends when ctx does while the cell
// runs, and not when the cell is over.
func runContext(ctx context.Context) (run context.Context, detach func()) {
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, cancel)
	return run, func() { stop() }
}
