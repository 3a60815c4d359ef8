package session

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
)

// provenance names the code that has run: a hash over the texts of the cells, in
// order, each once. To run a cell again as it stands does not change it, so that a
// notebook which is run from its beginning has the name that it had the last time.
type provenance struct {
	seen map[string]bool
	hash hash.Hash // SHA-256
}

func newProvenance() *provenance { return &provenance{map[string]bool{}, sha256.New()} }

// add takes note of a cell that is about to run.
func (p *provenance) add(code string) {
	if p.seen[code] {
		return
	}
	p.seen[code] = true
	var size [8]byte
	binary.LittleEndian.PutUint64(size[:], uint64(len(code)))
	p.hash.Write(size[:])
	p.hash.Write([]byte(code))
}

// String is the hash in hexadecimal.
func (p *provenance) String() string { return hex.EncodeToString(p.hash.Sum(nil)) }
