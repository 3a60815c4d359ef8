package compile

import (
	"go/types"
	"reflect"
	"unsafe"
)

// Compiled code calls interpreted functions through function values that package
// reflect makes, or, for common signatures, through Go closures of the very
// type. The former are part of the closure object, so that making a function
// value costs one allocation.

// makeFunc is reflect.makeFuncImpl.
type makeFunc struct {
	fn     uintptr
	stack  unsafe.Pointer
	argLen uintptr
	regs   [8]byte
	ftyp   unsafe.Pointer
	impl   unsafe.Pointer
}

// A funcObject is what a Go closure with one captured pointer looks like.
type funcObject struct {
	pc  uintptr
	ctx unsafe.Pointer
}

type fullClosure struct {
	closure
	made    makeFunc
	handler funcObject
}

// handle makes c's twin for compiled code, of a signature that has no shim.
func (f *Func) handle(c *fullClosure) {
	c.made = f.template
	c.handler = funcObject{handlerPC, unsafe.Pointer(&c.closure)}
	c.made.impl = unsafe.Pointer(&c.handler)
	c.native = unsafe.Pointer(&c.made)
}

func funcPtr(f any) unsafe.Pointer { return efaceOf(&f).data }

func pcOf(f any) uintptr { return *(*uintptr)(funcPtr(f)) }

var handlerPC uintptr

// reflectHandler is what package reflect calls for c.
func reflectHandler(c *closure) func([]reflect.Value) []reflect.Value {
	return func(args []reflect.Value) []reflect.Value { return c.reflectCall(args) }
}

// prepare makes f ready to be a function value. The caller holds p.mu.
func (f *Func) prepare() {
	if f.ftype != nil {
		return
	}
	p := f.p
	ft := p.funcType(f.sig, nil)
	f.lay = p.sigLayout(f.sig, f.recv)
	f.ftype = ft
	if f.shim = shims[ft]; f.shim != nil {
		return
	}
	v := reflect.MakeFunc(ft, func([]reflect.Value) []reflect.Value { return nil })
	x := v.Interface()
	f.template = *(*makeFunc)(efaceOf(&x).data)
}

// reflectCall runs c with arguments from package reflect.
func (c *closure) reflectCall(args []reflect.Value) []reflect.Value {
	th := c.f.p.callback()
	nf := c.frame(th)
	c.f.setArgs(nf, args)
	return c.f.finish(th, nf)
}

func (f *Func) setArgs(nf *Frame, args []reflect.Value) {
	for i, a := range args {
		setSlot(nf.at(f.lay.params[i]), toRtype(a.Type()), a)
	}
}

// finish calls nf and gives its results to package reflect.
func (f *Func) finish(th *Thread, nf *Frame) []reflect.Value {
	th.callBack(nf)
	out := make([]reflect.Value, len(f.lay.results))
	for i, off := range f.lay.results {
		t := f.ftype.Out(i)
		v := reflect.New(t).Elem()
		if t.Kind() == reflect.Interface {
			if x := *slotPtr[any](nf, off); x != nil {
				v.Set(reflect.ValueOf(x))
			}
		} else {
			typedmemmove(toRtype(t), v.Addr().UnsafePointer(), nf.at(off))
		}
		out[i] = v
	}
	th.leave(nf)
	f.p.callbackDone(th)
	return out
}

// methodFunc is a function value with the receiver as its first parameter: as a
// pointer to it if indirect, else as it is.
func (p *Program) methodFunc(m *method, sig *types.Signature, r *rtype, indirect bool) unsafe.Pointer {
	recv := r.reflect()
	if indirect || r.direct() {
		recv = reflect.TypeFor[unsafe.Pointer]()
	}
	ft := p.funcType(sig, recv)
	if f := p.methodShim(m, ft, r, indirect); f != nil {
		return funcPtr(f)
	}
	v := reflect.MakeFunc(ft, func(args []reflect.Value) []reflect.Value {
		if indirect && args[0].UnsafePointer() == nil {
			panic(m.nilReceiver(r))
		}
		f := m.fn()
		f.ready()
		th := p.callback()
		nf := f.frame(th)
		slot := nf.at(f.lay.recv)
		switch {
		case indirect:
			typedmemmove(r, slot, args[0].UnsafePointer())
		case r.direct():
			*(*unsafe.Pointer)(slot) = args[0].UnsafePointer()
		default:
			x := args[0].Interface()
			typedmemmove(r, slot, dataAddr(&x))
		}
		f.setArgs(nf, args[1:])
		return f.finish(th, nf)
	})
	return funcPtr(v.Interface())
}

// ready is prepare for callers that do not hold p.mu.
func (f *Func) ready() {
	f.p.mu.Lock()
	f.prepare()
	f.p.mu.Unlock()
}

// enterClosure and its like are the shims' common part.
func (c *closure) begin() (*Thread, *Frame) {
	th := c.f.p.callback()
	return th, c.frame(th)
}

func (c *closure) end(th *Thread, nf *Frame) {
	th.leave(nf)
	c.f.p.callbackDone(th)
}

