package checkpoint

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
)

// A File is what a checkpoint holds.
type File struct {
	// Description is JSON: what the file is of.
	Description json.RawMessage
	Sections    []Section
}

// A FileError is a checkpoint that cannot be used as it is.
type FileError struct {
	File   string
	Offset int64 // where the fault is, or where the section begins that is not what was written
	Err    error
}

func (e *FileError) Error() string {
	return fmt.Sprintf("%s: at byte %d: %v", e.File, e.Offset, e.Err)
}

func (e *FileError) Unwrap() error { return e.Err }

// Write writes f under path: all of it, or, if there is an error or the machine
// stops, nothing. A file that was there is replaced.
func Write(path string, f *File) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	tmp, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*"+temporary)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
		}
	}()
	if err := f.write(tmp); err != nil {
		return fmt.Errorf("checkpoint: writing %s: %w", path, err)
	}
	if err := tmp.Chmod(0o644); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	// The name must not be on the disk before the content is.
	if err := tmp.Sync(); err != nil {
		return fmt.Errorf("checkpoint: %s: %w", path, err)
	}
	if err := tmp.Close(); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return syncDir(dir)
}

// temporary ends the names of files that are not complete.
const temporary = ".part"

// write writes the header twice: the checksums in it are known only after the
// sections.
func (f *File) write(w *os.File) error {
	h := &header{description: f.Description, entries: map[string]entry{}, sums: map[string]string{}}
	end := int64(0)
	for i := range f.Sections {
		s := &f.Sections[i]
		if err := s.check(); err != nil {
			return err
		}
		if _, twice := h.entries[s.Name]; twice {
			return fmt.Errorf("two sections %q", s.Name)
		}
		dtype, size := s.dtype()
		begin := end
		end += int64(s.len()) * int64(size)
		h.entries[s.Name] = entry{DType: dtype, Shape: s.shape(), Offsets: [2]int64{begin, end}}
		h.sums[s.Name] = zeros
	}
	text, err := h.encode()
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	buf := make([]byte, chunk)
	for i := range f.Sections {
		sum, err := f.Sections[i].write(w, buf)
		if err != nil {
			return err
		}
		h.sums[f.Sections[i].Name] = hex.EncodeToString(sum[:])
	}
	if text, err = h.encode(); err != nil {
		return err
	}
	_, err = w.WriteAt(text, 0)
	return err
}

// Read reads the checkpoint under path and believes nothing in it that its
// checksums do not say. What is wrong with it is a *FileError.
func Read(path string) (*File, error) {
	r, h, begin, err := open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	f := &File{Description: h.description, Sections: make([]Section, len(h.names))}
	err = h.each(func(i int, name string, e entry, buf []byte) error {
		s := &f.Sections[i]
		*s = e.make(name)
		sum, n, err := s.read(io.NewSectionReader(r, begin+e.Offsets[0], e.Offsets[1]-e.Offsets[0]), buf)
		return h.judge(path, begin, name, sum, n, err)
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Verify reads the checkpoint under path as Read does, and keeps nothing.
func Verify(path string) error {
	r, h, begin, err := open(path)
	if err != nil {
		return err
	}
	defer r.Close()
	return h.each(func(_ int, name string, e entry, buf []byte) error {
		hash := sha256.New()
		n, err := io.CopyBuffer(struct{ io.Writer }{hash}, io.NewSectionReader(r, begin+e.Offsets[0], e.Offsets[1]-e.Offsets[0]), buf)
		if err == nil && n < e.Offsets[1]-e.Offsets[0] {
			err = io.ErrUnexpectedEOF
		}
		return h.judge(path, begin, name, sum(hash), n, err)
	})
}

// judge is the error of a section of which n bytes were read.
func (h *header) judge(path string, begin int64, name string, sum [sha256.Size]byte, n int64, err error) error {
	at := begin + h.entries[name].Offsets[0]
	if err != nil {
		return &FileError{path, at + n, fmt.Errorf("section %q: %w", name, err)}
	}
	if hex.EncodeToString(sum[:]) != h.sums[name] {
		return &FileError{path, at, fmt.Errorf("section %q (%d bytes) is not what was written: its SHA-256 differs", name, n)}
	}
	return nil
}

// each calls do for the sections, on all processors, each with a buffer of a
// chunk. Of several errors it returns that of the first section.
func (h *header) each(do func(i int, name string, e entry, buf []byte) error) error {
	failed := make([]error, len(h.names))
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(h.names)) {
		all.Go(func() {
			buf := make([]byte, chunk)
			for i := next.Add(1) - 1; i < int64(len(h.names)); i = next.Add(1) - 1 {
				name := h.names[i]
				if failed[i] = do(int(i), name, h.entries[name], buf); failed[i] != nil {
					return
				}
			}
		})
	}
	all.Wait()
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}

// Describe reads the description of the checkpoint under path and no more: the
// sections may be other than they should.
func Describe(path string) (json.RawMessage, error) {
	r, h, _, err := open(path)
	if err != nil {
		return nil, err
	}
	return h.description, r.Close()
}

// open reads the header of a file; begin is where the numbers begin.
func open(path string) (r *os.File, h *header, begin int64, err error) {
	r, err = os.Open(path)
	if err != nil {
		return nil, nil, 0, fmt.Errorf("checkpoint: %w", err)
	}
	defer func() {
		if err != nil {
			r.Close()
		}
	}()
	info, err := r.Stat()
	if err != nil {
		return nil, nil, 0, fmt.Errorf("checkpoint: %w", err)
	}
	var length [8]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, nil, 0, &FileError{path, 0, errors.New("truncated within the length of its header")}
	}
	n, rest := binary.LittleEndian.Uint64(length[:]), uint64(info.Size()-8)
	if n > maxHeader || n > rest {
		return nil, nil, 0, &FileError{path, 0, fmt.Errorf("a header of %d bytes, where %d are left and %d are the most: truncated, or no checkpoint", n, rest, maxHeader)}
	}
	text := make([]byte, n)
	if m, err := io.ReadFull(r, text); err != nil {
		return nil, nil, 0, &FileError{path, int64(8 + m), err}
	}
	begin = 8 + int64(n)
	if h, err = decode(text, info.Size()-begin); err != nil {
		return nil, nil, 0, &FileError{path, 8, err}
	}
	return r, h, begin, nil
}
