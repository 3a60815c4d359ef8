package interp

import (
	"go/ast"
	"go/types"
	"reflect"
)

// recv receives from ch, or stops with the run.
func (f *frame) recv(ch reflect.Value) (reflect.Value, bool) {
	f.check()
	if !ch.IsNil() {
		if v, ok := ch.TryRecv(); v.IsValid() {
			return v, ok
		}
	}
	chosen, v, ok := reflect.Select([]reflect.SelectCase{
		{Dir: reflect.SelectRecv, Chan: f.th.run.done()},
		{Dir: reflect.SelectRecv, Chan: ch},
	})
	if chosen == 0 {
		panic(stopSignal{})
	}
	return v, ok
}

// receive is <-ch; with commaOk set, what get returns from a closed channel is
// invalid.
func (c *compiler) receive(e *ast.UnaryExpr, commaOk bool) expr {
	x := c.expr(e.X)
	get := x.value()
	u := x.t.Underlying().(*types.Chan)
	return expr{t: u.Elem(), rt: x.rt.Elem(), get: func(f *frame) reflect.Value {
		v, ok := f.recv(get(f))
		if !ok && commaOk {
			return reflect.Value{}
		}
		return v
	}}
}

func (c *compiler) send(s *ast.SendStmt) func(*frame) {
	x := c.expr(s.Chan)
	get := x.value()
	value := c.assignableAs(c.expr(s.Value), x.t.Underlying().(*types.Chan).Elem(), x.rt.Elem()).value()
	return func(f *frame) {
		f.check()
		ch := copyOf(get(f))
		v := value(f)
		if !ch.IsNil() && ch.TrySend(v) {
			return
		}
		chosen, _, _ := reflect.Select([]reflect.SelectCase{
			{Dir: reflect.SelectRecv, Chan: f.th.run.done()},
			{Dir: reflect.SelectSend, Chan: ch, Send: v},
		})
		if chosen == 0 {
			panic(stopSignal{})
		}
	}
}

func (c *compiler) selectStmt(s *ast.SelectStmt, label string) func(*frame) ctl {
	type clause struct {
		dir  reflect.SelectDir
		ch   func(*frame) reflect.Value
		send func(*frame) reflect.Value
		set  func(f *frame, v reflect.Value, ok bool)
		body func(*frame) ctl
	}
	var clauses []clause
	hasDefault := false
	for _, st := range s.Body.List {
		cc := st.(*ast.CommClause)
		cl := clause{set: func(*frame, reflect.Value, bool) {}}
		switch comm := cc.Comm.(type) {
		case nil:
			cl.dir, hasDefault = reflect.SelectDefault, true
		case *ast.SendStmt:
			x := c.expr(comm.Chan)
			cl.dir, cl.ch = reflect.SelectSend, x.value()
			cl.send = c.assignableAs(c.expr(comm.Value), x.t.Underlying().(*types.Chan).Elem(), x.rt.Elem()).value()
		case *ast.ExprStmt:
			cl.dir, cl.ch = reflect.SelectRecv, c.received(comm.X).value()
		case *ast.AssignStmt:
			x := c.received(comm.Rhs[0])
			cl.dir, cl.ch = reflect.SelectRecv, x.value()
			elem := x.t.Underlying().(*types.Chan).Elem()
			value := c.loopVar(comm.Lhs[0], elem)
			var okay func(*frame, reflect.Value)
			if len(comm.Lhs) == 2 {
				okay = c.loopVar(comm.Lhs[1], types.Typ[types.Bool])
			}
			cl.set = func(f *frame, v reflect.Value, ok bool) {
				if value != nil {
					value(f, v)
				}
				if okay != nil {
					okay(f, reflect.ValueOf(ok))
				}
			}
		}
		cl.body = c.block(cc.Body)
		clauses = append(clauses, cl)
	}
	return func(f *frame) ctl {
		f.check()
		cases := make([]reflect.SelectCase, 0, len(clauses)+1)
		for _, cl := range clauses {
			sc := reflect.SelectCase{Dir: cl.dir}
			if cl.ch != nil {
				sc.Chan = copyOf(cl.ch(f))
			}
			if cl.send != nil {
				sc.Send = copyOf(cl.send(f))
			}
			cases = append(cases, sc)
		}
		if !hasDefault {
			cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: f.th.run.done()})
		}
		i, v, ok := reflect.Select(cases)
		if i == len(clauses) {
			panic(stopSignal{})
		}
		clauses[i].set(f, v, ok)
		return leaveSwitch(f, clauses[i].body(f), label)
	}
}

// received is the channel of a receive expression.
func (c *compiler) received(e ast.Expr) expr {
	return c.expr(ast.Unparen(e).(*ast.UnaryExpr).X)
}
