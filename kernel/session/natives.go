package session

import (
	"context"
	"fmt"
	"go/ast"
	"go/token"
	"io"
	"os"
	"reflect"

	"setun/dsl"
	"setun/kernel/session/compile"
)

var optionType = reflect.TypeFor[dsl.Cell]()

// perRun are the functions of the standard library that mean something else in
// a cell: what would reach the process reaches the cell's run instead.
func (e *compileEngine) perRun() map[string]func(*compile.Run) reflect.Value {
	of := func(make func(r *compile.Run) any) func(*compile.Run) reflect.Value {
		return func(r *compile.Run) reflect.Value { return reflect.ValueOf(make(r)) }
	}
	return map[string]func(*compile.Run) reflect.Value{
		"fmt.Print": of(func(r *compile.Run) any {
			return func(a ...any) (int, error) { return fmt.Fprint(e.run(r).Stdout, a...) }
		}),
		"fmt.Println": of(func(r *compile.Run) any {
			return func(a ...any) (int, error) { return fmt.Fprintln(e.run(r).Stdout, a...) }
		}),
		"fmt.Printf": of(func(r *compile.Run) any {
			return func(format string, a ...any) (int, error) { return fmt.Fprintf(e.run(r).Stdout, format, a...) }
		}),
		"fmt.Fprint": of(func(r *compile.Run) any {
			return func(w io.Writer, a ...any) (int, error) { return fmt.Fprint(e.stream(r, w), a...) }
		}),
		"fmt.Fprintln": of(func(r *compile.Run) any {
			return func(w io.Writer, a ...any) (int, error) { return fmt.Fprintln(e.stream(r, w), a...) }
		}),
		"fmt.Fprintf": of(func(r *compile.Run) any {
			return func(w io.Writer, format string, a ...any) (int, error) {
				return fmt.Fprintf(e.stream(r, w), format, a...)
			}
		}),
		"go/ast.Print": of(func(r *compile.Run) any {
			return func(fset *token.FileSet, x any) error {
				return ast.Fprint(e.run(r).Stdout, fset, x, ast.NotNilFilter)
			}
		}),
		"(*os.File).Write": of(func(r *compile.Run) any {
			return func(f *os.File, p []byte) (int, error) { return e.stream(r, f).Write(p) }
		}),
		"(*os.File).WriteString": of(func(r *compile.Run) any {
			return func(f *os.File, s string) (int, error) { return io.WriteString(e.stream(r, f), s) }
		}),
		"(*os.File).Read": of(func(r *compile.Run) any {
			return func(f *os.File, p []byte) (int, error) {
				if f == e.config.Stdin && f != nil {
					return e.run(r).Stdin().Read(p)
				}
				return f.Read(p)
			}
		}),
		"context.Background": of(func(r *compile.Run) any {
			return func() context.Context { return background{e.run(r).Context} }
		}),
		"fmt.Scan": of(func(r *compile.Run) any {
			return func(a ...any) (int, error) { return fmt.Fscan(e.run(r).Stdin(), a...) }
		}),
		"fmt.Scanln": of(func(r *compile.Run) any {
			return func(a ...any) (int, error) { return fmt.Fscanln(e.run(r).Stdin(), a...) }
		}),
		"fmt.Scanf": of(func(r *compile.Run) any {
			return func(format string, a ...any) (int, error) { return fmt.Fscanf(e.run(r).Stdin(), format, a...) }
		}),
	}
}

// background is context.Background in a cell: it ends when the cell is
// interrupted, and not when it is over. So requests end that were made with it.
type background struct{ context.Context }

func (background) String() string { return "context.Background" }

// stream is w, or the run's own stream where w is the cell's os.Stdout or
// os.Stderr.
func (e *compileEngine) stream(r *compile.Run, w io.Writer) io.Writer {
	switch f, ok := w.(*os.File); {
	case !ok || f == nil:
		return w
	case f == e.config.Stdout:
		return e.run(r).Stdout
	case f == e.config.Stderr:
		return e.run(r).Stderr
	}
	return w
}

// standIn is what stands for os.Stdin, os.Stdout and os.Stderr where compiled code
// gets them as a reader or writer: it reads from and writes to the run that it is
// called in, which may not be the cell that runs then.
func (e *compileEngine) standIn(x any) any {
	switch f := x.(*os.File); {
	case f == nil:
	case f == e.config.Stdin:
		return inFile{f, e}
	case f == e.config.Stdout, f == e.config.Stderr:
		return outFile{f, e}
	}
	return x
}

// inFile is os.Stdin as a reader.
type inFile struct {
	*os.File
	e *compileEngine
}

func (f inFile) Read(p []byte) (int, error) { return f.e.config.Runs.Latest().Stdin().Read(p) }

// WriteTo hides that of the file, which reads on its own.
func (f inFile) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, f.e.config.Runs.Latest().Stdin())
}

// outFile is os.Stdout or os.Stderr as a writer.
type outFile struct {
	*os.File
	e *compileEngine
}

func (f outFile) stream() io.Writer {
	switch run := f.e.config.Runs.Current(); {
	case run == nil:
		return f.File
	case f.File == f.e.config.Stderr:
		return run.Stderr
	default:
		return run.Stdout
	}
}

func (f outFile) Write(p []byte) (int, error)               { return f.stream().Write(p) }
func (f outFile) WriteString(s string) (int, error)         { return f.stream().Write([]byte(s)) }
func (f outFile) ReadFrom(r io.Reader) (n int64, err error) { return io.Copy(f.stream(), r) }
