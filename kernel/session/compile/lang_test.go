package compile

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLanguage runs the programs under testdata/lang: bodies of files of package
// main, one after the other, each followed by what it prints with println and,
// after "!", the panic that ends it.
func TestLanguage(t *testing.T) {
	files, err := filepath.Glob("testdata/lang/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no programs", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split("\n"+string(b), "\n-- ")[1:] {
			name, text, _ := strings.Cut(part, " --\n")
			src, want, _ := strings.Cut(text, "== prints\n")
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txt")+"/"+name, func(t *testing.T) {
				var out bytes.Buffer
				p, pkg, err := loadProgram(Config{Stderr: &out}, map[string][]byte{"main.go": []byte("package main\n" + src)})
				if err != nil {
					t.Fatal(err)
				}
				run := p.NewRun(context.Background())
				err = errors.Join(pkg.Init(run), pkg.Call(run, "main"))
				got := out.String()
				if err != nil {
					got += "! " + err.Error() + "\n"
				}
				if strings.TrimSpace(got) != strings.TrimSpace(want) {
					t.Errorf("%s\nprints\n%s\nwant\n%s", src, got, want)
				}
			})
		}
	}
}
