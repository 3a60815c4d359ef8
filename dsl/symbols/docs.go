package symbols

import (
	"archive/zip"
	_ "embed"
	"encoding/json"
	"sync"
)

//go:embed docs.zip
var docsZip []byte

var docs = sync.OnceValue(func() map[string]*zip.File { return openZip(docsZip) })

var (
	docMu    sync.Mutex
	docCache = map[string]map[string]string{}
)

// Doc returns the documentation of a symbol, without its declaration: "" is the
// package itself, then "Name" and "Type.Method" or "Type.Field".
func Doc(path, symbol string) string {
	docMu.Lock()
	defer docMu.Unlock()
	all, ok := docCache[path]
	if !ok {
		if data, found := readZip(docs(), path); found {
			// The archive is our own: what does not parse has no documentation.
			_ = json.Unmarshal(data, &all)
		}
		docCache[path] = all
	}
	return all[symbol]
}
