package yaegi

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"strconv"
)

// An operand is a piece of text for a value; if at is set, for a pointer to it.
type operand struct {
	text string
	typ  types.Type
	at   bool
}

// expr is the text of a value, of the erased type that x has.
func (f *function) expr(x ast.Expr) string {
	x = ast.Unparen(x)
	if tv := f.info.Types[x]; tv.Value != nil {
		return f.constant(tv.Value, f.defaultType(x))
	}
	switch x := x.(type) {
	case *ast.BinaryExpr:
		return f.binary(x)
	case *ast.UnaryExpr:
		return f.unary(x)
	case *ast.CallExpr:
		return f.callExpr(x)
	case *ast.FuncLit:
		return f.literal(x)
	case *ast.TypeAssertExpr:
		return f.assertion(x, false)
	case *ast.SliceExpr:
		return f.slice(x)
	case *ast.IndexExpr:
		if _, ok := f.typ(x.X).Underlying().(*types.Map); ok {
			return f.mapIndex(x, false)
		}
	}
	return f.load(f.place(x))
}

// as is x as a value of type t, to which it can be assigned.
func (f *function) as(x ast.Expr, t types.Type) string {
	if f.info.Types[ast.Unparen(x)].IsNil() {
		return f.zero(t)
	}
	if tv := f.info.Types[x]; tv.Value != nil && !types.IsInterface(t) {
		return f.constant(tv.Value, t)
	}
	return f.convert(f.expr(x), f.defaultType(x), t)
}

// convert makes a value of type from one of type to.
func (f *function) convert(text string, from, to types.Type) string {
	if types.Identical(from, to) {
		return text
	}
	fr, tr := f.e.rt(from), f.e.rt(to)
	if fr == tr || eraseType(fr) == eraseType(tr) {
		return text
	}
	if tr.Kind() == reflect.Interface {
		f.e.named.Store(fr, from)
	}
	return f.call(f.op("convert "+f.key(from)+" "+f.key(to), []types.Type{from}, []types.Type{to}, func(_ *Frame, a []reflect.Value) []reflect.Value {
		return []reflect.Value{convertValue(a[0], fr, tr)}
	}), text)
}

func convertValue(v reflect.Value, from, to reflect.Type) reflect.Value {
	if to.Kind() == reflect.Interface {
		return fit(fit(v, from), to)
	}
	if to.Kind() == reflect.Pointer && from.Kind() == reflect.UnsafePointer {
		return reflect.NewAt(to.Elem(), v.UnsafePointer()).Convert(to)
	}
	if to.Kind() == reflect.UnsafePointer && from.Kind() == reflect.Pointer {
		return reflect.ValueOf(v.UnsafePointer())
	}
	return v.Convert(to)
}

// constant is a constant as the text writes it.
func (f *function) constant(v constant.Value, t types.Type) string {
	b, ok := t.Underlying().(*types.Basic)
	if !ok {
		return f.convert(f.constant(v, types.Default(kindType(v))), types.Default(kindType(v)), t)
	}
	name := eraseType(f.e.rt(b)).Name()
	switch info := b.Info(); {
	case info&types.IsBoolean != 0:
		return strconv.FormatBool(constant.BoolVal(v))
	case info&types.IsString != 0:
		return strconv.Quote(constant.StringVal(v))
	case info&types.IsInteger != 0:
		return fmt.Sprintf("%s(%s)", name, constant.ToInt(v).ExactString())
	case info&types.IsFloat != 0:
		if b.Kind() == types.Float32 {
			x, _ := constant.Float32Val(v)
			return fmt.Sprintf("%s(%s)", name, strconv.FormatFloat(float64(x), 'g', -1, 32))
		}
		x, _ := constant.Float64Val(v)
		return fmt.Sprintf("%s(%s)", name, strconv.FormatFloat(x, 'g', -1, 64))
	case info&types.IsComplex != 0:
		re, _ := constant.Float64Val(constant.Real(v))
		im, _ := constant.Float64Val(constant.Imag(v))
		z := reflect.ValueOf(complex(re, im))
		return f.call(f.op(fmt.Sprintf("complex %v %s", z, f.key(b)), nil, []types.Type{b}, func(*Frame, []reflect.Value) []reflect.Value {
			return []reflect.Value{z}
		}))
	}
	return f.zero(t)
}

