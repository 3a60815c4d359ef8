package interp

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"

	"setun/dsl/symbols"
)

// An expr is a compiled expression: at least one of fast, get and addr is set.
type expr struct {
	t     types.Type
	rt    reflect.Type
	fast  any                        // func(*frame) T for the T of its kind
	get   func(*frame) reflect.Value // may refer to a variable: copy to keep
	addr  func(*frame) ptr           // where it lives, if it is addressable
	konst bool                       // a constant
}

func (x expr) memory() memory { return kinds[x.rt.Kind()] }

func (x expr) isNil() bool {
	b, ok := x.t.(*types.Basic)
	return ok && b.Kind() == types.UntypedNil
}

// value is the general closure.
func (x expr) value() func(*frame) reflect.Value {
	switch rt := x.rt; {
	case x.get != nil:
		return x.get
	case x.addr != nil:
		addr := x.addr
		return func(f *frame) reflect.Value { return reflect.NewAt(rt, addr(f)).Elem() }
	default:
		return x.memory().box(rt, x.fast)
	}
}

// quick is the fast closure; only for kinds that have one.
func (x expr) quick() any {
	switch {
	case x.fast != nil:
		return x.fast
	case x.addr != nil:
		return x.memory().load(x.addr)
	default:
		return x.memory().unbox(x.get)
	}
}

// storeTo evaluates x into memory of its type.
func (x expr) storeTo() func(*frame, ptr) {
	if m := x.memory(); m != nil {
		return m.storeTo(x.quick())
	}
	rt, get := x.rt, x.value()
	return func(f *frame, p ptr) { reflect.NewAt(rt, p).Elem().Set(get(f)) }
}

// address is where x lives, or where a copy of it does.
func (x expr) address() func(*frame) ptr {
	if x.addr != nil {
		return x.addr
	}
	rt, store := x.rt, x.storeTo()
	return func(f *frame) ptr {
		p := reflect.New(rt).UnsafePointer()
		store(f, p)
		return p
	}
}

func (c *compiler) of(t types.Type) expr { return expr{t: t, rt: c.m.typeOf(t)} }

func (c *compiler) fastExpr(t types.Type, fast any) expr {
	x := c.of(t)
	x.fast = fast
	return x
}

func (c *compiler) getExpr(t types.Type, get func(*frame) reflect.Value) expr {
	x := c.of(t)
	x.get = get
	return x
}

func (c *compiler) addrExpr(t types.Type, addr func(*frame) ptr) expr {
	x := c.of(t)
	x.addr = addr
	return x
}

// boolExpr is e as a condition.
func (c *compiler) boolExpr(e ast.Expr) func(*frame) bool {
	return c.expr(e).quick().(func(*frame) bool)
}

// intExpr is e, an integer of any type, as an int; uint64s too large for one
// become negative, which no index accepts.
func (c *compiler) intExpr(e ast.Expr) func(*frame) int {
	x := c.expr(e)
	if fast, ok := x.quick().(func(*frame) int); ok {
		return fast
	}
	n, ok := x.memory().(number)
	if !ok {
		c.fail(e.Pos(), "an index of type %s", x.t)
	}
	if n.signedness() == floating { // an untyped constant such as 1e3
		v := n.toFloat(x.quick())
		return func(f *frame) int { return int(v(f)) }
	}
	v := n.toInt(x.quick())
	return func(f *frame) int { return int(v(f)) }
}

