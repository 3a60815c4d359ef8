package session

import (
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
