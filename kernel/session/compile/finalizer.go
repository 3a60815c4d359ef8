package compile

import (
	"fmt"
	"reflect"
	"runtime"
)

// finalizerIntrinsics is runtime.SetFinalizer, which ends the process where it
// dislikes its arguments, or finds a finalizer that a cell has set before.
var finalizerIntrinsics = map[string]func(p *Program, lay sigLayout) instr{
	"runtime.SetFinalizer": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) { setFinalizer(*slotPtr[any](fp, lay.params[0]), *slotPtr[any](fp, lay.params[1])) }
	},
}

func setFinalizer(obj, finalizer any) {
	fail := func(format string, args ...any) {
		panic(plainError("runtime.SetFinalizer: " + fmt.Sprintf(format, args...)))
	}
	t, f := reflect.TypeOf(obj), reflect.TypeOf(finalizer)
	switch {
	case t == nil:
		fail("first argument is nil")
	case t.Kind() != reflect.Pointer:
		fail("first argument is %v, not pointer", t)
	case reflect.ValueOf(obj).IsNil():
		fail("pointer not in heap")
	case f == nil:
		runtime.SetFinalizer(obj, nil)
		return
	case f.Kind() != reflect.Func:
		fail("second argument is %v, not a function", f)
	case f.NumIn() != 1 || f.IsVariadic() || !t.AssignableTo(f.In(0)):
		fail("cannot pass %v to finalizer %v", t, f)
	}
	runtime.SetFinalizer(obj, nil)
	if f.In(0) != t { // the runtime knows fewer assignable types than the language
		call := reflect.ValueOf(finalizer)
		finalizer = reflect.MakeFunc(reflect.FuncOf([]reflect.Type{t}, nil, false), func(args []reflect.Value) []reflect.Value {
			call.Call(args)
			return nil
		}).Interface()
	}
	runtime.SetFinalizer(obj, finalizer)
}
