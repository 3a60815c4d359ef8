package interp

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
)

var constantOne = constant.MakeInt64(1)

// after says how a loop goes on when its body ended with k: leave is set if the
// loop ends with the result out.
func after(f *frame, k ctl, label string) (out ctl, leave bool) {
	switch k {
	case brk:
		if f.label == "" || f.label == label {
			f.label = ""
			return next, true
		}
		return brk, true
	case cont:
		if f.label == "" || f.label == label {
			f.label = ""
			return next, false
		}
		return cont, true
	case ret:
		return ret, true
	}
	return next, false
}

// check stops the loop when the run is interrupted.
func (f *frame) check() {
	if f.th.run.stopped.Load() {
		panic(stopSignal{})
	}
}

func (c *compiler) forStmt(s *ast.ForStmt, label string) func(*frame) ctl {
	init, post := func(*frame) ctl { return next }, func(*frame) ctl { return next }
	if s.Init != nil {
		init = c.stmt(s.Init)
	}
	cond := func(*frame) bool { return true }
	if s.Cond != nil {
		cond = c.boolExpr(s.Cond)
	}
	body := c.block(s.Body.List)
	if s.Post != nil {
		post = c.stmt(s.Post)
	}
	renew := c.perIteration(s.Init)
	return func(f *frame) ctl {
		init(f)
		for cond(f) {
			f.check()
			if out, leave := after(f, body(f), label); leave {
				return out
			}
			renew(f)
			post(f)
		}
		return next
	}
}

// perIteration gives the variables that init declares new memory with the same
// value, so that closures of each iteration have their own.
func (c *compiler) perIteration(init ast.Stmt) func(*frame) {
	type fresh struct {
		slot int
		rt   reflect.Type
	}
	var list []fresh
	if a, ok := init.(*ast.AssignStmt); ok && a.Tok == token.DEFINE {
		for _, l := range a.Lhs {
			obj := c.info.Defs[l.(*ast.Ident)]
			if i, ok := c.fn.slots[obj]; ok && obj != nil && c.escapes[obj] {
				list = append(list, fresh{i, c.fn.fn.slots[i].rt})
			}
		}
	}
	return func(f *frame) {
		for _, v := range list {
			p := reflect.New(v.rt)
			p.Elem().Set(reflect.NewAt(v.rt, f.vars[v.slot]).Elem())
			f.vars[v.slot] = p.UnsafePointer()
		}
	}
}

// loopVar returns what sets the key or value of a range statement; nil if there
// is none.
func (c *compiler) loopVar(e ast.Expr, t types.Type) func(*frame, reflect.Value) {
	if e == nil {
		return nil
	}
	if id, ok := e.(*ast.Ident); ok && id.Name == "_" {
		return nil
	}
	if id, ok := e.(*ast.Ident); ok && !c.escapes[c.info.Defs[id]] {
		if v, ok := c.info.Defs[id].(*types.Var); ok && types.Identical(c.typ(v.Type()), types.Typ[types.Int]) && c.m.vars[v] == nil {
			c.newVariable(v)
			i := c.fn.slots[v]
			return func(f *frame, v reflect.Value) { *(*int)(f.vars[i]) = int(v.Int()) }
		}
	}
	keep := c.fn.add(slot{rt: reflect.TypeFor[reflect.Value]()})
	from := c.of(t)
	from.get = func(f *frame) reflect.Value { return *(*reflect.Value)(f.vars[keep]) }
	to := c.target(e, t)
	get := c.assignableAs(from, to.t, to.rt).value()
	return func(f *frame, v reflect.Value) {
		*(*reflect.Value)(f.vars[keep]) = v
		set := to.prepare(f)
		set(get(f))
	}
}

func (c *compiler) rangeStmt(s *ast.RangeStmt, label string) func(*frame) ctl {
	if _, ok := underlying(c.info, s.X).(*types.Signature); ok {
		return c.rangeFunc(s, label)
	}
	x := c.expr(s.X)
	switch u := x.t.Underlying().(type) {
	case *types.Basic:
		if u.Info()&types.IsString != 0 {
			return c.rangeString(s, x, label)
		}
		return c.rangeInt(s, x, label)
	case *types.Slice:
		return c.rangeIndexed(s, x.value(), u.Elem(), x.rt.Elem(), label, false)
	case *types.Array:
		return c.rangeIndexed(s, x.value(), u.Elem(), x.rt.Elem(), label, s.Value != nil)
	case *types.Pointer:
		a := u.Elem().Underlying().(*types.Array)
		arr := c.deref(x, u.Elem())
		return c.rangeIndexed(s, arr.value(), a.Elem(), arr.rt.Elem(), label, false)
	case *types.Map:
		return c.rangeMap(s, x, u, label)
	case *types.Chan:
		return c.rangeChan(s, x, u, label)
	}
	c.fail(s.Pos(), "a range over %s", x.t)
	return nil
}

