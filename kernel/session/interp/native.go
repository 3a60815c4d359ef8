package interp

import (
	"bufio"
	"errors"
	"fmt"
	"go/ast"
	"go/types"
	"io"
	"log"
	"os"
	"reflect"
	"strings"
	"time"
)

// natives are the functions of the standard library that mean something else in
// a cell: what would reach the process reaches the cell's run instead.
type natives struct {
	m              *Machine
	calls          map[string]nativeFunc
	stdout, stderr *os.File
}

// A nativeFunc stands for a compiled function; it knows who calls it.
type nativeFunc func(f *frame, args []reflect.Value) []reflect.Value

// nativeMethod stands for a method; ok is false for receivers that it is not for.
type nativeMethod func(f *frame, recv reflect.Value, args []reflect.Value) (out []reflect.Value, ok bool)

func newNatives(m *Machine) natives {
	n := natives{m: m}
	n.calls = map[string]nativeFunc{
		"fmt.Print": func(f *frame, a []reflect.Value) []reflect.Value {
			return results(fmt.Fprint(f.th.run.Stdout, a[0].Interface().([]any)...))
		},
		"fmt.Println": func(f *frame, a []reflect.Value) []reflect.Value {
			return results(fmt.Fprintln(f.th.run.Stdout, a[0].Interface().([]any)...))
		},
		"fmt.Printf": func(f *frame, a []reflect.Value) []reflect.Value {
			return results(fmt.Fprintf(f.th.run.Stdout, a[0].String(), a[1].Interface().([]any)...))
		},
		"fmt.Scan": func(f *frame, a []reflect.Value) []reflect.Value {
			return results(fmt.Fscan(f.th.run.stdin(), a[0].Interface().([]any)...))
		},
		"fmt.Scanln": func(f *frame, a []reflect.Value) []reflect.Value {
			return results(fmt.Fscanln(f.th.run.stdin(), a[0].Interface().([]any)...))
		},
		"fmt.Scanf": func(f *frame, a []reflect.Value) []reflect.Value {
			return results(fmt.Fscanf(f.th.run.stdin(), a[0].String(), a[1].Interface().([]any)...))
		},
		"time.Sleep": func(f *frame, a []reflect.Value) []reflect.Value {
			timer := time.NewTimer(time.Duration(a[0].Int()))
			defer timer.Stop()
			select {
			case <-timer.C:
			case <-f.th.run.Context.Done():
				panic(stopSignal{})
			}
			return nil
		},
		"os.Exit":     func(_ *frame, a []reflect.Value) []reflect.Value { panic(ExitError{int(a[0].Int())}) },
		"log.Fatal":   fatal(func(a []reflect.Value) string { return fmt.Sprint(a[0].Interface().([]any)...) }),
		"log.Fatalln": fatal(func(a []reflect.Value) string { return fmt.Sprintln(a[0].Interface().([]any)...) }),
		"log.Fatalf": fatal(func(a []reflect.Value) string {
			return fmt.Sprintf(a[0].String(), a[1].Interface().([]any)...)
		}),
		// What maps.Clone stands on, which has no Go body.
		"maps.clone": func(_ *frame, a []reflect.Value) []reflect.Value {
			from := a[0].Elem()
			to := reflect.MakeMapWithSize(from.Type(), from.Len())
			for it := from.MapRange(); it.Next(); {
				to.SetMapIndex(it.Key(), it.Value())
			}
			return []reflect.Value{m.toInterface(to, nil, anyType)}
		},
		"errors.As": func(f *frame, a []reflect.Value) []reflect.Value {
			err, _ := a[0].Interface().(error)
			return []reflect.Value{reflect.ValueOf(m.errorAs(err, a[1]))}
		},
	}
	return n
}

func results(n int, err error) []reflect.Value {
	return []reflect.Value{reflect.ValueOf(n), reflect.ValueOf(&err).Elem()}
}

func fatal(message func([]reflect.Value) string) nativeFunc {
	return func(_ *frame, a []reflect.Value) []reflect.Value {
		log.Print(message(a))
		panic(ExitError{1})
	}
}

// call is what stands for a function of the standard library, nil if nothing.
func (n *natives) call(obj *types.Func) nativeFunc {
	if obj.Pkg() == nil || obj.Signature().Recv() != nil {
		return nil
	}
	return n.calls[obj.Pkg().Path()+"."+obj.Name()]
}

// function is a native function as a value.
func (n *natives) function(c *compiler, id *ast.Ident, obj *types.Func) (reflect.Value, bool) {
	fn := n.call(obj)
	if fn == nil {
		return reflect.Value{}, false
	}
	home := &function{name: obj.Name()}
	return reflect.MakeFunc(c.m.typeOf(c.typeOf(id)), func(args []reflect.Value) []reflect.Value {
		return fn(n.m.entry(nil, home), args)
	}), true
}

