package local

import (
	"embed"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unsafe"
)

// An Embed is a variable under a go:embed directive.
type Embed struct {
	Var   *ast.Ident
	Files []EmbeddedFile // in the order of package embed: by folder, then by name
}

// An EmbeddedFile is a file, or a folder with a slash behind its name and no data.
type EmbeddedFile struct {
	Name string
	Data []byte
}

// Object is the variable, once the package is checked.
func (e Embed) Object(info *types.Info) *types.Var {
	v, _ := info.Defs[e.Var].(*types.Var)
	return v
}

// Value is what the variable, of type t, begins with.
func (e Embed) Value(t types.Type) any {
	var data []byte
	for _, f := range e.Files {
		if f.Data != nil {
			data = f.Data
		}
	}
	switch t.Underlying().(type) {
	case *types.Basic:
		return string(data)
	case *types.Slice:
		return slices.Clone(data)
	}
	return fileSystem(e.Files)
}

// fileSystem is an embed.FS, which only the compiler can fill otherwise: it has a
// pointer to a slice of these.
func fileSystem(files []EmbeddedFile) embed.FS {
	type file struct {
		name, data string
		_          [16]byte // a hash that embed.FS does not read
	}
	list := make([]file, len(files))
	for i, f := range files {
		list[i] = file{name: f.Name, data: string(f.Data)}
	}
	var fs embed.FS
	*(**[]file)(unsafe.Pointer(&fs)) = &list
	return fs
}

// findEmbeds reads what the variables of a package embed.
func (p *Package) findEmbeds() (embeds []Embed, wrong []Problem) {
	for _, f := range p.Files {
		for _, d := range f.Decls {
			gd, ok := d.(*ast.GenDecl)
			if !ok || gd.Tok != token.VAR {
				continue
			}
			for _, spec := range gd.Specs {
				vs := spec.(*ast.ValueSpec)
				doc := vs.Doc
				if doc == nil && !gd.Lparen.IsValid() {
					doc = gd.Doc
				}
				patterns, pos := embedPatterns(doc)
				if len(patterns) == 0 {
					continue
				}
				files, err := embedFiles(p.Dir, patterns)
				if err != nil {
					wrong = append(wrong, Problem{pos, err.Error()})
					continue
				}
				embeds = append(embeds, Embed{vs.Names[0], files})
			}
		}
	}
	return embeds, wrong
}

// embedPatterns are the patterns of the go:embed lines of a comment.
func embedPatterns(doc *ast.CommentGroup) (patterns []string, pos token.Pos) {
	if doc == nil {
		return nil, token.NoPos
	}
	for _, c := range doc.List {
		rest, ok := strings.CutPrefix(c.Text, "//go:embed ")
		if !ok {
			continue
		}
		pos = c.Pos()
		for rest = strings.TrimSpace(rest); rest != ""; rest = strings.TrimSpace(rest) {
			if quoted, err := strconv.QuotedPrefix(rest); err == nil {
				text, _ := strconv.Unquote(quoted) // QuotedPrefix has checked it
				patterns, rest = append(patterns, text), rest[len(quoted):]
				continue
			}
			word, others, _ := strings.Cut(rest, " ")
			patterns, rest = append(patterns, word), others
		}
	}
	return patterns, pos
}

// embedFiles reads what patterns match below dir, with the folders in between.
func embedFiles(dir string, patterns []string) ([]EmbeddedFile, error) {
	found := map[string][]byte{}
	add := func(name string) error {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		found[name] = append([]byte{}, data...)
		for d := path.Dir(name); d != "."; d = path.Dir(d) {
			found[d+"/"] = nil
		}
		return nil
	}
	root := os.DirFS(dir)
	for _, pattern := range patterns {
		glob, all := strings.CutPrefix(pattern, "all:")
		names, err := fs.Glob(root, glob)
		if err != nil {
			return nil, fmt.Errorf("pattern %s: %w", pattern, err)
		}
		if len(names) == 0 {
			return nil, fmt.Errorf("pattern %s: no matching files found", pattern)
		}
		for _, start := range names {
			err := fs.WalkDir(root, start, func(name string, e fs.DirEntry, err error) error {
				hidden := strings.HasPrefix(e.Name(), ".") || strings.HasPrefix(e.Name(), "_")
				switch {
				case err != nil:
					return err
				case name != start && hidden && !all && e.IsDir():
					return fs.SkipDir
				case e.IsDir() || name != start && hidden && !all || !e.Type().IsRegular():
					return nil
				}
				return add(name)
			})
			if err != nil {
				return nil, fmt.Errorf("pattern %s: %w", pattern, err)
			}
		}
	}
	var files []EmbeddedFile
	for name, data := range found {
		files = append(files, EmbeddedFile{name, data})
	}
	slices.SortFunc(files, func(a, b EmbeddedFile) int {
		dirA, elemA := splitEmbedded(a.Name)
		dirB, elemB := splitEmbedded(b.Name)
		if c := strings.Compare(dirA, dirB); c != 0 {
			return c
		}
		return strings.Compare(elemA, elemB)
	})
	return files, nil
}

func splitEmbedded(name string) (dir, elem string) {
	name = strings.TrimSuffix(name, "/")
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		return name[:i], name[i+1:]
	}
	return ".", name
}
