package checkpoint

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
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
	f := &File{Description: h.description}
	in, buf := bufio.NewReaderSize(r, chunk), make([]byte, chunk)
	for _, name := range h.names {
		e := h.entries[name]
		s := e.make(name)
		sum, n, err := s.read(in, buf)
		if err != nil {
			return nil, &FileError{path, begin + e.Offsets[0] + n, fmt.Errorf("section %q: %w", name, err)}
		}
		if hex.EncodeToString(sum[:]) != h.sums[name] {
			return nil, &FileError{path, begin + e.Offsets[0], fmt.Errorf("section %q (%d bytes) is not what was written: its SHA-256 differs", name, n)}
		}
		f.Sections = append(f.Sections, s)
	}
	return f, nil
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
