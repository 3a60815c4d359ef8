package session

import (
	"fmt"
	"go/token"
	"go/types"
	"os"
	"slices"

	"setun/dsl/symbols"
	"setun/kernel/session/engine"
	"setun/kernel/session/local"
)

// builtin are the paths of the packages that are built in.
var builtin = func() map[string]bool {
	out := map[string]bool{"unsafe": true}
	for _, p := range symbols.Packages {
		out[p.Path] = true
	}
	return out
}()

// newLoader makes a loader whose files are sources like cells: errors and traces
// show their lines.
func newLoader(s *sources, base types.Importer) *local.Loader {
	return local.New(local.Config{
		Fset: s.fset, Base: base,
		Builtin: func(path string) bool { return builtin[path] },
		Parsed: func(f *token.File, name, text string) {
			src := newSource(0, text)
			src.name = name
			s.files[f] = origin{src, 0}
		},
	})
}

// An importer finds what one cell imports: packages that are built in, and those
// on disk as seen from the folder that the session is in.
type importer struct {
	s    *Session
	used []*local.Package // from disk
}

// Import implements types.Importer.
func (im *importer) Import(path string) (*types.Package, error) {
	if !im.s.local.Local(path) {
		return im.s.importer.Import(path)
	}
	dir, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("import %s: %w", path, err)
	}
	p, err := im.s.local.Import(path, dir)
	if err != nil {
		return nil, err
	}
	im.used = append(im.used, p)
	return p.Types, nil
}

// unstarted are the packages of the cell whose variables have no values yet, before
// those that import them.
func (im *importer) unstarted() (order []*local.Package) {
	var visit func(p *local.Package)
	visit = func(p *local.Package) {
		if p.Started || slices.Contains(order, p) {
			return
		}
		for _, imp := range p.Imports {
			visit(imp)
		}
		order = append(order, p)
	}
	for _, p := range im.used {
		visit(p)
	}
	return order
}

// enginePackages is what an engine is to know of packages.
func enginePackages(packages []*local.Package) (list []*engine.Package) {
	for _, p := range packages {
		e := &engine.Package{Types: p.Types, Files: p.Files, Info: p.Info, Embedded: map[*types.Var]any{}, Started: func() { p.Started = true }}
		for _, embed := range p.Embeds {
			if v := embed.Object(p.Info); v != nil {
				e.Embedded[v] = embed.Value(v.Type())
			}
		}
		list = append(list, e)
	}
	return list
}

// tellReloads tells of packages that have been read again.
func (s *Session) tellReloads(out Output) {
	s.mu.Lock()
	notes := s.local.Notes()
	s.mu.Unlock()
	for _, n := range notes {
		out.Stream("stderr", n+"\n")
	}
}

// dropFailed forgets the packages among list that have not started, so that they
// are read and started again when they are wanted again.
func (s *Session) dropFailed(list []*local.Package) {
	for _, p := range list {
		if !p.Started {
			s.local.Drop(p)
		}
	}
}
