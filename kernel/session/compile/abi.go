package compile

import (
	"encoding/binary"
	"go/types"
	"reflect"
	"unsafe"
)

// The runtime's type descriptors, as internal/abi lays them out in Go 1.26.
// checkABI proves at first use that the running toolchain agrees.

type rtype struct {
	size       uintptr
	ptrBytes   uintptr // prefix that can hold pointers
	hash       uint32
	tflag      tflag
	align      uint8
	fieldAlign uint8
	kind       uint8
	equal      func(unsafe.Pointer, unsafe.Pointer) bool
	gcData     *byte
	str        int32
	ptrToThis  int32
}

type tflag uint8

const (
	tflagUncommon      tflag = 1 << 0
	tflagExtraStar     tflag = 1 << 1
	tflagNamed         tflag = 1 << 2
	tflagRegularMemory tflag = 1 << 3
	tflagGCOnDemand    tflag = 1 << 4
	tflagDirectIface   tflag = 1 << 5
)

type (
	arrayType struct {
		rtype
		elem  *rtype
		slice *rtype
		len   uintptr
	}
	chanType struct {
		rtype
		elem *rtype
		dir  int
	}
	funcType struct {
		rtype
		inCount  uint16
		outCount uint16 // top bit: variadic
	}
	imethod struct {
		name int32
		typ  int32
	}
	interfaceType struct {
		rtype
		pkgPath *byte
		methods []imethod
	}
	mapType struct {
		rtype
		key, elem, group *rtype
		hasher           func(unsafe.Pointer, uintptr) uintptr
		groupSize        uintptr
		slotSize         uintptr
		elemOff          uintptr
		flags            uint32
	}
	ptrType struct {
		rtype
		elem *rtype
	}
	sliceType struct {
		rtype
		elem *rtype
	}
	structField struct {
		name   *byte
		typ    *rtype
		offset uintptr
	}
	structType struct {
		rtype
		pkgPath *byte
		fields  []structField
	}
	uncommonType struct {
		pkgPath int32
		mcount  uint16
		xcount  uint16
		moff    uint32
		_       uint32
	}
	abiMethod struct {
		name int32
		mtyp int32
		ifn  int32
		tfn  int32
	}
)

// eface and iface are the two interface layouts; itab is what the second
// carries in place of the type.
type (
	eface struct {
		typ  *rtype
		data unsafe.Pointer
	}
	iface struct {
		tab  *itab
		data unsafe.Pointer
	}
	itab struct {
		inter *interfaceType
		typ   *rtype
		hash  uint32
		_     [4]byte
		fun   [1]uintptr
	}
	slice struct {
		p        unsafe.Pointer
		len, cap int
	}
)

func (t *rtype) direct() bool { return t.tflag&tflagDirectIface != 0 }

// reflect gives t the face of package reflect.
func (t *rtype) reflect() reflect.Type {
	if t == nil {
		return nil
	}
	var x any
	(*eface)(unsafe.Pointer(&x)).typ = t
	return reflect.TypeOf(x)
}

func toRtype(t reflect.Type) *rtype {
	return (*rtype)((*iface)(unsafe.Pointer(&t)).data)
}

func rtypeFor[T any]() *rtype { return toRtype(reflect.TypeFor[T]()) }

func efaceOf(x *any) *eface { return (*eface)(unsafe.Pointer(x)) }

// toAny boxes the value at p, copying it.
func (t *rtype) toAny(p unsafe.Pointer) any {
	var x any
	e := efaceOf(&x)
	e.typ = t
	if t.direct() {
		e.data = *(*unsafe.Pointer)(p)
		return x
	}
	q := unsafeNew(t)
	typedmemmove(t, q, p)
	e.data = q
	return x
}

// addr is the address of the value that x holds.
func dataAddr(x *any) unsafe.Pointer {
	e := efaceOf(x)
	if e.typ.direct() {
		return unsafe.Pointer(&e.data)
	}
	return e.data
}

// Entry points of the runtime that package reflect itself uses.

//go:linkname addReflectOff reflect.addReflectOff
func addReflectOff(p unsafe.Pointer) int32

//go:linkname unsafeNew reflect.unsafe_New
func unsafeNew(t *rtype) unsafe.Pointer

//go:linkname unsafeNewArray reflect.unsafe_NewArray
func unsafeNewArray(t *rtype, n int) unsafe.Pointer

//go:linkname typedmemmove reflect.typedmemmove
func typedmemmove(t *rtype, dst, src unsafe.Pointer)

// move copies an r: small ones without pointers need no help.
func (r *rtype) move(dst, src unsafe.Pointer) {
	if r.ptrBytes == 0 {
		switch r.size {
		case 8:
			*(*uint64)(dst) = *(*uint64)(src)
			return
		case 16:
			*(*[2]uint64)(dst) = *(*[2]uint64)(src)
			return
		case 24:
			*(*[3]uint64)(dst) = *(*[3]uint64)(src)
			return
		case 32:
			*(*[4]uint64)(dst) = *(*[4]uint64)(src)
			return
		}
	}
	typedmemmove(r, dst, src)
}

