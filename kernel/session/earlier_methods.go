package session

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"slices"
	"unsafe"
)

// asFunction is a method as a function under another name with the receiver as
// its first parameter.
func asFunction(fd *ast.FuncDecl, name string) *ast.FuncDecl {
	ft := *fd.Type
	ft.Params = &ast.FieldList{Opening: fd.Type.Params.Opening, Closing: fd.Type.Params.Closing}
	for _, list := range []*ast.FieldList{fd.Recv, fd.Type.Params} {
		for _, f := range list.List {
			field := *f
			if len(field.Names) == 0 {
				field.Names = []*ast.Ident{{Name: "_", NamePos: field.Type.Pos()}}
			}
			ft.Params.List = append(ft.Params.List, &field)
		}
	}
	return &ast.FuncDecl{Name: &ast.Ident{Name: name, NamePos: fd.Name.Pos()}, Type: &ft, Body: fd.Body}
}

// methodName is the name that a method on a type of an earlier cell is checked by,
// as a function.
func methodName(i int) string { return fmt.Sprintf("method %d", i) }

// checkReceivers complains of methods that have not one receiver, or one of a
// generic type.
func (r *checkRun) checkReceivers(methods []*ast.FuncDecl) {
	for _, fd := range methods {
		switch n := fd.Recv.NumFields(); {
		case n == 0:
			r.errorAt(fd.Recv.Pos(), "method has no receiver")
		case n > 1:
			r.errorAt(fd.Recv.Pos(), "method has multiple receivers")
		case hasTypeParams(fd.Recv.List[0].Type):
			r.errorAt(fd.Recv.Pos(), genericMethod)
		}
	}
}

const genericMethod = "a method of a generic type must stand in the cell of its type"

// hasTypeParams reports whether a receiver is written T[P] or *T[P].
func hasTypeParams(recv ast.Expr) bool {
	if star, ok := ast.Unparen(recv).(*ast.StarExpr); ok {
		recv = star.X
	}
	switch ast.Unparen(recv).(type) {
	case *ast.IndexExpr, *ast.IndexListExpr:
		return true
	}
	return false
}

// addMethods adds the methods to the types of earlier cells that they are
// declared on, and returns what stands for each; nil for one that has no such
// type.
func (r *checkRun) addMethods(pkg *types.Package, methods []*ast.FuncDecl) []*types.Func {
	if r.lenient {
		return nil
	}
	out := make([]*types.Func, len(methods))
	for i, fd := range methods {
		if f, ok := pkg.Scope().Lookup(methodName(i)).(*types.Func); ok && f.Signature().Params().Len() > 0 {
			out[i] = r.addMethod(fd, f.Signature())
		}
	}
	return out
}

func (r *checkRun) addMethod(fd *ast.FuncDecl, sig *types.Signature) *types.Func {
	first := sig.Params().At(0)
	base := types.Unalias(first.Type())
	if p, ok := base.(*types.Pointer); ok {
		base = types.Unalias(p.Elem())
	}
	if base == types.Typ[types.Invalid] {
		return nil // that has been said
	}
	named, ok := base.(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != "main" {
		r.errorAt(fd.Recv.Pos(), fmt.Sprintf("cannot define new methods on non-local type %s", first.Type()))
		return nil
	}
	if named.TypeParams().Len() > 0 {
		r.errorAt(fd.Recv.Pos(), genericMethod)
		return nil
	}
	if s, ok := named.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			if f.Name() == fd.Name.Name {
				r.errorAt(fd.Name.Pos(), fmt.Sprintf("field and method with the same name %s", f.Name()))
				return nil
			}
		}
	}
	var params []*types.Var
	for v := range sig.Params().Variables() {
		params = append(params, v)
	}
	full := types.NewSignatureType(first, nil, nil, types.NewTuple(params[1:]...), sig.Results(), sig.Variadic())
	for m := range named.Methods() {
		if m.Name() != fd.Name.Name {
			continue
		}
		if !types.Identical(m.Signature(), full) || !types.Identical(m.Signature().Recv().Type(), first.Type()) {
			r.errorAt(fd.Name.Pos(), fmt.Sprintf("method %s.%s is known with another signature, %s: declare the type again to change it",
				named.Obj().Name(), m.Name(), types.TypeString(m.Signature(), types.RelativeTo(m.Pkg()))))
		}
		return m
	}
	m := types.NewFunc(fd.Name.Pos(), named.Obj().Pkg(), fd.Name.Name, full)
	named.AddMethod(m)
	r.added = append(r.added, m)
	return m
}

// removeMethods takes back what addMethods has added, for the cell does not run.
// There is no way in go/types to do so.
func (r *checkRun) removeMethods() {
	for _, m := range r.added {
		recv := m.Signature().Recv().Type()
		if p, ok := types.Unalias(recv).(*types.Pointer); ok {
			recv = p.Elem()
		}
		f := reflect.ValueOf(types.Unalias(recv)).Elem().FieldByName("methods")
		list := (*[]*types.Func)(unsafe.Pointer(f.UnsafeAddr()))
		*list = slices.DeleteFunc(*list, func(f *types.Func) bool { return f == m })
	}
	r.added = nil
}
