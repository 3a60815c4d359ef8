//go:build ignore

// Files: a temporary tree walked and summed, fs.FS of our own, io/fs helpers, a
// write-then-rename, an archive in memory, appending logs with Seek and Truncate.
package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"testing/fstest"
	"time"
)

type upperFS struct{ fs.FS }

type upperFile struct{ fs.File }

func (u upperFS) Open(name string) (fs.File, error) {
	f, err := u.FS.Open(name)
	if err != nil {
		return nil, fmt.Errorf("upper: %w", err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return f, nil
	}
	return upperFile{f}, nil
}

func (f upperFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	copy(p, bytes.ToUpper(p[:n]))
	return n, err
}

func save(name string, data []byte) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(name), "save*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(tmp.Name())
		}
	}()
	if _, err = tmp.Write(data); err != nil {
		return err
	}
	if err = tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}

func sizes(root fs.FS) (out []string, total int64) {
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "skip":
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		total += info.Size()
		out = append(out, fmt.Sprint(p, "=", info.Size()))
		return nil
	})
	if err != nil {
		out = append(out, err.Error())
	}
	sort.Strings(out)
	return
}

func main() {
	dir, err := os.MkdirTemp("", "files")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	for _, f := range []string{"a.txt", "sub/b.txt", "sub/deep/c.md", "skip/d.txt"} {
		name := filepath.Join(dir, filepath.FromSlash(f))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			fmt.Println(err)
		}
		fmt.Print(save(name, []byte(strings.Repeat(path.Base(f), 2))), " ")
	}
	fmt.Println(save(filepath.Join(dir, "none", "x"), nil) != nil)
	tree := os.DirFS(dir)
	fmt.Println(sizes(tree))
	up := upperFS{tree}
	b, err := fs.ReadFile(up, "sub/b.txt")
	fmt.Println(string(b), err)
	_, err = fs.ReadFile(up, "nope")
	var pe *fs.PathError
	fmt.Println(errors.Is(err, fs.ErrNotExist), errors.As(err, &pe) && pe.Op == "open", strings.HasPrefix(err.Error(), "upper: "))
	_, err = up.Open("../x")
	fmt.Println(errors.Is(err, fs.ErrInvalid))
	matches, err := fs.Glob(up, "*/*.txt")
	fmt.Println(matches, err)
	sub, _ := fs.Sub(up, "sub")
	entries, _ := fs.ReadDir(sub, ".")
	for _, e := range entries {
		fmt.Print(e, "; ")
	}
	fmt.Println()

	log, err := os.OpenFile(filepath.Join(dir, "log"), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	fmt.Println(err)
	for i := range 3 {
		fmt.Fprintf(log, "entry %d\n", i)
	}
	log.Seek(8, io.SeekStart)
	rest, _ := io.ReadAll(log)
	fmt.Printf("%q %v\n", rest, log.Truncate(4))
	info, _ := log.Stat()
	fmt.Println(info.Size(), info.Mode(), info.Name(), log.Close(), errors.Is(log.Close(), os.ErrClosed))

	mem := fstest.MapFS{"x/y": {Data: []byte("why"), ModTime: time.Unix(0, 0)}, "z": {Mode: 0o444}}
	fmt.Println(sizes(mem))
	fmt.Println(fstest.TestFS(mem, "x/y", "z"))
	var buf bytes.Buffer
	zw := zip.NewWriter(&buf)
	fmt.Println(zw.AddFS(mem), zw.Close())
	zr, err := zip.NewReader(bytes.NewReader(buf.Bytes()), int64(buf.Len()))
	fmt.Println(err)
	for _, f := range zr.File {
		fmt.Print(f.Name, " ", f.UncompressedSize64, "; ")
	}
	b, err = fs.ReadFile(upperFS{zr}, "x/y")
	fmt.Println(string(b), err)
	fmt.Println(path.Clean("/a/./b/../../c"), path.Ext("x.tar.gz"), path.IsAbs("a"), path.Join("a", "..", "b"))
}