// rangeInt is for i := range n; i has the type of n.
func (c *compiler) rangeInt(s *ast.RangeStmt, x expr, label string) func(*frame) ctl {
	t := x.t
	if isUntyped(t) {
		t = types.Typ[types.Int]
		if id, ok := s.Key.(*ast.Ident); ok && c.info.TypeOf(id) != nil {
			t = c.typeOf(id)
		}
	}
	x = c.convertTo(x, t)
	limit := x.memory().(number).toInt(x.quick())
	var set func(*frame, ptr)
	current := c.fn.add(slot{rt: reflect.TypeFor[int64]()})
	var fresh func(*frame) ptr
	if s.Key != nil {
		if id, ok := s.Key.(*ast.Ident); !ok || id.Name != "_" {
			i := expr{t: types.Typ[types.Int64], rt: reflect.TypeFor[int64](), fast: kinds[reflect.Int64].local(current)}
			set = c.convertTo(i, t).storeTo()
			if s.Tok == token.DEFINE {
				fresh = c.newVariable(c.info.Defs[s.Key.(*ast.Ident)].(*types.Var))
			} else {
				fresh = c.expr(s.Key).addr
			}
		}
	}
	body := c.block(s.Body.List)
	return func(f *frame) ctl {
		n := limit(f)
		for i := int64(0); i < n; i++ {
			f.check()
			if set != nil {
				*(*int64)(f.vars[current]) = i
				set(f, fresh(f))
			}
			if out, leave := after(f, body(f), label); leave {
				return out
			}
		}
		return next
	}
}

// rangeIndexed ranges over a slice or an array; an array with values is copied.
func (c *compiler) rangeIndexed(s *ast.RangeStmt, get func(*frame) reflect.Value, elem types.Type, ert reflect.Type, label string, copied bool) func(*frame) ctl {
	key, value := c.loopVar(s.Key, types.Typ[types.Int]), c.loopVar(s.Value, elem)
	body := c.block(s.Body.List)
	return func(f *frame) ctl {
		v := get(f)
		if copied || v.Kind() == reflect.Slice {
			v = copyOf(v)
		}
		n := v.Len()
		for i := range n {
			f.check()
			if key != nil {
				key(f, reflect.ValueOf(i))
			}
			if value != nil {
				value(f, v.Index(i))
			}
			if out, leave := after(f, body(f), label); leave {
				return out
			}
		}
		return next
	}
}

func (c *compiler) rangeString(s *ast.RangeStmt, x expr, label string) func(*frame) ctl {
	x = c.convertTo(x, types.Typ[types.String])
	str := x.quick().(func(*frame) string)
	key, value := c.loopVar(s.Key, types.Typ[types.Int]), c.loopVar(s.Value, types.Universe.Lookup("rune").Type())
	body := c.block(s.Body.List)
	return func(f *frame) ctl {
		for i, r := range str(f) {
			f.check()
			if key != nil {
				key(f, reflect.ValueOf(i))
			}
			if value != nil {
				value(f, reflect.ValueOf(r))
			}
			if out, leave := after(f, body(f), label); leave {
				return out
			}
		}
		return next
	}
}

func (c *compiler) rangeMap(s *ast.RangeStmt, x expr, u *types.Map, label string) func(*frame) ctl {
	get := x.value()
	key, value := c.loopVar(s.Key, u.Key()), c.loopVar(s.Value, u.Elem())
	body := c.block(s.Body.List)
	return func(f *frame) ctl {
		for it := copyOf(get(f)).MapRange(); it.Next(); {
			f.check()
			if key != nil {
				key(f, it.Key())
			}
			if value != nil {
				value(f, it.Value())
			}
			if out, leave := after(f, body(f), label); leave {
				return out
			}
		}
		return next
	}
}

