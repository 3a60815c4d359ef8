package compile

import (
	"fmt"
	"go/types"
	"reflect"
	"sort"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// A methodTable is the methods of a type that is being built.
type methodTable struct {
	t       types.Type
	r       *rtype
	unc     *uncommonType
	methods []abiMethod // room
	code    map[string]methodCode
}

// A methodCode is where compiled code enters a method: with the receiver as an
// interface holds it, and as itself.
type methodCode struct {
	sig      *types.Signature
	ifn, tfn int32
}

// flush fills the method tables of the types built since the last time.
func (p *Program) flush() {
	for len(p.todo) > 0 {
		t := p.todo[0]
		p.todo = p.todo[1:]
		p.fill(t)
	}
}

func (p *Program) fill(mt *methodTable) {
	p.tables[mt.r] = mt
	set := types.NewMethodSet(mt.t)
	sels := make([]*types.Selection, 0, set.Len())
	for sel := range set.Methods() {
		sels = append(sels, sel)
	}
	sort.SliceStable(sels, func(i, j int) bool { return methodLess(sels[i].Obj(), sels[j].Obj()) })
	if len(sels) > len(mt.methods) {
		if mt.unc.mcount > 0 {
			return // added later, and there is no more room: compiled code does not see it
		}
		panic(fmt.Sprintf("type %s has %d methods: there is room for %d", mt.t, len(sels), len(mt.methods)))
	}
	exported := 0
	pkg := "" // of the type: that of its methods, if it has no name
	if named, ok := mt.t.(*types.Named); ok {
		pkg = pkgPath(named.Obj().Pkg())
	}
	for i, sel := range sels {
		obj := sel.Obj().(*types.Func)
		sig := sel.Type().(*types.Signature)
		if obj.Exported() {
			exported++
		} else if pkg == "" {
			pkg = pkgPath(obj.Pkg())
			mt.unc.pkgPath = nameOff(pkg, false)
		}
		ft := toRtype(p.funcType(sig, nil))
		code := p.methodCode(mt, sel, sig)
		mt.methods[i] = abiMethod{methodNameOff(obj, pkg), typeOff(ft), code.ifn, code.tfn}
	}
	mt.unc.xcount = uint16(exported)
	mt.unc.mcount = uint16(len(sels))
}

func methodLess(a, b types.Object) bool {
	if a.Exported() != b.Exported() {
		return a.Exported()
	}
	if a.Name() != b.Name() {
		return a.Name() < b.Name()
	}
	return pkgPath(a.Pkg()) < pkgPath(b.Pkg())
}

// methodCode makes the code addresses through which compiled code calls a method.
// A method of values that interfaces hold a pointer to is entered alike with *T.
func (p *Program) methodCode(mt *methodTable, sel *types.Selection, sig *types.Signature) methodCode {
	id := sel.Obj().Id()
	if c, ok := mt.code[id]; ok && types.Identical(c.sig, sig) {
		return c
	}
	c := methodCode{sig: sig}
	m, r := &method{p: p, sel: sel}, p.rt(mt.t)
	switch pt, ok := mt.t.(*types.Pointer); {
	case ok:
		elem := p.rt(pt.Elem())
		of := types.NewMethodSet(pt.Elem()).Lookup(sel.Obj().Pkg(), sel.Obj().Name())
		ofValue := of != nil && !elem.direct()
		if ofValue {
			m.sel, r = of, elem
		}
		c.ifn = stubFor(p.methodFunc(m, sig, r, ofValue))
		c.tfn = c.ifn
	case r.direct():
		c.ifn = stubFor(p.methodFunc(m, sig, r, false))
		c.tfn = c.ifn
	default:
		c.ifn = p.methodCode(p.tables[p.rt(types.NewPointer(mt.t))], sel, sig).ifn
		c.tfn = stubFor(p.methodFunc(m, sig, r, false))
	}
	if mt.code == nil {
		mt.code = map[string]methodCode{}
	}
	mt.code[id] = c
	return c
}

func stubFor(fn unsafe.Pointer) int32 {
	code, err := newStub(fn)
	if err != nil {
		panic(err)
	}
	return addReflectOff(code)
}

// Added says that m, a method, was added to its type after that was built.
func (p *Program) Added(m *types.Func) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refill(m)
	p.flush()
}

// A method is a method of a type, compiled when it is first called.
type method struct {
	p    *Program
	sel  *types.Selection
	once sync.Once
	f    *Func
}

func (m *method) fn() *Func {
	m.once.Do(func() {
		m.p.mu.Lock()
		defer m.p.mu.Unlock()
		m.f = m.p.methodOf(m.sel)
	})
	return m.f
}

func (m *method) nilReceiver(r *rtype) plainError {
	return nilReceiver(rtypeString(r), m.sel.Obj().Name())
}

func (p *Program) methodOf(sel *types.Selection) *Func {
	if p.cfg.Method != nil {
		sig, recv := sel.Type().(*types.Signature), sel.Recv()
		x := p.cfg.Method(sel, p.funcType(sig, p.rt(recv).reflect())).Interface()
		return p.nativeFunc(sel.Obj().(*types.Func), sig, recv, efaceOf(&x).data)
	}
	if pkg := sel.Obj().Pkg(); pkg != nil && p.ssa.Package(pkg) == nil {
		p.create(pkg)
	}
	fn := p.ssa.MethodValue(sel)
	if fn == nil {
		return p.missing(sel.String(), sel.Type().(*types.Signature))
	}
	return p.shared(fn)
}

// A target is where a call through an interface goes for one dynamic type.
type target struct {
	typ  *rtype
	f    *Func
	recv uintptr // of the receiver in f's frames
	size uintptr
	word bool // the receiver is the data word itself
}

