package compile

import (
	"fmt"
	"go/types"
	"hash/fnv"
	"reflect"
	"sort"
	"sync"
	"unsafe"
)

// rt gives the runtime type of t: the compiled one where there is one, else one
// that is built here and indistinguishable from it. Callers hold p.mu.
func (p *Program) rt(t types.Type) *rtype {
	t = types.Unalias(t)
	if r, ok := p.rtypes.At(t).(*rtype); ok {
		return r
	}
	switch t := t.(type) {
	case *types.Named:
		if r := p.nativeType(t); r != nil {
			p.remember(t, r)
			return r
		}
		return p.newNamed(t)
	case *types.Struct:
		if hasEmbedded(t) {
			return p.newStruct(t)
		}
	case *types.Interface:
		if !t.Empty() || t.NumMethods() > 0 {
			return p.newInterface(t)
		}
	}
	r := p.composite(t)
	p.remember(t, r)
	return r
}

func (p *Program) remember(t types.Type, r *rtype) {
	p.rtypes.Set(t, r)
	if _, ok := p.typeOf[r]; !ok {
		p.typeOf[r] = t
	}
}

var basicTypes = map[types.BasicKind]*rtype{
	types.Bool: rtypeFor[bool](), types.Int: rtypeFor[int](), types.Int8: rtypeFor[int8](),
	types.Int16: rtypeFor[int16](), types.Int32: rtypeFor[int32](), types.Int64: rtypeFor[int64](),
	types.Uint: rtypeFor[uint](), types.Uint8: rtypeFor[uint8](), types.Uint16: rtypeFor[uint16](),
	types.Uint32: rtypeFor[uint32](), types.Uint64: rtypeFor[uint64](), types.Uintptr: rtypeFor[uintptr](),
	types.Float32: rtypeFor[float32](), types.Float64: rtypeFor[float64](),
	types.Complex64: rtypeFor[complex64](), types.Complex128: rtypeFor[complex128](),
	types.String: rtypeFor[string](), types.UnsafePointer: rtypeFor[unsafe.Pointer](),
	types.UntypedBool: rtypeFor[bool](), types.UntypedInt: rtypeFor[int](), types.UntypedRune: rtypeFor[rune](),
	types.UntypedFloat: rtypeFor[float64](), types.UntypedComplex: rtypeFor[complex128](),
	types.UntypedString: rtypeFor[string](), types.UntypedNil: rtypeFor[unsafe.Pointer](),
}

// largestElement is the size of the largest element of a channel.
const largestElement = 1<<16 - 1

// composite builds a type without a name from its parts; package reflect keeps
// those canonical.
func (p *Program) composite(t types.Type) *rtype {
	switch t := t.(type) {
	case *types.Basic:
		return basicTypes[t.Kind()]
	case *types.Pointer:
		return toRtype(reflect.PointerTo(p.rt(t.Elem()).reflect()))
	case *types.Slice:
		return toRtype(reflect.SliceOf(p.rt(t.Elem()).reflect()))
	case *types.Array:
		return toRtype(reflect.ArrayOf(int(t.Len()), p.rt(t.Elem()).reflect()))
	case *types.Map:
		return toRtype(reflect.MapOf(p.rt(t.Key()).reflect(), p.rt(t.Elem()).reflect()))
	case *types.Chan:
		elem := p.rt(t.Elem())
		if elem.size > largestElement {
			panic(&refusedError{fmt.Errorf("a channel of %s is more than Go allows: an element of %d bytes, where %d are the most; send pointers", t.Elem(), elem.size, largestElement)})
		}
		return toRtype(reflect.ChanOf(chanDir(t.Dir()), elem.reflect()))
	case *types.Signature:
		return toRtype(p.funcType(t, nil))
	case *types.Interface:
		return rtypeFor[any]()
	case *types.Struct:
		fields := make([]reflect.StructField, t.NumFields())
		for i := range fields {
			f := t.Field(i)
			fields[i] = reflect.StructField{Name: f.Name(), Type: p.rt(f.Type()).reflect(), Tag: reflect.StructTag(t.Tag(i))}
			if !f.Exported() {
				fields[i].PkgPath = pkgPath(f.Pkg())
			}
		}
		return toRtype(reflect.StructOf(fields))
	case *types.Tuple:
		return rtypeFor[unsafe.Pointer]()
	case *types.TypeParam:
		panic(fmt.Sprintf("compile: type parameter %s of %v outside its instance", t, t.Constraint()))
	}
	panic(fmt.Sprintf("compile: no runtime type for %T %s", t, t))
}

func chanDir(d types.ChanDir) reflect.ChanDir {
	switch d {
	case types.SendOnly:
		return reflect.SendDir
	case types.RecvOnly:
		return reflect.RecvDir
	}
	return reflect.BothDir
}