func (c *compiler) rangeChan(s *ast.RangeStmt, x expr, u *types.Chan, label string) func(*frame) ctl {
	get := x.value()
	key := c.loopVar(s.Key, u.Elem())
	body := c.block(s.Body.List)
	return func(f *frame) ctl {
		ch := copyOf(get(f))
		for {
			v, ok := f.recv(ch)
			if !ok {
				return next
			}
			if key != nil {
				key(f, v)
			}
			if out, leave := after(f, body(f), label); leave {
				return out
			}
		}
	}
}

// rangeFunc is a range over a function: the body is what the function calls. How
// the body ends travels in variables of the frame around it.
func (c *compiler) rangeFunc(s *ast.RangeStmt, label string) func(*frame) ctl {
	fx := c.expr(s.X)
	get := fx.value()
	yield := fx.t.Underlying().(*types.Signature).Params().At(0).Type().Underlying().(*types.Signature)
	outer := c.fn
	// The results of the function around belong to the frame that the body's
	// return statements leave.
	state := types.NewVar(s.Pos(), nil, "_range", types.Typ[types.Int])
	c.escapes[state] = true
	stateSlot := c.fn.add(slot{rt: reflect.TypeFor[int](), fresh: true})
	c.fn.slots[state] = stateSlot
	labelVar := types.NewVar(s.Pos(), nil, "_label", types.Typ[types.String])
	c.escapes[labelVar] = true
	labelSlot := c.fn.add(slot{rt: reflect.TypeFor[string](), fresh: true})
	c.fn.slots[labelVar] = labelSlot
	resultVars := make([]*types.Var, len(outer.fn.results))
	for i, r := range outer.fn.results {
		resultVars[i] = types.NewVar(s.Pos(), nil, "_result", outer.results[i])
		outer.slots[resultVars[i]] = r
		outer.fn.slots[r].fresh = true
	}
	yt := c.m.typeOf(yield)
	build := c.subFunction(c.fn.fn.name, func(c *compiler) {
		c.bodyOfRange(s, yield, outer, resultVars, state, labelVar, label)
	})
	return func(f *frame) ctl {
		stateAt, labelAt := new(int), new(string)
		f.vars[stateSlot], f.vars[labelSlot] = ptr(stateAt), ptr(labelAt)
		cl := build(f)
		done := false
		body := reflect.MakeFunc(yt, func(args []reflect.Value) []reflect.Value {
			if done {
				panic(runtimeError("range function continued iteration after function for loop body returned false"))
			}
			// Still the frame's goroutine, or the function does what it may not.
			out := cl.invoke(f, f.th, args)
			done = !out[0].Bool()
			return out
		})
		fn := get(f)
		if fn.IsNil() {
			panic(errNil)
		}
		callCompiled(fn, []reflect.Value{body})
		done = true
		f.th.top = f
		f.label = *labelAt
		return ctl(*stateAt)
	}
}

// bodyOfRange compiles the body as a function that reports whether to go on.
func (c *compiler) bodyOfRange(s *ast.RangeStmt, yield *types.Signature, outer *scope, resultVars []*types.Var, state, labelVar types.Object, label string) {
	fn := c.fn.fn
	var sets []func(*frame, reflect.Value)
	for i := range yield.Params().Len() {
		t := yield.Params().At(i).Type()
		fn.params = append(fn.params, c.fn.add(slot{rt: c.m.typeOf(t), early: true}))
		var e ast.Expr
		if i == 0 {
			e = s.Key
		} else {
			e = s.Value
		}
		sets = append(sets, c.loopVar(e, t))
	}
	more := c.fn.add(slot{rt: reflect.TypeFor[bool](), early: true})
	body := c.fn
	fn.results = []int{more}
	// A return statement of the body sets the results of the function around.
	c.fn.results = outer.results
	retSlots := make([]int, len(resultVars))
	for i, v := range resultVars {
		retSlots[i] = body.find(v)
	}
	stateSlot, labelSlot := body.find(state), body.find(labelVar)
	fn.results = retSlots
	inner := c.block(s.Body.List)
	fn.results = []int{more}
	fn.body = func(f *frame) ctl {
		f.check()
		for i, set := range sets {
			if set != nil {
				set(f, reflect.NewAt(fn.slots[fn.params[i]].rt, f.vars[fn.params[i]]).Elem())
			}
		}
		out, leave := after(f, inner(f), label)
		if !leave {
			*(*bool)(f.vars[more]) = true
			return next
		}
		*(*int)(f.vars[stateSlot]) = int(out)
		*(*string)(f.vars[labelSlot]) = f.label
		return next
	}
}