func (c *compiler) expr(e ast.Expr) expr {
	defer c.at(e)()
	if tv, ok := c.info.Types[e]; ok && tv.Value != nil {
		return c.constant(tv.Value, c.typ(tv.Type))
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return c.expr(e.X)
	case *ast.Ident:
		return c.ident(e)
	case *ast.BasicLit:
		c.fail(e.Pos(), "this literal")
	case *ast.FuncLit:
		return c.funcLit(e)
	case *ast.CompositeLit:
		return c.compositeLit(e, c.typeOf(e))
	case *ast.SelectorExpr:
		return c.selector(e)
	case *ast.IndexExpr:
		return c.index(e)
	case *ast.IndexListExpr:
		return c.funcInstance(e, e.X)
	case *ast.SliceExpr:
		return c.slice(e)
	case *ast.StarExpr:
		return c.deref(c.expr(e.X), c.typeOf(e))
	case *ast.TypeAssertExpr:
		return c.typeAssert(e, false)
	case *ast.CallExpr:
		return c.call(e)
	case *ast.UnaryExpr:
		return c.unary(e)
	case *ast.BinaryExpr:
		return c.binary(e)
	}
	c.fail(e.Pos(), "this expression (%T)", e)
	return expr{}
}

// constant is the value v as a t.
func (c *compiler) constant(v constant.Value, t types.Type) expr {
	if _, ok := t.Underlying().(*types.Interface); ok {
		// An untyped constant that became an interface.
		return c.assignable(c.constant(v, defaultOf(v)), t)
	}
	x := c.of(t)
	x.konst = true
	value := reflect.New(x.rt).Elem()
	setConstant(value, v)
	if m := x.memory(); m != nil {
		x.fast = m.constant(value)
	}
	x.get = func(*frame) reflect.Value { return value }
	return x
}

func defaultOf(v constant.Value) types.Type {
	switch v.Kind() {
	case constant.Bool:
		return types.Typ[types.Bool]
	case constant.String:
		return types.Typ[types.String]
	case constant.Int:
		return types.Typ[types.Int]
	case constant.Float:
		return types.Typ[types.Float64]
	}
	return types.Typ[types.Complex128]
}

func setConstant(to reflect.Value, v constant.Value) {
	switch to.Kind() {
	case reflect.Bool:
		to.SetBool(constant.BoolVal(v))
	case reflect.String:
		if v.Kind() == constant.Int { // string(65)
			n, _ := constant.Int64Val(v)
			to.SetString(string(rune(n)))
			return
		}
		to.SetString(constant.StringVal(v))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, _ := constant.Int64Val(constant.ToInt(v))
		to.SetInt(n)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		n, _ := constant.Uint64Val(constant.ToInt(v))
		to.SetUint(n)
	case reflect.Float32:
		x, _ := constant.Float32Val(v)
		to.SetFloat(float64(x))
	case reflect.Float64:
		x, _ := constant.Float64Val(v)
		to.SetFloat(x)
	case reflect.Complex64, reflect.Complex128:
		re, _ := constant.Float64Val(constant.Real(v))
		im, _ := constant.Float64Val(constant.Imag(v))
		to.SetComplex(complex(re, im))
	}
}

func (c *compiler) nilExpr() expr {
	return expr{t: types.Typ[types.UntypedNil], rt: anyType, get: func(*frame) reflect.Value { return reflect.Zero(anyType) }}
}

func (c *compiler) ident(e *ast.Ident) expr {
	switch obj := c.object(e).(type) {
	case *types.Nil:
		return c.nilExpr()
	case *types.Var:
		return c.variable(obj)
	case *types.Func:
		return c.funcValue(e, obj)
	}
	c.fail(e.Pos(), "%s here", e.Name)
	return expr{}
}

// variable is a local, session or compiled variable.
func (c *compiler) variable(v *types.Var) expr {
	t := c.typ(v.Type())
	if i := c.fn.find(v); i >= 0 {
		x := c.addrExpr(t, func(f *frame) ptr { return f.vars[i] })
		if m := x.memory(); m != nil {
			x.fast = m.local(i)
		}
		return x
	}
	var p ptr
	if g := c.m.vars[v]; g != nil {
		p = g.p
	} else if v.Pkg() != nil {
		if sym, ok := c.m.natives.variable(v); ok {
			p = sym
		} else if sym, ok := symbols.Lookup(v.Pkg().Path(), v.Name()); ok {
			c.m.learn(t, sym.Type())
			p = ptr(sym.UnsafeAddr())
		}
	}
	if p == nil {
		panic(unsupported{msg: "the variable " + v.Name() + " here"})
	}
	x := c.addrExpr(t, func(*frame) ptr { return p })
	if m := x.memory(); m != nil {
		x.fast = m.global(p)
	}
	return x
}