func pkgPath(p *types.Package) string {
	if p == nil {
		return ""
	}
	if p.Name() == "main" {
		return "main"
	}
	return p.Path()
}

// pkgName is the name of a package in the names of its types. An embedder may name
// the packages of its cells as it likes: their path says that they are main.
func pkgName(p *types.Package) string {
	if p.Path() == "main" {
		return "main"
	}
	return p.Name()
}

// funcType is the reflect type of a signature, with recv before the parameters
// if it is not nil.
func (p *Program) funcType(sig *types.Signature, recv reflect.Type) reflect.Type {
	var in, out []reflect.Type
	if recv != nil {
		in = append(in, recv)
	}
	for v := range sig.Params().Variables() {
		in = append(in, p.rt(v.Type()).reflect())
	}
	for v := range sig.Results().Variables() {
		out = append(out, p.rt(v.Type()).reflect())
	}
	variadic := sig.Variadic()
	if variadic && in[len(in)-1].Kind() != reflect.Slice {
		variadic = false // append([]byte, string...)
	}
	return reflect.FuncOf(in, out, variadic)
}

func hasEmbedded(t *types.Struct) bool {
	for f := range t.Fields() {
		if f.Embedded() {
			return true
		}
	}
	return false
}

// pinned keeps the descriptors of all programs for good. The runtime refers to them
// from where the collector does not look: its method tables, and the headers of
// values in the heap.
var pinned struct {
	sync.Mutex
	list []unsafe.Pointer
}

func pin(descriptor unsafe.Pointer) {
	pinned.Lock()
	defer pinned.Unlock()
	pinned.list = append(pinned.list, descriptor)
}

// typeMem is a descriptor with room behind it for n methods, N at most.
type typeMem[T, M any] struct {
	t T
	u uncommonType
	m M
}

// newMem allocates a descriptor of layout T with room for n methods.
func newMem[T any](n int) (*rtype, *uncommonType, []abiMethod) {
	switch {
	case n <= 8:
		return memOf[T, [8]abiMethod](8)
	case n <= 32:
		return memOf[T, [32]abiMethod](32)
	case n <= 128:
		return memOf[T, [128]abiMethod](128)
	case n <= 1024:
		return memOf[T, [1024]abiMethod](1024)
	}
	panic(fmt.Sprintf("a type with %d methods: 1024 is the most", n))
}

func memOf[T, M any](n int) (*rtype, *uncommonType, []abiMethod) {
	m := new(typeMem[T, M])
	pin(unsafe.Pointer(m))
	m.u.moff = uint32(uintptr(unsafe.Pointer(&m.m)) - uintptr(unsafe.Pointer(&m.u)))
	return (*rtype)(unsafe.Pointer(&m.t)), &m.u, unsafe.Slice((*abiMethod)(unsafe.Pointer(&m.m)), n)
}

// funcMem is a named function type: its parameters follow the uncommon part.
type funcMem struct {
	funcType
	u    uncommonType
	args [64]*rtype
	m    [32]abiMethod
}

// newDescriptor allocates by the kind of the underlying type.
func newDescriptor(u types.Type, methods int) (*rtype, *uncommonType, []abiMethod) {
	switch u.(type) {
	case *types.Pointer, *types.Slice:
		return newMem[ptrType](methods)
	case *types.Array:
		return newMem[arrayType](methods)
	case *types.Map:
		return newMem[mapType](methods)
	case *types.Chan:
		return newMem[chanType](methods)
	case *types.Interface:
		return newMem[interfaceType](methods)
	case *types.Struct:
		return newMem[structType](methods)
	case *types.Signature:
		m := new(funcMem)
		pin(unsafe.Pointer(m))
		m.u.moff = uint32(uintptr(unsafe.Pointer(&m.m)) - uintptr(unsafe.Pointer(&m.u)))
		return &m.rtype, &m.u, m.m[:]
	}
	return newMem[rtype](methods)
}

// newNamed builds the type of a name that compiled code does not know. Its
// header is complete before anything it refers to is built, so that types may
// recur.
func (p *Program) newNamed(t *types.Named) *rtype {
	u := t.Underlying()
	r, unc, methods := newDescriptor(u, methodRoom(t))
	name := typeName(t)
	p.header(r, u)
	r.hash = p.hash(name)
	r.str = nameOff(name, true)
	r.tflag |= tflagNamed | tflagUncommon
	unc.pkgPath = nameOff(pkgPath(t.Obj().Pkg()), false)
	p.remember(t, r)
	p.pointer(t, r, unc)
	p.details(r, u, t.Obj().Pkg())
	if _, ok := u.(*types.Interface); !ok {
		p.todo = append(p.todo, &methodTable{t: t, r: r, unc: unc, methods: methods})
	}
	return r
}

