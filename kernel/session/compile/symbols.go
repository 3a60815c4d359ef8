package compile

import (
	"go/types"
	"path"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// symbol is the compiled value of a package-level object.
func (p *Program) symbol(obj types.Object) (reflect.Value, bool) {
	pkg := obj.Pkg()
	if pkg == nil || obj.Parent() != pkg.Scope() && obj.Parent() != nil {
		return reflect.Value{}, false
	}
	if p.cfg.Lookup == nil {
		v, ok := p.cfg.Symbols[pkg.Path()+"/"+pkg.Name()][obj.Name()]
		return v, ok
	}
	return p.lookup(pkg.Path(), obj.Name())
}

// lookup is the compiled value of a name of a package that has the last element
// of its path as its name.
func (p *Program) lookup(pkgPath, name string) (reflect.Value, bool) {
	if p.cfg.Lookup != nil {
		return p.cfg.Lookup(pkgPath, name)
	}
	v, ok := p.cfg.Symbols[pkgPath+"/"+path.Base(pkgPath)][name]
	return v, ok
}

// nativeType is the compiled type of a name, nil if there is none.
func (p *Program) nativeType(t *types.Named) *rtype {
	if t.TypeArgs().Len() > 0 {
		return nil
	}
	obj := t.Obj()
	if obj.Pkg() == nil { // error, comparable
		return rtypeFor[error]()
	}
	if v, ok := p.symbol(obj); ok && v.Kind() == reflect.Pointer {
		p.learnFields(t, v.Type().Elem())
		return toRtype(v.Type().Elem())
	}
	return p.learned[typeKey(obj)]
}

// learnFields learns the types that t, an exported struct, embeds.
func (p *Program) learnFields(t *types.Named, r reflect.Type) {
	st, ok := t.Underlying().(*types.Struct)
	if !ok || r.Kind() != reflect.Struct || r.NumField() != st.NumFields() {
		return
	}
	for i := range st.NumFields() {
		if f := st.Field(i); f.Embedded() {
			p.learn(f.Type(), r.Field(i).Type)
		}
	}
}

func typeKey(obj types.Object) string { return obj.Pkg().Path() + "." + obj.Name() }

// learn notes the compiled types of names that the symbols do not export but
// use: t is what go/types says of something whose compiled type is r.
func (p *Program) learn(t types.Type, r reflect.Type) {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		obj := t.Obj()
		if obj.Exported() || obj.Pkg() == nil || t.TypeArgs().Len() > 0 || obj.Parent() != obj.Pkg().Scope() || r.Name() != obj.Name() {
			return
		}
		if _, ok := p.learned[typeKey(obj)]; !ok {
			p.learned[typeKey(obj)] = toRtype(r)
		}
	case *types.Pointer:
		if r.Kind() == reflect.Pointer {
			p.learn(t.Elem(), r.Elem())
		}
	case *types.Slice:
		if r.Kind() == reflect.Slice {
			p.learn(t.Elem(), r.Elem())
		}
	case *types.Signature:
		if r.Kind() == reflect.Func && r.NumIn() == t.Params().Len() && r.NumOut() == t.Results().Len() {
			for i := range t.Params().Len() {
				p.learn(t.Params().At(i).Type(), r.In(i))
			}
			for i := range t.Results().Len() {
				p.learn(t.Results().At(i).Type(), r.Out(i))
			}
		}
	}
}

// override is the Func of functions that are not compiled from their syntax:
// those of compiled packages, and those that the engine does itself.
func (p *Program) override(fn *ssa.Function) *Func {
	obj, _ := fn.Object().(*types.Func)
	if obj != nil && fn.Pkg != nil || fn.Blocks == nil {
		if f := p.intrinsic(fn, obj); f != nil {
			return f
		}
	}
	if fn.Blocks != nil {
		return nil
	}
	if fn.Synthetic == "package initializer" { // the binary has run it
		return p.thunk(fn.String(), fn.Signature, nil, func(*fnc) instr { return func(*Frame) {} })
	}
	if o := fn.Origin(); obj == nil && o != nil {
		obj, _ = o.Object().(*types.Func)
	}
	sig := fn.Signature
	if obj == nil {
		return p.missing(fn.String(), sig)
	}
	if value := p.cfg.PerRun[obj.FullName()]; value != nil {
		var recv types.Type
		if sig.Recv() != nil {
			recv = sig.Recv().Type()
		}
		return p.nativeThunk(obj.FullName(), sig, recv, true, func(*fnc) func(*Frame) unsafe.Pointer {
			return func(fp *Frame) unsafe.Pointer {
				x := value(fp.th.run).Interface()
				return efaceOf(&x).data
			}
		})
	}
	if recv := sig.Recv(); recv != nil {
		return p.nativeMethod(obj, sig)
	}
	v, ok := p.symbol(obj)
	if !ok || v.Kind() != reflect.Func {
		return p.missing(obj.FullName(), sig)
	}
	p.learn(sig, v.Type())
	x := v.Interface()
	return p.nativeFunc(obj, sig, nil, efaceOf(&x).data)
}

// nativeFunc is the Func of a compiled function with function value fv.
func (p *Program) nativeFunc(obj *types.Func, sig *types.Signature, recv types.Type, fv unsafe.Pointer) *Func {
	f := p.nativeThunk(obj.FullName(), sig, recv, true, func(*fnc) func(*Frame) unsafe.Pointer {
		return func(*Frame) unsafe.Pointer { return fv }
	})
	f.native, f.obj = fv, obj
	return f
}

// nativeMethod is the Func of a method of a compiled type.
func (p *Program) nativeMethod(obj *types.Func, sig *types.Signature) *Func {
	recv := sig.Recv().Type()
	m, ok := p.rt(recv).reflect().MethodByName(obj.Name())
	if !ok {
		return p.missing(obj.FullName(), sig)
	}
	if p.learnMethod(sig, m.Type); m.Func.IsValid() {
		x := m.Func.Interface()
		return p.nativeFunc(obj, sig, recv, efaceOf(&x).data)
	}
	return p.missing(obj.FullName(), sig)
}

// learnMethod is learn for a method whose type has the receiver first.
func (p *Program) learnMethod(sig *types.Signature, t reflect.Type) {
	if t.NumIn() != sig.Params().Len()+1 {
		return
	}
	for i := range sig.Params().Len() {
		p.learn(sig.Params().At(i).Type(), t.In(i+1))
	}
	for i := range sig.Results().Len() {
		p.learn(sig.Results().At(i).Type(), t.Out(i))
	}
}