func (c *compiler) selector(e *ast.SelectorExpr) expr {
	sel := c.info.Selections[e]
	if sel == nil { // a package member
		switch obj := c.object(e.Sel).(type) {
		case *types.Var:
			return c.variable(obj)
		case *types.Func:
			return c.funcValue(e.Sel, obj)
		}
		c.fail(e.Pos(), "%s here", e.Sel.Name)
	}
	switch sel.Kind() {
	case types.FieldVal:
		return c.fieldPath(c.expr(e.X), c.indexPath(e, sel))
	case types.MethodVal:
		return c.methodValue(e, sel)
	default:
		return c.methodExpr(e, sel)
	}
}

// indexPath is where the selector leads; in a generic function it is looked up
// again for the type at hand.
func (c *compiler) indexPath(e *ast.SelectorExpr, sel *types.Selection) []int {
	if len(c.subst) == 0 {
		return sel.Index()
	}
	_, index, _ := types.LookupFieldOrMethod(c.typ(sel.Recv()), true, sel.Obj().Pkg(), sel.Obj().Name())
	return index
}

// fieldPath follows fields from x, through pointers on the way.
func (c *compiler) fieldPath(x expr, path []int) expr {
	for _, i := range path {
		x = c.field(x, i)
	}
	return x
}

func (c *compiler) field(x expr, i int) expr {
	if p, ok := x.t.Underlying().(*types.Pointer); ok {
		x = c.deref(x, p.Elem())
	}
	s := x.t.Underlying().(*types.Struct)
	offset := x.rt.Field(i).Offset
	c.m.learn(s.Field(i).Type(), x.rt.Field(i).Type)
	base := x.address()
	out := expr{t: s.Field(i).Type(), rt: x.rt.Field(i).Type}
	addr := func(f *frame) ptr { return unsafe.Add(base(f), offset) }
	if x.addr != nil {
		out.addr = addr
	} else {
		rt := out.rt
		out.get = func(f *frame) reflect.Value { return reflect.NewAt(rt, addr(f)).Elem() }
	}
	return out
}

const errNil = runtimeError("runtime error: invalid memory address or nil pointer dereference")

// deref is *x, of type t.
func (c *compiler) deref(x expr, t types.Type) expr {
	p := x.quick().(func(*frame) ptr)
	rt := c.m.typeOf(t)
	if x.rt.Kind() == reflect.Pointer {
		rt = x.rt.Elem()
	}
	return expr{t: t, rt: rt, addr: func(f *frame) ptr {
		v := p(f)
		if v == nil {
			panic(errNil)
		}
		return v
	}}
}

func (c *compiler) unary(e *ast.UnaryExpr) expr {
	t := c.typeOf(e)
	switch e.Op {
	case token.AND:
		if lit, ok := ast.Unparen(e.X).(*ast.CompositeLit); ok {
			x := c.compositeLit(lit, c.typeOf(lit))
			rt, store := x.rt, x.storeTo()
			return c.fastExpr(t, func(f *frame) ptr {
				p := reflect.New(rt).UnsafePointer()
				store(f, p)
				return p
			})
		}
		return c.fastExpr(t, c.expr(e.X).address())
	case token.ARROW:
		return c.receive(e, false)
	case token.NOT:
		x := c.boolExpr(e.X)
		return c.fastExpr(t, func(f *frame) bool { return !x(f) })
	}
	x := c.convertTo(c.expr(e.X), t)
	return c.fastExpr(t, x.memory().(arithmetic).unary(e.Op, x.quick()))
}