// methodRoom is how many methods there is to be room for in t and *t: those that
// they have, and some that later cells may add.
func methodRoom(t types.Type) int {
	if types.IsInterface(t) {
		return 0
	}
	return types.NewMethodSet(types.NewPointer(t)).Len() + 6
}

// newStruct builds a struct type with embedded fields: those reflect refuses.
func (p *Program) newStruct(t *types.Struct) *rtype {
	r, unc, methods := newMem[structType](methodRoom(t))
	name := typeString(t)
	p.header(r, t)
	r.hash = p.hash(name)
	r.str = nameOff(name, false)
	r.tflag |= tflagUncommon
	p.remember(t, r)
	p.pointer(t, r, unc)
	p.details(r, t, nil)
	p.todo = append(p.todo, &methodTable{t: t, r: r, unc: unc, methods: methods})
	return r
}

func (p *Program) newInterface(t *types.Interface) *rtype {
	r, unc, _ := newMem[interfaceType](0)
	name := typeString(t)
	p.header(r, t)
	r.hash = p.hash(name)
	r.str = nameOff(name, false)
	r.tflag |= tflagUncommon
	unc.pkgPath = nameOff("", false)
	p.remember(t, r)
	p.details(r, t, nil)
	return r
}

// pointer builds *t beside t, because package reflect would build one without
// methods.
func (p *Program) pointer(t types.Type, elem *rtype, unc *uncommonType) {
	r, punc, methods := newMem[ptrType](methodRoom(t))
	pt := types.NewPointer(t)
	*r = *rtypeFor[*int]()
	r.str = nameOff("*"+rtypeString(elem), false)
	r.hash = p.hash(rtypeString(elem) + "*")
	r.tflag |= tflagUncommon
	r.tflag &^= tflagExtraStar | tflagNamed
	r.ptrToThis = 0
	punc.pkgPath = unc.pkgPath
	(*ptrType)(unsafe.Pointer(r)).elem = elem
	elem.ptrToThis = typeOff(r)
	p.remember(pt, r)
	if !types.IsInterface(t) {
		p.todo = append(p.todo, &methodTable{t: pt, r: r, unc: punc, methods: methods})
	}
}

func rtypeString(r *rtype) string { return r.reflect().String() }

func (p *Program) hash(name string) uint32 {
	p.serial++
	h := fnv.New32a()
	fmt.Fprintf(h, "%s#%d", name, p.serial)
	return h.Sum32()
}

// header fills in what every descriptor has: size, pointers, kind, equality.
func (p *Program) header(r *rtype, u types.Type) {
	r.size = uintptr(p.sizes.Sizeof(u))
	a := uint8(p.sizes.Alignof(u))
	r.align, r.fieldAlign = a, a
	r.kind = uint8(kindOfType(u))
	if b, ok := u.(*types.Basic); ok {
		base := basicTypes[b.Kind()]
		r.equal, r.gcData, r.ptrBytes = base.equal, base.gcData, base.ptrBytes
		r.tflag = base.tflag & (tflagRegularMemory | tflagDirectIface)
		return
	}
	mask := p.ptrMask(u)
	r.ptrBytes = uintptr(mask.len()) * 8
	r.gcData = mask.bytes()
	if r.size == 8 && r.ptrBytes == 8 {
		r.tflag |= tflagDirectIface
	}
	r.equal = p.equality(r, u)
	if p.regular(u) {
		r.tflag |= tflagRegularMemory
	}
}

// regular tells whether values of u are equal if their memory is, all of it: so they
// are hashed as they lie.
func (p *Program) regular(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return basicTypes[u.Kind()].tflag&tflagRegularMemory != 0
	case *types.Pointer, *types.Chan:
		return true
	case *types.Array:
		return p.regular(u.Elem())
	case *types.Struct:
		end := int64(0)
		for f := range u.Fields() {
			if f.Name() == "_" || !p.regular(f.Type()) {
				return false
			}
			end += p.sizes.Sizeof(f.Type())
		}
		return end == p.sizes.Sizeof(u) // nothing lies between
	}
	return false
}

func kindOfType(u types.Type) reflect.Kind {
	switch u := u.(type) {
	case *types.Basic:
		return reflect.Kind(basicTypes[u.Kind()].kind)
	case *types.Pointer:
		return reflect.Pointer
	case *types.Slice:
		return reflect.Slice
	case *types.Array:
		return reflect.Array
	case *types.Map:
		return reflect.Map
	case *types.Chan:
		return reflect.Chan
	case *types.Interface:
		return reflect.Interface
	case *types.Struct:
		return reflect.Struct
	case *types.Signature:
		return reflect.Func
	}
	return reflect.Invalid
}