// clear makes the r at p zero.
func (r *rtype) clear(p unsafe.Pointer) {
	if r.ptrBytes == 0 {
		switch r.size {
		case 8:
			*(*uint64)(p) = 0
			return
		case 16:
			*(*[2]uint64)(p) = [2]uint64{}
			return
		case 24:
			*(*[3]uint64)(p) = [3]uint64{}
			return
		case 32:
			*(*[4]uint64)(p) = [4]uint64{}
			return
		}
	}
	typedmemclr(r, p)
}

//go:linkname typedmemclr reflect.typedmemclr
func typedmemclr(t *rtype, p unsafe.Pointer)

//go:linkname typedmemclrpartial reflect.typedmemclrpartial
func typedmemclrpartial(t *rtype, p unsafe.Pointer, off, size uintptr)

//go:linkname typedarrayclear reflect.typedarrayclear
func typedarrayclear(t *rtype, p unsafe.Pointer, n int)

//go:linkname typedslicecopy reflect.typedslicecopy
func typedslicecopy(t *rtype, dst, src slice) int

//go:linkname growslice reflect.growslice
func growslice(t *rtype, s slice, n int) slice

//go:linkname makemap reflect.makemap
func makemap(t *rtype, n int) unsafe.Pointer

//go:linkname mapaccess reflect.mapaccess
func mapaccess(t *rtype, m, k unsafe.Pointer) unsafe.Pointer

//go:linkname mapassign reflect.mapassign0
func mapassign(t *rtype, m, k, e unsafe.Pointer)

//go:linkname mapdelete reflect.mapdelete
func mapdelete(t *rtype, m, k unsafe.Pointer)

//go:linkname maplen reflect.maplen
func maplen(m unsafe.Pointer) int

//go:linkname mapclear reflect.mapclear
func mapclear(t *rtype, m unsafe.Pointer)

// A mapIter is the runtime's iterator; key is nil at the end.
type mapIter struct {
	key, elem unsafe.Pointer
	typ       *rtype
	rest      unsafe.Pointer
}

//go:linkname mapiterinit reflect.mapiterinit
func mapiterinit(t *rtype, m unsafe.Pointer, it *mapIter)

//go:linkname mapiternext runtime.mapiternext
func mapiternext(it *mapIter)

//go:linkname makechan reflect.makechan
func makechan(t *rtype, n int) unsafe.Pointer

//go:linkname chansend reflect.chansend0
func chansend(c, e unsafe.Pointer, nb bool) bool

//go:linkname chanrecv reflect.chanrecv
func chanrecv(c unsafe.Pointer, nb bool, e unsafe.Pointer) (selected, ok bool)

// A selectCase is what package reflect hands to the runtime of a case of a select
// statement.
type (
	selectCase struct {
		dir     selectDir
		_       unsafe.Pointer
		ch, val unsafe.Pointer // val: what is sent, or where what is received goes
	}
	selectDir int
)

const (
	_ selectDir = iota
	selectSend
	selectRecv
	selectDefault
)

// rselect does one of cases, and tells of a receive whether the channel is open.
//
//go:noescape
//go:linkname rselect reflect.rselect
func rselect(cases []selectCase) (chosen int, ok bool)

//go:linkname chanclose reflect.chanclose
func chanclose(c unsafe.Pointer)

//go:linkname chanlen reflect.chanlen
func chanlen(c unsafe.Pointer) int

//go:linkname chancap reflect.chancap
func chancap(c unsafe.Pointer) int

//go:linkname ifaceE2I reflect.ifaceE2I
func ifaceE2I(t *rtype, e any, dst unsafe.Pointer)

func init() {
	// The first offset handed out is -1, which the runtime reads as "method
	// removed by the linker"; it must never name one of ours.
	addReflectOff(unsafe.Pointer(new(int)))
}

// abiName encodes a name the way type descriptors hold it.
func abiName(name, tag string, exported, embedded bool) *byte {
	var flags byte
	if exported {
		flags |= 1 << 0
	}
	if tag != "" {
		flags |= 1 << 1
	}
	if embedded {
		flags |= 1 << 3
	}
	b := []byte{flags}
	b = appendVarint(b, len(name))
	b = append(b, name...)
	if tag != "" {
		b = appendVarint(b, len(tag))
		b = append(b, tag...)
	}
	return &b[0]
}

func appendVarint(b []byte, n int) []byte {
	for ; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(b, byte(n))
}

func nameOff(name string, exported bool) int32 {
	return addReflectOff(unsafe.Pointer(abiName(name, "", exported, false)))
}

// methodNameOff is the name of a method in a table of types of package pkg: an
// unexported one of another package says which.
func methodNameOff(m *types.Func, pkg string) int32 {
	path := pkgPath(m.Pkg())
	if m.Exported() || path == pkg {
		return nameOff(m.Name(), m.Exported())
	}
	b := []byte{1 << 2}
	b = appendVarint(b, len(m.Name()))
	b = append(b, m.Name()...)
	b = binary.NativeEndian.AppendUint32(b, uint32(nameOff(path, false)))
	return addReflectOff(unsafe.Pointer(&b[0]))
}

func typeOff(t *rtype) int32 { return addReflectOff(unsafe.Pointer(t)) }