func (c *compiler) binary(e *ast.BinaryExpr) expr {
	t := c.typeOf(e)
	switch e.Op {
	case token.LAND:
		x, y := c.boolExpr(e.X), c.boolExpr(e.Y)
		return c.fastExpr(t, func(f *frame) bool { return x(f) && y(f) })
	case token.LOR:
		x, y := c.boolExpr(e.X), c.boolExpr(e.Y)
		return c.fastExpr(t, func(f *frame) bool { return x(f) || y(f) })
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return c.fastExpr(t, c.comparison(e.Op, c.expr(e.X), c.expr(e.Y)))
	}
	return c.operation(e.Op, c.expr(e.X), c.expr(e.Y), t)
}

// operation is x op y with a result of type t.
func (c *compiler) operation(op token.Token, x, y expr, t types.Type) expr {
	x = c.convertTo(x, t)
	if op == token.SHL || op == token.SHR {
		shifter := x.memory().(interface {
			shift(token.Token, any, func(*frame) uint64) any
		})
		return c.fastExpr(t, shifter.shift(op, x.quick(), c.shiftCount(y)))
	}
	y = c.convertTo(y, t)
	return c.fastExpr(t, x.memory().(arithmetic).binary(op, x.quick(), y.quick()))
}

func (c *compiler) shiftCount(y expr) func(*frame) uint64 {
	n := y.memory().(number)
	switch n.signedness() {
	case unsigned:
		return n.toUint(y.quick())
	case floating:
		v := n.toFloat(y.quick())
		return func(f *frame) uint64 { return uint64(v(f)) }
	}
	v := n.toInt(y.quick())
	return func(f *frame) uint64 {
		s := v(f)
		if s < 0 {
			panic(runtimeError("runtime error: negative shift amount"))
		}
		return uint64(s)
	}
}

// comparison is x op y.
func (c *compiler) comparison(op token.Token, x, y expr) func(*frame) bool {
	if x.isNil() {
		x, y = y, x
	}
	if y.isNil() {
		get := x.value()
		if op == token.EQL {
			return func(f *frame) bool { return get(f).IsZero() }
		}
		return func(f *frame) bool { return !get(f).IsZero() }
	}
	_, xi := x.t.Underlying().(*types.Interface)
	_, yi := y.t.Underlying().(*types.Interface)
	switch {
	case xi || yi:
		if !xi {
			x = c.assignable(x, types.NewInterfaceType(nil, nil))
		}
		if !yi {
			y = c.assignable(y, types.NewInterfaceType(nil, nil))
		}
	case isUntyped(x.t):
		x = c.convertTo(x, y.t)
	default:
		y = c.convertTo(y, x.t)
	}
	if cm, ok := x.memory().(comparer); ok && !xi && !yi {
		return cm.compare(op, x.quick(), y.quick())
	}
	a, b, m := x.value(), y.value(), c.m
	if xi || yi {
		return func(f *frame) bool {
			v := a(f).Elem()
			return m.sameDynamic(v, b(f).Elem()) == (op == token.EQL)
		}
	}
	return func(f *frame) bool {
		v := copyOf(a(f))
		return m.sameValue(v, b(f)) == (op == token.EQL)
	}
}

// sameDynamic is == of the dynamic values of two interfaces.
func (m *Machine) sameDynamic(a, b reflect.Value) bool {
	if !a.IsValid() || !b.IsValid() {
		return a.IsValid() == b.IsValid()
	}
	ta, va := m.open(a)
	tb, vb := m.open(b)
	if (ta == nil) != (tb == nil) || ta != nil && !types.Identical(ta, tb) || va.Type() != vb.Type() {
		return false
	}
	return m.sameValue(va, vb)
}

func (m *Machine) sameValue(a, b reflect.Value) bool {
	if !a.Comparable() {
		panic(runtimeError("runtime error: comparing uncomparable type " + a.Type().String()))
	}
	return a.Equal(b)
}

func isUntyped(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Info()&types.IsUntyped != 0
}
