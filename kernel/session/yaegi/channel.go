package yaegi

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
)

// wait does one of cases, or stops when the run is interrupted.
func (st *state) wait(cases ...reflect.SelectCase) (chosen int, v reflect.Value, ok bool) {
	done := reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(st.run.Context.Done())}
	if st.calm.Load() > 0 {
		done.Chan = reflect.Value{}
	}
	chosen, v, ok = reflect.Select(append(cases, done))
	if chosen == len(cases) {
		panic(stopSignal{})
	}
	return chosen, v, ok
}

func (f *function) send(s *ast.SendStmt) {
	t := f.typ(s.Chan)
	el := t.Underlying().(*types.Chan).Elem()
	rt := f.e.rt(el)
	f.line("%s", f.call(f.op("send "+f.key(t), []types.Type{t, el}, nil, func(fr *Frame, a []reflect.Value) []reflect.Value {
		fr.state.wait(reflect.SelectCase{Dir: reflect.SelectSend, Chan: orNever(a[0]), Send: fit(a[1], rt)})
		return nil
	}), f.expr(s.Chan), f.as(s.Value, el)))
}

// orNever is the zero Value for a nil channel, which is what package reflect
// waits on for ever.
func orNever(ch reflect.Value) reflect.Value {
	if ch.IsNil() {
		return reflect.Value{}
	}
	return ch
}

// receive is <-ch.
func (f *function) receive(x *ast.UnaryExpr, ok bool) string {
	t := f.typ(x.X)
	return f.call(f.recv(t, t.Underlying().(*types.Chan), ok), f.expr(x.X))
}

func (f *function) recv(t types.Type, ch *types.Chan, ok bool) *op {
	out := []types.Type{ch.Elem()}
	key := "receive "
	if ok {
		out = append(out, types.Typ[types.Bool])
		key = "receive ok "
	}
	return f.op(key+f.key(t), []types.Type{t}, out, func(fr *Frame, a []reflect.Value) []reflect.Value {
		_, v, there := fr.state.wait(reflect.SelectCase{Dir: reflect.SelectRecv, Chan: orNever(a[0])})
		if ok {
			return []reflect.Value{v, reflect.ValueOf(there)}
		}
		return []reflect.Value{v}
	})
}

// A selection is a select statement that is being evaluated.
type selection struct {
	cases []reflect.SelectCase
	value reflect.Value
	ok    bool
}

var selectionType = reflect.TypeFor[*selection]()

func (f *function) selectStmt(s *ast.SelectStmt, label string) {
	sel := f.temp(f.call(f.e.names.op("select", nil, []reflect.Type{selectionType}, func(*Frame, []reflect.Value) []reflect.Value {
		return []reflect.Value{reflect.ValueOf(&selection{})}
	})))
	hasDefault := false
	for _, cl := range s.Body.List {
		cc := cl.(*ast.CommClause)
		switch comm := cc.Comm.(type) {
		case nil:
			hasDefault = true
		case *ast.SendStmt:
			t := f.e.rt(f.typ(comm.Chan))
			el := f.typ(comm.Chan).Underlying().(*types.Chan).Elem()
			f.line("%s", f.call(f.e.names.op("select send "+f.key(f.typ(comm.Chan)), []reflect.Type{selectionType, t, f.e.rt(el)}, nil, func(_ *Frame, a []reflect.Value) []reflect.Value {
				sel := a[0].Interface().(*selection)
				sel.cases = append(sel.cases, reflect.SelectCase{Dir: reflect.SelectSend, Chan: orNever(a[1]), Send: fit(a[2], t.Elem())})
				return nil
			}), sel, f.expr(comm.Chan), f.as(comm.Value, el)))
		default:
			ch := received(comm)
			f.line("%s", f.call(f.e.names.op("select receive "+f.key(f.typ(ch)), []reflect.Type{selectionType, f.e.rt(f.typ(ch))}, nil, func(_ *Frame, a []reflect.Value) []reflect.Value {
				sel := a[0].Interface().(*selection)
				sel.cases = append(sel.cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: orNever(a[1])})
				return nil
			}), sel, f.expr(ch)))
		}
	}
	chosen := f.temp(f.call(f.choose(hasDefault), sel))
	f.open(label, "switch", false)
	i := 0
	for _, cl := range s.Body.List {
		cc := cl.(*ast.CommClause)
		if cc.Comm == nil {
			f.line("default:")
		} else {
			f.line("case (%s == int(%d)):", chosen, i)
			i++
			f.received(cc.Comm, sel)
		}
		f.stmts(cc.Body)
	}
	f.close()
}

// choose waits; it gives the number of the case, -1 for the default.
func (f *function) choose(hasDefault bool) *op {
	return f.e.names.op(fmt.Sprint("choose ", hasDefault), []reflect.Type{selectionType}, []reflect.Type{reflect.TypeFor[int]()}, func(fr *Frame, a []reflect.Value) []reflect.Value {
		sel := a[0].Interface().(*selection)
		var i int
		if hasDefault {
			n := len(sel.cases)
			i, sel.value, sel.ok = reflect.Select(append(sel.cases, reflect.SelectCase{Dir: reflect.SelectDefault}))
			if i == n {
				i = -1
			}
		} else {
			i, sel.value, sel.ok = fr.state.wait(sel.cases...)
		}
		return []reflect.Value{reflect.ValueOf(i)}
	})
}

// received is the channel of a case that receives.
func received(comm ast.Stmt) ast.Expr {
	var x ast.Expr
	switch c := comm.(type) {
	case *ast.ExprStmt:
		x = c.X
	case *ast.AssignStmt:
		x = c.Rhs[0]
	}
	return ast.Unparen(x).(*ast.UnaryExpr).X
}

// received assigns what a case has received.
func (f *function) received(comm ast.Stmt, sel string) {
	as, ok := comm.(*ast.AssignStmt)
	if !ok {
		return
	}
	el := f.typ(received(comm)).Underlying().(*types.Chan).Elem()
	get := f.e.names.op("selected "+f.key(el), []reflect.Type{selectionType}, []reflect.Type{f.e.rt(el), reflect.TypeFor[bool]()}, func(_ *Frame, a []reflect.Value) []reflect.Value {
		sel := a[0].Interface().(*selection)
		return []reflect.Value{sel.value, reflect.ValueOf(sel.ok)}
	})
	v, there := fmt.Sprintf("t%d", f.serial()), fmt.Sprintf("t%d", f.serial())
	f.line("%s, %s := %s", v, there, f.call(get, sel))
	values, ts := []string{v, there}, []types.Type{el, types.Typ[types.Bool]}
	for i, l := range as.Lhs {
		if isBlank(l) {
			continue
		}
		to := f.leftType(l)
		f.set(f.target(l, as.Tok), f.convert(values[i], ts[i], to))
	}
}
