package data

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// published is a data set of files that are known to the byte, a folder to keep
// them in, and where they can be had.
type published struct {
	Name    string
	Dir     string
	Files   []file
	Sources []source
}

// images is the data set of images in the four files, in the order of
// mnistFiles. They are kept in the folder of that name in CacheDir.
func (p published) images(ctx context.Context, folder string, classes []string) (*Dataset, error) {
	dir, err := CacheDir()
	if err != nil {
		return nil, err
	}
	p.Dir = filepath.Join(dir, folder)
	content, err := p.load(ctx)
	if err != nil {
		return nil, err
	}
	d := &Dataset{Name: p.Name, Classes: classes}
	if d.Train, err = parseSplit(p.Files[0].Name, content[0], p.Files[1].Name, content[1]); err != nil {
		return nil, err
	}
	if d.Test, err = parseSplit(p.Files[2].Name, content[2], p.Files[3].Name, content[3]); err != nil {
		return nil, err
	}
	return d, nil
}

// missing says where the files of a data set are kept and which are not there yet,
// by presence alone.
func missing(folder string, files []file) (dir string, names []string, err error) {
	dir, err = CacheDir()
	if err != nil {
		return "", nil, err
	}
	dir = filepath.Join(dir, folder)
	for _, f := range files {
		plain, compressed := filepath.Join(dir, f.Name), filepath.Join(dir, f.Name+".gz")
		if !exists(plain) && !exists(compressed) {
			names = append(names, f.Name)
		}
	}
	return dir, names, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// load returns the content of every file, in order. What is missing or corrupt
// is fetched once from the first source that has it.
func (p published) load(ctx context.Context) ([][]byte, error) {
	content := make([][]byte, len(p.Files))
	for i, f := range p.Files {
		c, err := f.read(ctx, p.Dir)
		if err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			c, err = p.fetch(ctx, f, err)
		}
		if err != nil {
			return nil, err
		}
		content[i] = c
	}
	return content, nil
}

// fetch gets f from the first source that delivers it, and keeps it. why is
// what was wrong with the cache.
func (p published) fetch(ctx context.Context, f file, why error) ([]byte, error) {
	var tried []error
	for _, s := range p.Sources {
		content, err := s.fetch(ctx, f)
		if err == nil {
			err = f.check(content)
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("data: fetching %s: %w", p.Name, context.Cause(ctx))
		}
		if err != nil {
			tried = append(tried, fmt.Errorf("%s: %w", s, err))
			continue
		}
		return content, f.write(p.Dir, content)
	}
	return nil, &FetchError{Dataset: p.Name, File: f.Name, Dir: p.Dir, Cache: why, Tried: tried}
}

// A FetchError is a data file that is not in the cache and that no source
// delivered. Its text says what was tried and what a person can do.
type FetchError struct {
	Dataset string
	File    string
	Dir     string
	Cache   error   // what was wrong with the file in Dir; fs.ErrNotExist if there was none
	Tried   []error // one for each source
}

func (e *FetchError) Error() string {
	var b strings.Builder
	if errors.Is(e.Cache, fs.ErrNotExist) {
		fmt.Fprintf(&b, "%s: %s is not in %s and could not be fetched", e.Dataset, e.File, e.Dir)
	} else {
		fmt.Fprintf(&b, "%s: %v; and it could not be fetched again", e.Dataset, e.Cache)
	}
	for _, err := range e.Tried {
		fmt.Fprintf(&b, "\n  tried %v", err)
	}
	fmt.Fprintf(&b, "\n  Put %s.gz (from any copy of %s) into %s, or set SETUN_CACHE to the folder above one that has it.", e.File, e.Dataset, e.Dir)
	return b.String()
}

func (e *FetchError) Unwrap() []error { return append([]error{e.Cache}, e.Tried...) }
