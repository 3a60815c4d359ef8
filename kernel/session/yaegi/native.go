package yaegi

import (
	"fmt"
	"go/types"
	"log"
	"reflect"
	"time"

	"setun/dsl/symbols"
	"setun/kernel/session/engine"
)

// A nativeFunc makes the function that a call from fr enters.
type nativeFunc func(fr *Frame) reflect.Value

// natives are the compiled functions that mean something else in a cell: what
// would reach the process reaches the cell's run instead.
var natives = map[string]nativeFunc{
	"fmt.Print": func(fr *Frame) reflect.Value {
		return reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fprint(fr.state.run.Stdout, a...) })
	},
	"fmt.Println": func(fr *Frame) reflect.Value {
		return reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fprintln(fr.state.run.Stdout, a...) })
	},
	"fmt.Printf": func(fr *Frame) reflect.Value {
		return reflect.ValueOf(func(s string, a ...any) (int, error) { return fmt.Fprintf(fr.state.run.Stdout, s, a...) })
	},
	"fmt.Scan": func(fr *Frame) reflect.Value {
		return reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fscan(fr.state.run.Stdin(), a...) })
	},
	"fmt.Scanln": func(fr *Frame) reflect.Value {
		return reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fscanln(fr.state.run.Stdin(), a...) })
	},
	"fmt.Scanf": func(fr *Frame) reflect.Value {
		return reflect.ValueOf(func(s string, a ...any) (int, error) { return fmt.Fscanf(fr.state.run.Stdin(), s, a...) })
	},
	"time.Sleep": func(fr *Frame) reflect.Value {
		return reflect.ValueOf(func(d time.Duration) {
			timer := time.NewTimer(d)
			defer timer.Stop()
			fr.state.wait(reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(timer.C)})
		})
	},
	"os.Exit": func(*Frame) reflect.Value {
		return reflect.ValueOf(func(code int) { panic(engine.ExitError{Code: code}) })
	},
	"log.Fatal":   func(*Frame) reflect.Value { return reflect.ValueOf(func(a ...any) { fatal(fmt.Sprint(a...)) }) },
	"log.Fatalln": func(*Frame) reflect.Value { return reflect.ValueOf(func(a ...any) { fatal(fmt.Sprintln(a...)) }) },
	"log.Fatalf": func(*Frame) reflect.Value {
		return reflect.ValueOf(func(s string, a ...any) { fatal(fmt.Sprintf(s, a...)) })
	},
	// What maps.Clone stands on, which has no Go body.
	"maps.clone": func(*Frame) reflect.Value {
		return reflect.ValueOf(func(m any) any {
			from := reflect.ValueOf(m)
			to := reflect.MakeMapWithSize(from.Type(), from.Len())
			for it := from.MapRange(); it.Next(); {
				to.SetMapIndex(it.Key(), it.Value())
			}
			return to.Interface()
		})
	},
}

func fatal(message string) {
	log.Print(message)
	panic(engine.ExitError{Code: 1})
}

// special reports whether a function is not what its source says.
func (e *Engine) special(f *types.Func) bool {
	_, ok := natives[f.FullName()]
	return ok
}

// compiledFunc finds a compiled function.
func (e *Engine) compiledFunc(f *types.Func) (nativeFunc, bool) {
	if n, ok := natives[f.FullName()]; ok {
		return n, true
	}
	if f.Pkg() == nil {
		return nil, false
	}
	v, ok := symbols.Lookup(f.Pkg().Path(), f.Name())
	if !ok || v.Kind() != reflect.Func {
		return nil, false
	}
	e.types.Learn(f.Type(), v.Type())
	return func(*Frame) reflect.Value { return v }, true
}

// compiledVar is the address of a compiled variable.
func (e *Engine) compiledVar(v *types.Var) (reflect.Value, bool) {
	if v.Pkg() == nil || v.Parent() != v.Pkg().Scope() {
		return reflect.Value{}, false
	}
	if v.Pkg().Path() == "os" && e.config.Stdout != nil {
		switch v.Name() {
		case "Stdout":
			return reflect.ValueOf(&e.config.Stdout), true
		case "Stderr":
			return reflect.ValueOf(&e.config.Stderr), true
		case "Stdin":
			return reflect.ValueOf(&e.config.Stdin), true
		}
	}
	p, ok := symbols.Lookup(v.Pkg().Path(), v.Name())
	if !ok || !p.CanAddr() {
		return reflect.Value{}, false
	}
	e.types.Learn(v.Type(), p.Type())
	return p.Addr(), true
}

// compiledMethod is a method of a compiled type as a function with the receiver
// first.
func (e *Engine) compiledMethod(recv types.Type, m *types.Func) (reflect.Value, bool) {
	method, ok := e.rt(recv).MethodByName(m.Name())
	if !ok {
		return reflect.Value{}, false
	}
	return method.Func, true
}
