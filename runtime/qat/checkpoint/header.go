package checkpoint

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The header of a safetensors file is a JSON object: an entry for each tensor,
// and strings under __metadata__. Ours are
//
//	format       the version of what is below
//	description  JSON of whoever wrote the file
//	sections     JSON: the SHA-256 of each section, by its name
//	header       the SHA-256 of the header in which these 64 digits are zeros
//
// Numbers lie in the order of the offsets, without gaps, up to the end of the file.
const (
	metadata = "__metadata__"
	format   = "setun-checkpoint-1"

	// maxHeader is the most that a header may take: some 10,000 times less than
	// the weights that it describes.
	maxHeader = 64 << 20
	// alignment of the first number in the file: the header is padded to it.
	alignment = 64
)

// An entry is a tensor in the header of a safetensors file.
type entry struct {
	DType   string   `json:"dtype"`
	Shape   []int    `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"` // from the end of the header
}

// header is a header that has been understood.
type header struct {
	description []byte
	names       []string // in the order of the offsets
	entries     map[string]entry
	sums        map[string]string
}

// zeros stand in the place of a SHA-256.
var zeros = strings.Repeat("0", 2*sha256.Size)

// encode returns the header with the bytes before it, padded. Its length does
// not depend on the sums.
func (h *header) encode() ([]byte, error) {
	sums, err := json.Marshal(h.sums)
	if err != nil {
		return nil, err
	}
	all := map[string]any{metadata: map[string]string{
		"format": format, "description": string(h.description), "sections": string(sums), "header": zeros,
	}}
	for name, e := range h.entries {
		all[name] = e
	}
	var text bytes.Buffer
	text.Write(make([]byte, 8))
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(all); err != nil {
		return nil, err
	}
	text.Truncate(text.Len() - 1) // the end of the line
	for text.Len()%alignment != 0 {
		text.WriteByte(' ')
	}
	b := text.Bytes()
	n := len(b) - 8
	if n > maxHeader {
		return nil, fmt.Errorf("checkpoint: a header of %d bytes, more than %d", n, maxHeader)
	}
	for i := range 8 {
		b[i] = byte(n >> (8 * i))
	}
	own := sha256.Sum256(b[8:])
	at := ownSum(b)
	hex.Encode(b[at:at+len(zeros)], own[:])
	return b, nil
}

// ownSum returns where in a header its own SHA-256 stands, -1 if nowhere. No
// string in a header has the mark in it: JSON escapes the quotes.
func ownSum(b []byte) int {
	mark := []byte(`"header":"`)
	at := bytes.LastIndex(b, mark)
	if at < 0 || at+len(mark)+len(zeros) > len(b) {
		return -1
	}
	return at + len(mark)
}

// decode understands a header (without its length) before data bytes of numbers.
// Nothing in it has been believed when it returns.
func decode(b []byte, data int64) (*header, error) {
	at := ownSum(b)
	if at < 0 {
		return nil, errors.New("no checksum in the header: this is no checkpoint, or another program's safetensors file")
	}
	want := string(b[at : at+len(zeros)])
	blank := bytes.Clone(b)
	copy(blank[at:], zeros)
	if got := sha256.Sum256(blank); hex.EncodeToString(got[:]) != want {
		return nil, errors.New("the header is not what was written: its SHA-256 differs")
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(b, &all); err != nil {
		return nil, fmt.Errorf("the header is no JSON: %w", err)
	}
	var meta map[string]string
	if err := json.Unmarshal(all[metadata], &meta); err != nil {
		return nil, fmt.Errorf("the metadata: %w", err)
	}
	if meta["format"] != format {
		return nil, fmt.Errorf("the format is %q; this program reads %q", meta["format"], format)
	}
	h := &header{description: []byte(meta["description"]), entries: map[string]entry{}}
	if err := json.Unmarshal([]byte(meta["sections"]), &h.sums); err != nil {
		return nil, fmt.Errorf("the checksums of the sections: %w", err)
	}
	delete(all, metadata)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		var e entry
		if err := json.Unmarshal(all[name], &e); err != nil {
			return nil, fmt.Errorf("section %q: %w", name, err)
		}
		if err := e.check(data); err != nil {
			return nil, fmt.Errorf("section %q: %w", name, err)
		}
		h.entries[name] = e
	}
	h.names = slices.SortedFunc(maps.Keys(h.entries), func(a, b string) int {
		x, y := h.entries[a], h.entries[b]
		return cmp.Or(cmp.Compare(x.Offsets[0], y.Offsets[0]), cmp.Compare(x.Offsets[1], y.Offsets[1]), cmp.Compare(a, b))
	})
	end := int64(0)
	for _, name := range h.names {
		e := h.entries[name]
		if e.Offsets[0] != end {
			return nil, fmt.Errorf("section %q begins at %d of the data; the one before it ends at %d", name, e.Offsets[0], end)
		}
		if len(h.sums[name]) != len(zeros) {
			return nil, fmt.Errorf("section %q has no checksum", name)
		}
		end = e.Offsets[1]
	}
	if end != data {
		return nil, fmt.Errorf("the sections end at %d of %d bytes of data", end, data)
	}
	return h, nil
}

// check refuses an entry that does not lie in data bytes or whose shape is not
// that of its bytes.
func (e *entry) check(data int64) error {
	size, known := sizes[e.DType]
	if !known {
		return fmt.Errorf("numbers of type %q; a checkpoint has F32, F64 and U8", e.DType)
	}
	lo, hi := e.Offsets[0], e.Offsets[1]
	if lo < 0 || hi < lo || hi > data {
		return fmt.Errorf("it claims bytes %d to %d of the %d that there are after the header: truncated, or not to be trusted", lo, hi, data)
	}
	bytes := int64(size)
	for _, d := range e.Shape {
		if d < 0 || d > 0 && bytes > (hi-lo)/int64(d) {
			return fmt.Errorf("a shape %v in %d bytes", e.Shape, hi-lo)
		}
		bytes *= int64(d)
	}
	if bytes != hi-lo {
		return fmt.Errorf("a shape %v in %d bytes", e.Shape, hi-lo)
	}
	return nil
}
