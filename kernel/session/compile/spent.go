package compile

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// spent drops what a cell needs only until it is compiled: its statements as SSA,
// and the names that nobody outside it knows. What later cells may refer to
// stays.
func (b *cellBuilder) spent(body *types.Func) {
	p := b.p
	pkg := p.ssa.Package(b.main)
	objects := objectsOf(pkg)
	own := []types.Object{body}
	if b.check != nil {
		own = append(own, b.check)
	}
	for _, v := range b.results {
		own = append(own, v)
	}
	for _, v := range b.zeros {
		own = append(own, v)
	}
	for _, obj := range own {
		switch m := objects[obj].(type) {
		case *ssa.Function:
			delete(p.funcs, m)
			delete(p.byObj, obj.(*types.Func))
			if obj == body { // the others are compiled when they are called
				m.Blocks, m.Locals, m.Recover = nil, nil, nil
			}
		case *ssa.Global:
			delete(p.globals, m)
		}
		delete(objects, obj)
		delete(pkg.Members, obj.Name())
	}
}
