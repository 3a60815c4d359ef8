package symbols

import (
	"archive/zip"
	_ "embed"
	"path"
	"sync"
)

//go:embed sources.zip
var sourcesZip []byte

var sources = sync.OnceValue(func() map[string]*zip.File { return openZip(sourcesZip) })

// Source returns the Go files of a package of generic functions, by file name;
// none for all other packages. The files are the Go project's (see NOTICE).
func Source(pkg string) map[string]string {
	out := map[string]string{}
	for name := range sources() {
		if path.Dir(name) != pkg {
			continue
		}
		if data, ok := readZip(sources(), name); ok {
			out[path.Base(name)] = string(data)
		}
	}
	return out
}