// equality is == for values of u at two addresses; nil if they have none.
func (p *Program) equality(r *rtype, u types.Type) func(a, b unsafe.Pointer) bool {
	if !types.Comparable(u) {
		return nil
	}
	switch u := u.(type) {
	case *types.Pointer, *types.Chan:
		return rtypeFor[*int]().equal
	case *types.Interface:
		if u.NumMethods() == 0 {
			return rtypeFor[any]().equal
		}
		return rtypeFor[error]().equal
	case *types.Array:
		at, n := (*arrayType)(unsafe.Pointer(r)), int(u.Len())
		return func(a, b unsafe.Pointer) bool {
			for i := range n {
				off := uintptr(i) * at.elem.size
				if !at.elem.equal(unsafe.Add(a, off), unsafe.Add(b, off)) {
					return false
				}
			}
			return true
		}
	case *types.Struct:
		st := (*structType)(unsafe.Pointer(r))
		var named []int
		for i := range u.NumFields() {
			if u.Field(i).Name() != "_" {
				named = append(named, i)
			}
		}
		return func(a, b unsafe.Pointer) bool {
			for _, i := range named {
				f := &st.fields[i]
				if !f.typ.equal(unsafe.Add(a, f.offset), unsafe.Add(b, f.offset)) {
					return false
				}
			}
			return true
		}
	}
	return nil
}

// details fills in the part of the descriptor that its kind adds.
func (p *Program) details(r *rtype, u types.Type, pkg *types.Package) {
	switch u := u.(type) {
	case *types.Pointer:
		(*ptrType)(unsafe.Pointer(r)).elem = p.rt(u.Elem())
	case *types.Slice:
		(*sliceType)(unsafe.Pointer(r)).elem = p.rt(u.Elem())
	case *types.Array:
		a := (*arrayType)(unsafe.Pointer(r))
		a.elem, a.len = outline(u.Elem()), uintptr(u.Len())
		a.elem = p.rt(u.Elem())
		a.slice = p.rt(types.NewSlice(u.Elem()))
	case *types.Chan:
		c := (*chanType)(unsafe.Pointer(r))
		c.elem, c.dir = p.rt(u.Elem()), int(chanDir(u.Dir()))
	case *types.Map:
		m, base := (*mapType)(unsafe.Pointer(r)), (*mapType)(unsafe.Pointer(p.rt(u)))
		head := m.rtype
		*m = *base
		m.rtype = head
	case *types.Signature:
		f := (*funcMem)(unsafe.Pointer(r))
		ft := p.funcType(u, nil)
		n := 0
		for t := range ft.Ins() {
			f.args[n] = toRtype(t)
			n++
		}
		for t := range ft.Outs() {
			f.args[n] = toRtype(t)
			n++
		}
		f.inCount, f.outCount = uint16(ft.NumIn()), uint16(ft.NumOut())
		if ft.IsVariadic() {
			f.outCount |= 1 << 15
		}
	case *types.Interface:
		p.interfaceMethods((*interfaceType)(unsafe.Pointer(r)), u, pkg)
	case *types.Struct:
		s := (*structType)(unsafe.Pointer(r))
		fields := make([]*types.Var, u.NumFields())
		for i := range fields {
			fields[i] = u.Field(i)
			if !fields[i].Exported() {
				s.pkgPath = abiName(pkgPath(fields[i].Pkg()), "", false, false)
			}
		}
		offs := p.sizes.Offsetsof(fields)
		s.fields = make([]structField, len(fields))
		for i, f := range fields {
			s.fields[i] = structField{abiName(f.Name(), u.Tag(i), f.Exported(), f.Embedded()), outline(f.Type()), uintptr(offs[i])}
		}
		for i, f := range fields {
			s.fields[i].typ = p.rt(f.Type())
		}
	}
}

func (p *Program) interfaceMethods(r *interfaceType, u *types.Interface, pkg *types.Package) {
	methods := make([]*types.Func, u.NumMethods())
	path := pkgPath(pkg)
	for i := range methods {
		methods[i] = u.Method(i)
		if !methods[i].Exported() {
			path = pkgPath(methods[i].Pkg())
		}
	}
	sortMethods(methods)
	r.pkgPath = abiName(path, "", false, false)
	r.methods = make([]imethod, len(methods))
	for i, m := range methods {
		r.methods[i] = imethod{methodNameOff(m, path), typeOff(toRtype(p.funcType(m.Signature(), nil)))}
	}
}

// sortMethods puts methods into the order of type descriptors: exported ones
// first, then by name, then by package.
func sortMethods(m []*types.Func) {
	sort.Slice(m, func(i, j int) bool {
		a, b := m[i], m[j]
		if a.Exported() != b.Exported() {
			return a.Exported()
		}
		if a.Name() != b.Name() {
			return a.Name() < b.Name()
		}
		return pkgPath(a.Pkg()) < pkgPath(b.Pkg())
	})
}
