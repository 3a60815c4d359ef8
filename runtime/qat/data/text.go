package data

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"setun/runtime/qat/token"
)

// Opticks by Isaac Newton, the fourth edition of 1730, transcribed by Suzanne
// Lybarger, steve harris, Josephine Paolucci and the Online Distributed
// Proofreading Team. It is in the public domain; the Go project ships it too, as
// src/testdata/Isaac.Newton-Opticks.txt.
//
//go:embed opticks.txt.gz
var opticks []byte

// opticksSize is the length of the text, in bytes.
const opticksSize = 567198

const (
	// DefaultLength is that of sequences of text, in tokens.
	DefaultLength = 256
	// maxTextFile is the longest text file that is read.
	maxTextFile = 1 << 30
	// testPart is the share of a text, 1/testPart, that is kept to measure with.
	testPart = 10
)

// TextConfig is how a text is made into samples. The zero value is bytes in
// sequences of DefaultLength.
type TextConfig struct {
	Tokenizer token.Tokenizer // nil: token.Bytes
	Length    int             // tokens of a sequence; 0: DefaultLength, or what a short text allows
}

// Text is a text to learn a language model from: "opticks", which is Newton's
// Opticks (1730; 567,198 bytes), or a file by its path. Its first nine tenths are
// to train with, the rest to test with.
func Text(ctx context.Context, name string, c TextConfig) (*Dataset, error) {
	text, err := ReadText(ctx, name)
	if err != nil {
		return nil, err
	}
	return TextOf(name, text, c)
}

// TextOf is Text of a text that is at hand, under a name.
func TextOf(name, text string, c TextConfig) (*Dataset, error) {
	if c.Tokenizer == nil {
		c.Tokenizer = token.Bytes{}
	}
	tokens := c.Tokenizer.Encode(text)
	cut := len(tokens) - len(tokens)/testPart
	if c.Length < 0 || cut < 2 || len(tokens)-cut < 2 {
		return nil, fmt.Errorf("data: the text %s has %d tokens, in sequences of %d; want at least 20, and sequences of at least 1", name, len(tokens), c.Length)
	}
	// A sequence needs the token after it.
	length := cmp.Or(c.Length, min(DefaultLength, len(tokens)-cut-1))
	d := &Dataset{Name: name, Tokenizer: c.Tokenizer}
	var err error
	if d.Train, err = NewText(tokens[:cut], length); err != nil {
		return nil, fmt.Errorf("%w: %s, training part", err, name)
	}
	if d.Test, err = NewText(tokens[cut:], length); err != nil {
		return nil, fmt.Errorf("%w: %s, test part", err, name)
	}
	return d, nil
}

// readText returns the text of that name.
func ReadText(ctx context.Context, name string) (string, error) {
	if name == "opticks" {
		text, err := readAll(ctx, "opticks.txt.gz", bytes.NewReader(opticks), opticksSize, opticksSize)
		return string(text), err
	}
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("data: there is no text %q: want the path of a file, or \"opticks\": %w", name, fs.ErrNotExist)
	}
	if err != nil {
		return "", fmt.Errorf("data: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(cancelReader{ctx, f}, maxTextFile+1))
	if err != nil {
		return "", readError(ctx, name, int64(len(text)), err)
	}
	if len(text) > maxTextFile {
		return "", &FileError{name, maxTextFile, fmt.Errorf("longer than the %d bytes that are allowed", maxTextFile)}
	}
	return string(text), nil
}
