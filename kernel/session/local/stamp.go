package local

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A stamp is what tells whether the files of a package have changed: names, sizes
// and times of its Go files, and of what it embeds.
type stamp map[string]fileStamp

type fileStamp struct {
	size int64
	time time.Time
}

func stampOf(dir string, embeds []Embed) stamp {
	s := stamp{}
	// A folder that cannot be read any more has no files, which is a change.
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".go") && !strings.HasSuffix(e.Name(), "_test.go") {
			s.add(dir, e.Name())
		}
	}
	for _, e := range embeds {
		for _, f := range e.Files {
			if f.Data != nil {
				s.add(dir, filepath.FromSlash(f.Name))
			}
		}
	}
	return s
}

func (s stamp) add(dir, name string) {
	if info, err := os.Stat(filepath.Join(dir, name)); err == nil {
		s[name] = fileStamp{info.Size(), info.ModTime()}
	}
}

// changed names a file of the folder that is new, gone or another than it was; ""
// if there is none.
func (s stamp) changed(dir string) string {
	now := stampOf(dir, nil)
	for name := range s {
		if _, ok := now[name]; !ok {
			now.add(dir, name) // it is embedded
		}
	}
	var names []string
	for name, f := range now {
		if s[name] != f {
			names = append(names, name)
		}
	}
	for name := range s {
		if _, ok := now[name]; !ok {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return slices.Min(names)
}
