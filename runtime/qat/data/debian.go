package data

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// installed is a folder in which a package of the system leaves the files,
// compressed.
type installed struct{ Folder string }

func (i installed) String() string { return i.Folder }

func (i installed) fetch(ctx context.Context, f file) ([]byte, error) {
	return readContent(ctx, filepath.Join(i.Folder, f.Name+".gz"), f.Size)
}

// A debianPackage is a package of Debian that carries the files, compressed, in
// Folder. apt-get fetches it from whatever mirror the person has set up, without
// installing it and without being root.
type debianPackage struct {
	Get    string // apt-get
	Unpack string // dpkg-deb
	Name   string
	Folder string

	content map[string][]byte // of Folder, once fetched
}

func (d *debianPackage) String() string { return d.Get + " download " + d.Name }

func (d *debianPackage) fetch(ctx context.Context, f file) ([]byte, error) {
	if d.content == nil {
		content, err := d.download(ctx)
		if err != nil {
			return nil, err
		}
		d.content = content
	}
	name := f.Name + ".gz"
	packed, ok := d.content[name]
	if !ok {
		return nil, fmt.Errorf("the package has no %s: %w", path.Join(d.Folder, name), fs.ErrNotExist)
	}
	return readAll(ctx, name, bytes.NewReader(packed), f.Size, f.Size)
}

// download returns the files of Folder in the package, by name.
func (d *debianPackage) download(ctx context.Context) (map[string][]byte, error) {
	get, err := exec.LookPath(d.Get)
	if err != nil {
		return nil, err
	}
	unpack, err := exec.LookPath(d.Unpack)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "setun-data-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()

	if err := run(command(ctx, dir, get, "-q", "download", d.Name)); err != nil {
		return nil, fmt.Errorf("%w (if it does not know the package, run %s update once)", err, d.Get)
	}
	packages, err := filepath.Glob(filepath.Join(dir, "*.deb"))
	if err != nil || len(packages) != 1 {
		return nil, fmt.Errorf("it left %d packages behind, want 1", len(packages))
	}
	cmd := command(ctx, dir, unpack, "--fsys-tarfile", packages[0])
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	var content map[string][]byte
	var failed error
	if err := run(cmd, func() { content, failed = filesOf(ctx, out, d.Folder) }); err != nil {
		return nil, errors.Join(failed, err)
	}
	return content, failed
}

func command(ctx context.Context, dir, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.WaitDelay = time.Second
	return cmd
}

// run runs cmd, and between its start and its end calls each of meanwhile. An
// error holds the last line that it wrote to stderr.
func run(cmd *exec.Cmd, meanwhile ...func()) error {
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	for _, f := range meanwhile {
		f()
	}
	if err := cmd.Wait(); err != nil {
		lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
		return fmt.Errorf("%w %s", err, lines[len(lines)-1])
	}
	return nil
}

// maxArchive is the most that is kept of the files of an archive: MNIST and its
// likes have 31 MB, compressed.
const maxArchive = 64 << 20

// filesOf returns the files in a folder of a tar archive, by name.
func filesOf(ctx context.Context, archive io.Reader, folder string) (map[string][]byte, error) {
	content, left := map[string][]byte{}, int64(maxArchive)
	for r := tar.NewReader(cancelReader{ctx, archive}); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return content, nil
		}
		if err != nil {
			return nil, err
		}
		dir, name := path.Split(path.Join("/", h.Name))
		if h.Typeflag != tar.TypeReg || path.Clean(dir) != folder {
			continue
		}
		if h.Size > left {
			return nil, fmt.Errorf("%s: more than the %d bytes that are allowed in %s", h.Name, maxArchive, folder)
		}
		left -= h.Size
		file, err := io.ReadAll(io.LimitReader(r, h.Size))
		if err != nil {
			return nil, err
		}
		content[name] = file
	}
}
