package token

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// bpeFile is a BPE as it is stored, in JSON.
type bpeFile struct {
	Format  string     `json:"format"`
	Version int        `json:"version"`
	Merges  [][2]int32 `json:"merges"`
}

const (
	bpeFormat  = "setun bpe"
	bpeVersion = 1
	// maxFile is how long a stored BPE may be: MaxVocab merges.
	maxFile = 32 << 20
)

// Save writes the merges to a file, which is there as a whole or not at all.
func (b *BPE) Save(path string) (err error) {
	f := bpeFile{Format: bpeFormat, Version: bpeVersion, Merges: make([][2]int32, len(b.merges))}
	for i, m := range b.merges {
		f.Merges[i] = [2]int32{m.Left, m.Right}
	}
	text, err := json.Marshal(f)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("token: %w", err)
	}
	defer func() {
		if err != nil {
			os.Remove(tmp.Name()) // best effort; the write error is what matters
			err = fmt.Errorf("token: writing %s: %w", path, err)
		}
	}()
	_, err = tmp.Write(append(text, '\n'))
	if err := errors.Join(err, tmp.Chmod(0o644), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// LoadBPE reads what Save wrote.
func LoadBPE(path string) (*BPE, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("token: reading %s: %w", path, err)
	}
	if len(text) > maxFile {
		return nil, fmt.Errorf("%s: at byte %d: longer than the %d bytes that are allowed", path, maxFile, maxFile)
	}
	b, err := parseBPE(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return b, nil
}

func parseBPE(text []byte) (*BPE, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var f bpeFile
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("at byte %d: %w", d.InputOffset(), err)
	}
	if f.Format != bpeFormat || f.Version != bpeVersion {
		return nil, fmt.Errorf("at byte 0: %q of version %d; want %q of version %d", f.Format, f.Version, bpeFormat, bpeVersion)
	}
	merges := make([]Merge, len(f.Merges))
	for i, m := range f.Merges {
		merges[i] = Merge{m[0], m[1]}
	}
	return NewBPE(merges)
}