func shim0(c *closure) func() {
	return func() {
		th, nf := c.begin()
		th.callBack(nf)
		c.end(th, nf)
	}
}

func shim1[A, R any](c *closure) func(A) R {
	return func(a A) R {
		th, nf := c.begin()
		*slotPtr[A](nf, c.f.lay.params[0]) = a
		th.callBack(nf)
		r := *slotPtr[R](nf, c.f.lay.results[0])
		c.end(th, nf)
		return r
	}
}

func shim2[A, B, R any](c *closure) func(A, B) R {
	return func(a A, b B) R {
		th, nf := c.begin()
		*slotPtr[A](nf, c.f.lay.params[0]) = a
		*slotPtr[B](nf, c.f.lay.params[1]) = b
		th.callBack(nf)
		r := *slotPtr[R](nf, c.f.lay.results[0])
		c.end(th, nf)
		return r
	}
}

// shims make the native twins of closures of common signatures.
var shims = map[reflect.Type]func(*closure) unsafe.Pointer{}

func addShim[F any](make func(*closure) F) {
	shims[reflect.TypeFor[F]()] = func(c *closure) unsafe.Pointer {
		f := make(c)
		return *(*unsafe.Pointer)(unsafe.Pointer(&f))
	}
}

func init() {
	handlerPC = pcOf(reflectHandler(nil))
	addShim(shim0)
	addShim(shim1[int, int])
	addShim(shim1[int, bool])
	addShim(shim1[float32, float32])
	addShim(shim1[float64, float64])
	addShim(shim1[string, string])
	addShim(shim1[string, bool])
	addShim(shim1[rune, bool])
	addShim(shim1[rune, rune])
	addShim(shim2[int, int, bool])
	addShim(shim2[int, int, int])
	addShim(shim2[float32, float32, float32])
	addShim(shim2[float64, float64, float64])
	addShim(shim2[string, string, bool])
	addShim(shim2[string, string, int])
}

// methodShim is methodFunc for the methods that sort and fmt call all the time.
func (p *Program) methodShim(m *method, ft reflect.Type, r *rtype, indirect bool) any {
	if !indirect && !r.direct() {
		return nil
	}
	begin := func(recv unsafe.Pointer) (*Func, *Thread, *Frame) {
		if indirect && recv == nil {
			panic(m.nilReceiver(r))
		}
		f := m.fn()
		if f.ftype == nil {
			f.ready()
		}
		th := p.callback()
		nf := f.frame(th)
		if indirect {
			typedmemmove(r, nf.at(f.lay.recv), recv)
		} else {
			*slotPtr[unsafe.Pointer](nf, f.lay.recv) = recv
		}
		return f, th, nf
	}
	switch ft {
	case reflect.TypeFor[func(unsafe.Pointer) int]():
		return func(recv unsafe.Pointer) int {
			f, th, nf := begin(recv)
			th.callBack(nf)
			n := *slotPtr[int](nf, f.lay.results[0])
			th.leave(nf)
			p.callbackDone(th)
			return n
		}
	case reflect.TypeFor[func(unsafe.Pointer) string]():
		return func(recv unsafe.Pointer) string {
			f, th, nf := begin(recv)
			th.callBack(nf)
			s := *slotPtr[string](nf, f.lay.results[0])
			th.leave(nf)
			p.callbackDone(th)
			return s
		}
	case reflect.TypeFor[func(unsafe.Pointer, int, int) bool]():
		return func(recv unsafe.Pointer, i, j int) bool {
			f, th, nf := begin(recv)
			*slotPtr[int](nf, f.lay.params[0]) = i
			*slotPtr[int](nf, f.lay.params[1]) = j
			th.callBack(nf)
			less := *slotPtr[bool](nf, f.lay.results[0])
			th.leave(nf)
			p.callbackDone(th)
			return less
		}
	case reflect.TypeFor[func(unsafe.Pointer, int, int)]():
		return func(recv unsafe.Pointer, i, j int) {
			f, th, nf := begin(recv)
			*slotPtr[int](nf, f.lay.params[0]) = i
			*slotPtr[int](nf, f.lay.params[1]) = j
			th.callBack(nf)
			th.leave(nf)
			p.callbackDone(th)
		}
	case reflect.TypeFor[func(unsafe.Pointer, float32) float32]():
		return func(recv unsafe.Pointer, x float32) float32 {
			f, th, nf := begin(recv)
			*slotPtr[float32](nf, f.lay.params[0]) = x
			th.callBack(nf)
			y := *slotPtr[float32](nf, f.lay.results[0])
			th.leave(nf)
			p.callbackDone(th)
			return y
		}
	case reflect.TypeFor[func(unsafe.Pointer, float32, float32) float32]():
		return func(recv unsafe.Pointer, w, g float32) float32 {
			f, th, nf := begin(recv)
			*slotPtr[float32](nf, f.lay.params[0]) = w
			*slotPtr[float32](nf, f.lay.params[1]) = g
			th.callBack(nf)
			y := *slotPtr[float32](nf, f.lay.results[0])
			th.leave(nf)
			p.callbackDone(th)
			return y
		}
	}
	return nil
}
