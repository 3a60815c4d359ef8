package checkpoint

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"testing"
)

// Sealed is a file with that header and data whose header has a right checksum.
func Sealed(t *testing.T, header map[string]any, data []byte) []byte {
	t.Helper()
	text, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	return SealedText(string(text), data)
}

// SealedText is Sealed for a header that need not be JSON.
func SealedText(header string, data []byte) []byte {
	b := []byte(header)
	if at := ownSum(b); at >= 0 {
		copy(b[at:], zeros)
		own := sha256.Sum256(b)
		hex.Encode(b[at:at+len(zeros)], own[:])
	}
	file := binary.LittleEndian.AppendUint64(nil, uint64(len(b)))
	return append(append(file, b...), data...)
}
