package session

import (
	"errors"
	"go/types"
	"reflect"

	"setun/kernel/session/engine"
	"setun/kernel/session/interp"
)

// interpEngine is package interp behind the seam.
type interpEngine struct {
	m        *interp.Machine
	importer types.Importer
}

func newInterp(c engine.Config) (engine.Engine, error) {
	m := interp.NewMachine()
	m.SetImporter(c.Importer)
	m.SetFiles(c.Stdout, c.Stderr)
	return interpEngine{m, c.Importer}, nil
}

func (e interpEngine) Importer() types.Importer { return e.importer }

func (e interpEngine) Compile(p *engine.Program) (start func(*engine.Run) ([]engine.Value, error), err error) {
	q := &interp.Program{Info: p.Info, Body: p.Body, Vars: p.Vars, Value: p.Value}
	for _, f := range p.Funcs {
		q.Funcs = append(q.Funcs, interp.Func(f))
	}
	run, err := e.m.Compile(q)
	if err != nil {
		var u *interp.Unsupported
		if errors.As(err, &u) {
			err = &engine.Unsupported{Pos: u.Pos, What: u.What}
		}
		return nil, err
	}
	return func(r *engine.Run) ([]engine.Value, error) {
		values, err := run(&interp.Run{
			Context: r.Context, Stdout: r.Stdout, Stderr: r.Stderr, Input: r.Ask,
			Option: r.Option, Position: r.Position, Tell: r.Tell,
		})
		var out []engine.Value
		for _, v := range values {
			out = append(out, engine.Value(v))
		}
		return out, e.failure(err)
	}, nil
}

func (e interpEngine) failure(err error) error {
	var p *interp.PanicError
	switch {
	case errors.Is(err, interp.ErrInterrupted):
		return engine.ErrInterrupted
	case errors.As(err, &p):
		out := &engine.PanicError{Value: p.Value}
		if exit, ok := p.Value.(interp.ExitError); ok {
			out.Value = engine.ExitError(exit)
		}
		for _, f := range p.Trace {
			out.Trace = append(out.Trace, engine.Frame(f))
		}
		return out
	}
	return err
}

func (e interpEngine) Reuse(object, old types.Object) { e.m.Reuse(object, old) }

func (e interpEngine) Get(v types.Object) (reflect.Value, bool) { return e.m.Get(v) }

func (e interpEngine) Exported(v engine.Value) any { return e.m.Exported(interp.Value(v)) }