func kindType(v constant.Value) types.Type {
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

// zero is the zero value of t.
func (f *function) zero(t types.Type) string {
	rt := f.e.rt(t)
	switch rt.Kind() {
	case reflect.Bool:
		return "false"
	case reflect.String:
		return `""`
	case reflect.Complex64, reflect.Complex128:
	default:
		if basic(rt.Kind()) {
			return eraseType(rt).Name() + "(0)"
		}
	}
	zero := reflect.Zero(rt)
	return f.call(f.op("zero "+f.key(t), nil, []types.Type{t}, func(*Frame, []reflect.Value) []reflect.Value {
		return []reflect.Value{zero}
	}))
}

// load is the value of an operand.
func (f *function) load(o operand) string {
	if !o.at {
		return o.text
	}
	return f.call(f.op("load "+f.key(o.typ), []types.Type{types.NewPointer(o.typ)}, []types.Type{o.typ}, func(_ *Frame, a []reflect.Value) []reflect.Value {
		notNil(a[0])
		return []reflect.Value{a[0].Elem()}
	}), o.text)
}

// store assigns a value to what a pointer points to.
func (f *function) store(o operand, value string) {
	f.line("%s", f.call(f.op("store "+f.key(o.typ), []types.Type{types.NewPointer(o.typ), o.typ}, nil, func(_ *Frame, a []reflect.Value) []reflect.Value {
		notNil(a[0])
		to := a[0].Elem()
		to.Set(fit(a[1], to.Type()))
		return nil
	}), o.text, value))
}

// newPtr is a pointer to new memory that holds a value.
func (f *function) newPtr(t types.Type, value string) string {
	rt := f.e.rt(t)
	return f.call(f.op("new "+f.key(t), []types.Type{t}, []types.Type{types.NewPointer(t)}, func(_ *Frame, a []reflect.Value) []reflect.Value {
		p := reflect.New(rt)
		p.Elem().Set(fit(a[0], rt))
		return []reflect.Value{p}
	}), value)
}

func notNil(p reflect.Value) {
	if p.IsNil() {
		var nothing *int
		_ = *nothing // the panic of Go
	}
}

// addr is a pointer to x.
func (f *function) addr(x ast.Expr) operand {
	o := f.place(ast.Unparen(x))
	if !o.at {
		o.text, o.at = f.newPtr(o.typ, o.text), true
	}
	return o
}

// place is x without copying it, where it lives in memory.
func (f *function) place(x ast.Expr) operand {
	x = ast.Unparen(x)
	switch x := x.(type) {
	case *ast.Ident:
		return f.ident(x)
	case *ast.StarExpr:
		return operand{f.expr(x.X), f.typ(x), true}
	case *ast.SelectorExpr:
		return f.selector(x)
	case *ast.IndexExpr:
		if inst, ok := f.instance(x); ok {
			return inst
		}
		if _, ok := f.typ(x.X).Underlying().(*types.Map); !ok {
			return f.index(x)
		}
	case *ast.IndexListExpr:
		if inst, ok := f.instance(x); ok {
			return inst
		}
	case *ast.CompositeLit:
		return operand{f.composite(x, f.typ(x)), f.typ(x), false}
	case *ast.BinaryExpr, *ast.UnaryExpr, *ast.CallExpr, *ast.FuncLit, *ast.TypeAssertExpr, *ast.SliceExpr, *ast.BasicLit:
	default:
		f.fail(x, "%T", x)
	}
	return operand{f.expr(x), f.defaultType(x), false}
}

func (f *function) ident(x *ast.Ident) operand {
	t := f.typ(x)
	switch obj := f.info.ObjectOf(x).(type) {
	case *types.Nil:
		return operand{f.zero(types.NewInterfaceType(nil, nil)), types.NewInterfaceType(nil, nil), false}
	case *types.Var:
		return f.variable(x, obj)
	case *types.Func:
		var args []types.Type
		if inst, ok := f.info.Instances[x]; ok {
			for a := range inst.TypeArgs.Types() {
				args = append(args, f.sub.apply(a))
			}
		}
		return operand{f.funcAsValue(x, obj, args, t), t, false}
	}
	f.fail(x, "%s", x.Name)
	return operand{}
}

func (f *function) variable(x ast.Expr, v *types.Var) operand {
	if l := f.local(v); l != nil {
		return operand{l.name, l.typ, l.shared}
	}
	if p, ok := f.e.vars[v]; ok {
		return f.memory(v.Type(), p)
	}
	if p, ok := f.e.compiledVar(v); ok {
		return f.memory(v.Type(), p)
	}
	f.fail(x, "the variable %s", v.Name())
	return operand{}
}

// memory is a variable that lives at p.
func (f *function) memory(t types.Type, p reflect.Value) operand {
	o := f.op(fmt.Sprintf("at %x %s", p.Pointer(), f.key(t)), nil, []types.Type{types.NewPointer(t)}, func(*Frame, []reflect.Value) []reflect.Value {
		return []reflect.Value{p}
	})
	return operand{f.call(o), t, true}
}

func (f *function) binary(x *ast.BinaryExpr) string {
	switch x.Op {
	case token.LAND, token.LOR:
		return fmt.Sprintf("(%s %s %s)", f.expr(x.X), x.Op, f.expr(x.Y))
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return f.comparison(x.Op, x.X, x.Y)
	}
	t := f.defaultType(x)
	return f.arith(x.Op, f.as(x.X, t), f.shiftable(x.Op, x.Y, t), t, f.shiftType(x.Op, x.Y, t))
}

func isShift(op token.Token) bool { return op == token.SHL || op == token.SHR }

func (f *function) shiftType(op token.Token, y ast.Expr, t types.Type) types.Type {
	if !isShift(op) {
		return t
	}
	if tv := f.info.Types[y]; tv.Value != nil {
		return types.Typ[types.Uint]
	}
	return f.defaultType(y)
}

func (f *function) shiftable(op token.Token, y ast.Expr, t types.Type) string {
	if isShift(op) {
		return f.as(y, f.shiftType(op, y, t))
	}
	return f.as(y, t)
}

// arith is a binary operation on two values of type t, but for the count of a
// shift, which is of type ct.
func (f *function) arith(op token.Token, a, b string, t, ct types.Type) string {
	if isShift(op) {
		return f.call(f.shift(op, t, ct), a, b)
	}
	if c := f.e.rt(t).Kind(); c == reflect.Complex64 || c == reflect.Complex128 || op == token.AND_NOT || op == token.QUO || op == token.REM {
		return f.call(f.goArith(op, t), a, b)
	}
	return fmt.Sprintf("(%s %s %s)", a, op, b)
}

func (f *function) unary(x *ast.UnaryExpr) string {
	switch x.Op {
	case token.AND:
		if lit, ok := ast.Unparen(x.X).(*ast.CompositeLit); ok {
			return f.newPtr(f.typ(lit), f.composite(lit, f.typ(lit)))
		}
		o := f.addr(x.X)
		return o.text
	case token.ARROW:
		return f.receive(x, false)
	case token.NOT:
		return "(!" + f.expr(x.X) + ")"
	case token.ADD:
		return f.expr(x.X)
	}
	t := f.defaultType(x)
	zero := f.zero(t)
	switch k := f.e.rt(t).Kind(); {
	case x.Op == token.SUB && (k == reflect.Float32 || k == reflect.Float64):
		// 0-x would lose the sign of zero.
		return fmt.Sprintf("(%s * %s)", f.as(x.X, t), eraseType(f.e.rt(t)).Name()+"(-1)")
	case x.Op == token.SUB && basic(k):
		return f.arith(token.SUB, zero, f.as(x.X, t), t, t)
	case x.Op == token.XOR:
		minus := reflect.New(f.e.rt(t)).Elem()
		if minus.CanInt() {
			minus.SetInt(-1)
		} else {
			minus.SetUint(^uint64(0) >> (64 - f.e.rt(t).Bits()))
		}
		return fmt.Sprintf("(%s ^ %s(%v))", f.as(x.X, t), eraseType(f.e.rt(t)).Name(), minus)
	}
	f.fail(x, "the operator %s", x.Op)
	return ""
}

// comparison compares x and y, of which one may have to become an interface.
func (f *function) comparison(op token.Token, x, y ast.Expr) string {
	t := f.comparedType(x, y)
	return f.compare(op, f.as(x, t), f.as(y, t), t)
}

func (f *function) comparedType(x, y ast.Expr) types.Type {
	if f.info.Types[ast.Unparen(x)].IsNil() {
		return f.typ(y)
	}
	if f.info.Types[ast.Unparen(y)].IsNil() {
		return f.typ(x)
	}
	tx, ty := f.typ(x), f.typ(y)
	if f.info.Types[x].Value != nil && !types.IsInterface(tx) {
		return types.Default(ty)
	}
	if types.IsInterface(ty) && !types.IsInterface(tx) || types.AssignableTo(tx, ty) && !types.Identical(tx, ty) {
		return ty
	}
	return types.Default(tx)
}

func (f *function) compare(op token.Token, a, b string, t types.Type) string {
	k := f.e.rt(t).Kind()
	if basic(k) && k != reflect.Bool && k != reflect.Complex64 && k != reflect.Complex128 {
		return fmt.Sprintf("(%s %s %s)", a, op, b)
	}
	text := f.call(f.op("equal "+f.key(t), []types.Type{t, t}, []types.Type{types.Typ[types.Bool]}, func(_ *Frame, a []reflect.Value) []reflect.Value {
		return []reflect.Value{reflect.ValueOf(equal(a[0], a[1]))}
	}), a, b)
	if op == token.NEQ {
		return "(!" + text + ")"
	}
	return text
}

func equal(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.Func, reflect.Map, reflect.Slice: // one of them is nil
		return a.IsNil() && b.IsNil()
	}
	return a.Interface() == b.Interface()
}
