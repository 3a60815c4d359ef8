package symbols

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"fmt"
	"go/token"
	"go/types"
	"io"
	"sync"

	"golang.org/x/tools/go/gcexportdata"
)

//go:embed exports.zip
var exportsZip []byte

// An Importer reads packages from the embedded type information. Packages from
// one Importer share their types; it is not safe for concurrent use.
type Importer struct {
	fset     *token.FileSet
	packages map[string]*types.Package
	complete map[string]bool
}

// NewImporter returns an Importer that has read nothing yet.
func NewImporter() *Importer {
	return &Importer{
		fset:     token.NewFileSet(),
		packages: map[string]*types.Package{},
		complete: map[string]bool{},
	}
}

// Provide makes Import, and packages that are imported from now on, take pkg for
// the package of its path.
func (im *Importer) Provide(pkg *types.Package) {
	im.packages[pkg.Path()] = pkg
	im.complete[pkg.Path()] = true
}

// Import implements types.Importer.
func (im *Importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if im.complete[path] {
		return im.packages[path], nil
	}
	data, ok := readZip(exports(), path)
	if !ok {
		return nil, fmt.Errorf("package %s is not built into this kernel", path)
	}
	pkg, err := gcexportdata.Read(bytes.NewReader(data), im.fset, im.packages, path)
	if err != nil {
		return nil, fmt.Errorf("type information of package %s: %w", path, err)
	}
	im.complete[path] = true
	return pkg, nil
}

var exports = sync.OnceValue(func() map[string]*zip.File { return openZip(exportsZip) })

func openZip(data []byte) map[string]*zip.File {
	files := map[string]*zip.File{}
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return files // an empty archive, before the first go generate
	}
	for _, f := range r.File {
		files[f.Name] = f
	}
	return files
}

func readZip(files map[string]*zip.File, name string) ([]byte, bool) {
	f := files[name]
	if f == nil {
		return nil, false
	}
	r, err := f.Open()
	if err != nil {
		return nil, false
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	return data, err == nil
}
