package data

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// CacheDir is the folder in which data sets are kept: the environment variable
// SETUN_CACHE, or else "setun" in the user's cache folder.
func CacheDir() (string, error) {
	if dir := os.Getenv("SETUN_CACHE"); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("data: no cache folder (%w); set SETUN_CACHE to a folder to keep data sets in", err)
	}
	return filepath.Join(dir, "setun"), nil
}

// A file is one published data file: its decompressed content never changes.
type file struct {
	Name   string // without .gz
	Size   int64  // decompressed
	SHA256 string // of the decompressed content
}

// check says whether content is this file's.
func (f file) check(content []byte) error {
	if n := int64(len(content)); n != f.Size {
		return &FileError{f.Name, min(n, f.Size), fmt.Errorf("%d bytes, want %d", n, f.Size)}
	}
	if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != f.SHA256 {
		return &FileError{f.Name, 0, fmt.Errorf("corrupt: its SHA-256 is %x, want %s", sum, f.SHA256)}
	}
	return nil
}

// read returns the checked content of this file out of dir, where it may lie
// plain or compressed. An error that is fs.ErrNotExist means: not there.
func (f file) read(ctx context.Context, dir string) ([]byte, error) {
	var failed error
	for _, name := range []string{f.Name, f.Name + ".gz"} {
		path := filepath.Join(dir, name)
		content, err := readContent(ctx, path, f.Size)
		if err == nil {
			err = f.check(content)
		}
		if err == nil {
			return content, nil
		}
		// The cache is a folder that a person can look into: name the whole path.
		if fe, ok := errors.AsType[*FileError](err); ok {
			fe.File = path
		}
		if failed == nil || errors.Is(failed, fs.ErrNotExist) {
			failed = err
		}
	}
	return nil, failed
}

// write puts content into dir so that nobody ever sees half of it.
func (f file) write(dir string, content []byte) (err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("data: making the cache folder (SETUN_CACHE moves it): %w", err)
	}
	tmp, err := os.CreateTemp(dir, "."+f.Name+"-*")
	if err != nil {
		return fmt.Errorf("data: writing into the cache (SETUN_CACHE moves it): %w", err)
	}
	defer func() {
		if err != nil {
			os.Remove(tmp.Name()) // best effort; the write error is what matters
			err = fmt.Errorf("data: writing %s into the cache (SETUN_CACHE moves it): %w", f.Name, err)
		}
	}()
	_, err = tmp.Write(content)
	if err := errors.Join(err, tmp.Chmod(0o644), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), filepath.Join(dir, f.Name))
}
