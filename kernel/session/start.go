package session

import (
	"context"
	"errors"
	"reflect"
	"time"

	"setun/dsl"
	"setun/kernel/session/engine"
)

// How long an interrupted cell has to stop by itself before Execute leaves it
// behind: little where nothing tells the code it waits in, more where a call that
// knows the context, such as Fit, brings what it has done to an end.
const (
	grace     = 80 * time.Millisecond
	callGrace = 10 * time.Second
)

// start runs a job on a goroutine of its own, and leaves it there if it does not
// stop when it is told to.
func (s *Session) start(ctx context.Context, c Cell, j *job) ([]engine.Value, dsl.Cell, error) {
	runCtx, cancel, detach := runContext(ctx)
	cell := dsl.Cell{Context: runCtx, Sink: c.Output, Input: c.Output.Input, Shown: &dsl.Shown{}, Code: s.ran.String()}
	run := &engine.Run{
		Context:  runCtx,
		Cancel:   cancel,
		Stdout:   streamWriter{s.files, c.Output, "stdout"},
		Stderr:   streamWriter{s.files, c.Output, "stderr"},
		Ask:      c.Output.Input,
		Option:   reflect.ValueOf(cell),
		Position: s.position,
	}
	type outcome struct {
		values []engine.Value
		err    error
	}
	done := make(chan outcome, 1)
	s.files.attach(c.Output)
	defer s.memory.watch(run)()
	go func() {
		defer s.runs.Enter(run)()
		finished := false
		defer func() {
			if !finished { // runtime.Goexit in compiled code
				done <- outcome{nil, errors.New("the cell ended its goroutine")}
			}
		}()
		values, err := j.start(run)
		finished = true
		done <- outcome{values, err}
	}()
	var out outcome
	ended := true
	select {
	case out = <-done:
	case <-runCtx.Done():
		patience := grace
		if _, full := errors.AsType[*memoryError](context.Cause(runCtx)); full || run.Told() {
			// Where memory is short, a step can take long: the collector has to come
			// first. What the cell has filled is looked at only when it has ended.
			patience = callGrace
		}
		select {
		case out = <-done:
		case <-time.After(patience):
			// It waits in compiled code that knows no context. It stops at its
			// next step.
			out.err, ended = engine.ErrInterrupted, false
		}
		if out.err == nil {
			// Its last call, which knew the context, returned what it had.
			out.err = engine.ErrInterrupted
		}
	}
	run.End()
	if out.err != nil {
		s.mu.Lock()
		s.dropFailed(j.packages)
		s.mu.Unlock()
	}
	detach()
	s.files.drain()
	filled := j.vars
	if !ended {
		filled = nil // it may be writing to them
	}
	return out.values, cell, s.reason(runCtx, filled, out.err)
}

// runContext is ctx for what a cell starts: it ends when ctx does while the cell
// runs, and not when the cell is over.
func runContext(ctx context.Context) (run context.Context, cancel context.CancelCauseFunc, detach func()) {
	run, cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { cancel(engine.ErrInterrupted) })
	return run, cancel, func() { stop() }
}

// reason is why a run that ended with err was stopped, if it was: a panic in one
// of its goroutines, or its memory, for which those of the variables filled that
// are large are emptied. An os.Exit(0) in a goroutine is no error.
func (s *Session) reason(ctx context.Context, filled []string, err error) error {
	if p, ok := errors.AsType[*engine.PanicError](err); ok {
		if want, ok := p.Value.(*memoryError); ok {
			want.emptied = s.empty(filled)
		}
	}
	if !errors.Is(err, engine.ErrInterrupted) {
		return err
	}
	var trace []engine.Frame
	var at *engine.InterruptedError
	if errors.As(err, &at) {
		trace = at.Trace
	}
	switch cause := context.Cause(ctx).(type) {
	case *engine.PanicError:
		if cause.Value == (engine.ExitError{}) {
			return nil
		}
		return cause
	case *memoryError:
		return &engine.PanicError{Value: &memoryError{limit: cause.limit, emptied: s.empty(filled)}, Trace: trace}
	}
	return err
}