// SetFiles gives cells files for os.Stdout and os.Stderr. What reaches them by
// way of compiled code is the owner's to forward; what cells write themselves
// goes straight to their run.
func (m *Machine) SetFiles(stdout, stderr *os.File) {
	m.natives.stdout, m.natives.stderr = stdout, stderr
}

// variable is the address of what stands for a compiled variable.
func (n *natives) variable(v *types.Var) (ptr, bool) {
	if v.Pkg().Path() != "os" {
		return nil, false
	}
	switch {
	case v.Name() == "Stdout" && n.stdout != nil:
		return ptr(&n.stdout), true
	case v.Name() == "Stderr" && n.stderr != nil:
		return ptr(&n.stderr), true
	}
	return nil, false
}

var fileType = reflect.TypeFor[*os.File]()

func (m *Machine) stdoutLike(rt reflect.Type) bool { return rt == fileType }

// A Writer writes to the run of the goroutine that calls it.
type Writer struct {
	m      *Machine
	stderr bool
	other  io.Writer // for goroutines of no run
}

// Writer returns a writer to the stream of whichever run calls it; other is for
// goroutines that belong to none.
func (m *Machine) Writer(stderr bool, other io.Writer) *Writer { return &Writer{m, stderr, other} }

func (w *Writer) Write(p []byte) (int, error) {
	run := w.m.Current()
	switch {
	case run == nil:
		return w.other.Write(p)
	case w.stderr:
		return run.Stderr.Write(p)
	}
	return run.Stdout.Write(p)
}

// WriteString implements io.StringWriter.
func (w *Writer) WriteString(s string) (int, error) { return w.Write([]byte(s)) }

// files turns the cell's os.Stdout and os.Stderr into writers to the run, where
// they enter an interface.
func (n *natives) files(get func(*frame) reflect.Value) func(*frame) reflect.Value {
	return func(f *frame) reflect.Value {
		v := get(f)
		file, ok := v.Interface().(*os.File)
		switch {
		case ok && file != nil && file == n.stdout:
			return reflect.ValueOf(n.m.Writer(false, file))
		case ok && file != nil && file == n.stderr:
			return reflect.ValueOf(n.m.Writer(true, file))
		}
		return v
	}
}

// method stands for the writing methods of the cell's os.Stdout and os.Stderr.
func (n *natives) method(rt reflect.Type, name string) nativeMethod {
	if rt != fileType || name != "Write" && name != "WriteString" {
		return nil
	}
	return func(f *frame, recv reflect.Value, args []reflect.Value) ([]reflect.Value, bool) {
		file := recv.Interface().(*os.File)
		var w io.Writer
		switch {
		case file == nil:
			return nil, false
		case file == n.stdout:
			w = f.th.run.Stdout
		case file == n.stderr:
			w = f.th.run.Stderr
		default:
			return nil, false
		}
		if name == "WriteString" {
			return results(io.WriteString(w, args[0].String())), true
		}
		return results(w.Write(args[0].Bytes())), true
	}
}

// stdin reads lines that the person is asked for.
func (run *Run) stdin() io.Reader {
	run.mu.Lock()
	defer run.mu.Unlock()
	if run.input == nil {
		run.input = bufio.NewReader(&lineReader{run: run})
	}
	return run.input
}

type lineReader struct {
	run  *Run
	rest *strings.Reader
}

func (r *lineReader) Read(p []byte) (int, error) {
	if r.rest == nil || r.rest.Len() == 0 {
		line, err := r.run.Input("", false)
		if err != nil {
			return 0, err
		}
		r.rest = strings.NewReader(line + "\n")
	}
	return r.rest.Read(p)
}

// errorAs is errors.As, for targets of types that cells declare too.
func (m *Machine) errorAs(err error, target reflect.Value) bool {
	if target.IsNil() {
		panic(runtimeError("errors: target cannot be nil"))
	}
	t, to := m.open(target.Elem())
	p, ok := t.(*types.Pointer)
	if !ok {
		at := to.Type()
		if at.Kind() != reflect.Pointer || m.dynamicName(at.Elem()) == nil {
			return errors.As(err, to.Interface())
		}
		// A pointer to a pointer: its type is known by its layout.
		p = types.NewPointer(m.dynamicName(at.Elem()))
	}
	for ; err != nil; err = errors.Unwrap(err) {
		if et, v := m.open(reflect.ValueOf(err)); et != nil && types.Identical(et, p.Elem()) {
			reflect.NewAt(v.Type(), to.UnsafePointer()).Elem().Set(v)
			return true
		}
	}
	return false
}
