package session

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"os"
	"reflect"

	"setun/kernel/session/compile"
)

// Compiled code that reads all that there is does not end when what it reads does
// not, and it would read on when the cell is long over, until the memory is full:
// io.ReadAll(rand.Reader), os.ReadFile("/dev/zero"). In a cell it reads through a
// reader that ends with the run.

// stoppable is in until ctx ends.
type stoppable struct {
	ctx context.Context
	in  io.Reader
}

func (s stoppable) Read(p []byte) (int, error) {
	if s.ctx.Err() != nil {
		return 0, context.Cause(s.ctx)
	}
	return s.in.Read(p)
}

// reading are the functions of the standard library that read all.
func (e *compileEngine) reading() map[string]func(*compile.Run) reflect.Value {
	of := func(make func(ctx context.Context) any) func(*compile.Run) reflect.Value {
		return func(r *compile.Run) reflect.Value { return reflect.ValueOf(make(e.run(r).Context)) }
	}
	return map[string]func(*compile.Run) reflect.Value{
		"io.ReadAll": of(func(ctx context.Context) any {
			return func(r io.Reader) ([]byte, error) { return io.ReadAll(stoppable{ctx, r}) }
		}),
		"io.Copy": of(func(ctx context.Context) any {
			return func(w io.Writer, r io.Reader) (int64, error) { return io.Copy(w, endless(ctx, r)) }
		}),
		"(*bytes.Buffer).ReadFrom": of(func(ctx context.Context) any {
			return func(b *bytes.Buffer, r io.Reader) (int64, error) { return b.ReadFrom(stoppable{ctx, r}) }
		}),
		"os.ReadFile": of(func(ctx context.Context) any {
			return func(name string) ([]byte, error) { return e.readFile(ctx, name) }
		}),
	}
}

// endless is r as a stoppable, but where r knows better how to copy itself: that
// is short, or of bytes that are there already. Files know, and may have no end.
func endless(ctx context.Context, r io.Reader) io.Reader {
	if _, file := r.(*os.File); !file {
		if _, ok := r.(io.WriterTo); ok {
			return r
		}
	}
	return stoppable{ctx, r}
}

// readFile is os.ReadFile, but that it asks before it reads a large file, and
// ends with the run where the file has no size.
func (e *compileEngine) readFile(ctx context.Context, name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return io.ReadAll(stoppable{ctx, f})
	}
	if err := e.config.Reserve(uintptr(info.Size())); err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return os.ReadFile(name)
}