func (t *target) receive(nf *Frame, data unsafe.Pointer) {
	if t.word {
		*slotPtr[unsafe.Pointer](nf, t.recv) = data
		return
	}
	t.typ.move(nf.at(t.recv), data)
}

// An invoker calls one method of one interface type; it remembers the dynamic types
// that it met last.
type invoker struct {
	p     *Program
	inter *interfaceType
	index int // in inter's table
	m     *types.Func
	id    string // of m
	sig   *types.Signature
	met   [4]atomic.Pointer[target]
	next  atomic.Uint32 // of met to forget
}

func (v *invoker) find(t *rtype) *target {
	for i := range v.met {
		if tg := v.met[i].Load(); tg != nil && tg.typ == t {
			return tg
		}
	}
	tg := v.look(t)
	v.met[v.next.Add(1)%uint32(len(v.met))].Store(tg)
	return tg
}

func (v *invoker) look(t *rtype) *target {
	key := methodKey{t, v.id}
	if x, ok := v.p.methods.Load(key); ok {
		return x.(*target)
	}
	v.p.mu.Lock()
	defer v.p.mu.Unlock()
	tg := v.p.dispatch(t, v)
	v.p.methods.Store(key, tg)
	return tg
}

type methodKey struct {
	t  *rtype
	id string
}

// dispatch finds the method for dynamic type r.
func (p *Program) dispatch(r *rtype, v *invoker) *target {
	if t, ok := p.typeOf[r]; ok && !p.isNative(t) {
		if sel := types.NewMethodSet(t).Lookup(v.m.Pkg(), v.m.Name()); sel != nil {
			f := p.methodOf(sel)
			return &target{typ: r, f: f, recv: p.sigLayout(f.sig, f.recv).recv, size: r.size, word: r.direct()}
		}
	}
	// A compiled type: the runtime knows its code, unless it is done here.
	word := types.Typ[types.UnsafePointer]
	if t := r.reflect(); t.Kind() == reflect.Pointer && t.Elem().PkgPath() == "sync" {
		name := "(" + t.String() + ")." + v.m.Name()
		if build := intrinsicOf(name); build != nil {
			f := p.thunk(name, v.sig, word, func(c *fnc) instr { return build(p, c.code.lay) })
			return &target{typ: r, f: f, recv: p.sigLayout(v.sig, word).recv, size: 8, word: true}
		}
	}
	x := any(nil)
	e := efaceOf(&x)
	e.typ = r
	zero := unsafe.Pointer(unsafeNew(r))
	if !r.direct() {
		e.data = zero
	}
	var w iface
	ifaceE2I(&v.inter.rtype, x, unsafe.Pointer(&w))
	pc := *(*uintptr)(unsafe.Add(unsafe.Pointer(&w.tab.fun), uintptr(v.index)*8))
	code := &pc
	f := p.nativeThunk(v.m.FullName(), v.sig, word, true, func(*fnc) func(*Frame) unsafe.Pointer {
		return func(*Frame) unsafe.Pointer { return unsafe.Pointer(code) }
	})
	return &target{typ: r, f: f, recv: p.sigLayout(v.sig, word).recv, size: 8, word: true}
}

// prepareInvoke compiles a call of a method of an interface value.
func (c *fnc) prepareInvoke(cc *ssa.CallCommon) (preparer, *types.Signature) {
	sig := cc.Method.Signature()
	sig = types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
	v := c.p.newInvoker(cc.Value.Type(), cc.Method, sig)
	x := fn[any](c.operand(cc.Value))
	args, _ := c.movers(cc.Args, sig, nil)
	pos := cc.Pos()
	return func(fp *Frame, th *Thread) *Frame {
		x := x(fp)
		e := efaceOf(&x)
		if e.typ == nil {
			fp.pos = pos
			nilDereference()
		}
		t := v.find(e.typ)
		nf := t.f.frame(th)
		t.receive(nf, e.data)
		for _, a := range args {
			a(fp, nf)
		}
		return nf
	}, sig
}

func (p *Program) newInvoker(t types.Type, m *types.Func, sig *types.Signature) *invoker {
	inter := (*interfaceType)(unsafe.Pointer(p.rt(t)))
	u := t.Underlying().(*types.Interface)
	ms := make([]*types.Func, u.NumMethods())
	for i := range ms {
		ms[i] = u.Method(i)
	}
	sortMethods(ms)
	v := &invoker{p: p, inter: inter, m: m, id: m.Id(), sig: sig}
	for i, o := range ms {
		if o.Id() == m.Id() {
			v.index = i
		}
	}
	return v
}

func nilDereference() {
	var p *int
	_ = *p
}

// isNative tells whether t, or what it points to, is a named type of compiled
// code.
func (p *Program) isNative(t types.Type) bool {
	t = types.Unalias(t)
	if pt, ok := t.(*types.Pointer); ok {
		t = types.Unalias(pt.Elem())
	}
	n, ok := t.(*types.Named)
	return ok && p.nativeType(n) != nil
}

// A converter stores interface values where an interface type with methods is
// wanted; it remembers the method table of the last dynamic type.
type converter struct {
	inter *interfaceType
	last  atomic.Pointer[itab]
}

func newConverter(r *interfaceType) *converter { return &converter{inter: r} }

func (c *converter) iface(x any) iface {
	e := efaceOf(&x)
	if e.typ == nil {
		return iface{}
	}
	tab := c.last.Load()
	if tab == nil || tab.typ != e.typ {
		var w iface
		ifaceE2I(&c.inter.rtype, x, unsafe.Pointer(&w))
		tab = w.tab
		c.last.Store(tab)
	}
	return iface{tab, e.data}
}

func (c *converter) store(p unsafe.Pointer, x any) { *(*iface)(p) = c.iface(x) }
