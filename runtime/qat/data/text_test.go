package data

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"setun/runtime/qat/token"
)

func TestOpticks(t *testing.T) {
	d, err := Text(t.Context(), "opticks", TextConfig{})
	if err != nil {
		t.Fatal(err)
	}
	// 567,198 bytes: 56,719 to test with. A sequence needs the byte after it.
	if train, test := d.Train.Len(), d.Test.Len(); train != (567198-56719-1)/256 || test != (56719-1)/256 {
		t.Errorf("%d sequences to train and %d to test", train, test)
	}
	if got := d.Tokenizer.Decode(d.Train.Tokens(2)); !strings.HasPrefix(got, "ut Light was written at the Desire of\nsome Gentlemen of the_ Royal-Society") {
		t.Errorf("the third sequence is %q", got)
	}
	if vocab := len(d.Train.Counts()); vocab > 256 {
		t.Errorf("%d different bytes", vocab)
	}
}

func TestTextFile(t *testing.T) {
	text := strings.Repeat("All work and no play. ", 50)
	path := writeFile(t, t.TempDir(), "work.txt", []byte(text))
	bpe, err := token.TrainBPE(text, 270)
	if err != nil {
		t.Fatal(err)
	}
	for _, tokenizer := range []token.Tokenizer{nil, bpe} {
		d, err := Text(t.Context(), path, TextConfig{Tokenizer: tokenizer, Length: 8})
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Tokenizer.Decode(d.Train.Tokens(0)); !strings.HasPrefix(text, got) || d.Train.Labels() != 8 {
			t.Errorf("the first of %d labels follow %q", d.Train.Labels(), got)
		}
	}
	short, err := TextOf("short", strings.Repeat("ab", 50), TextConfig{})
	if err != nil || short.Train.Labels() != 9 {
		t.Errorf("100 bytes, of which 10 to test with: %v, %v", short, err)
	}
}

func TestTextMistakes(t *testing.T) {
	dir := t.TempDir()
	few := writeFile(t, dir, "few.txt", []byte("too few"))
	if _, err := Text(t.Context(), few, TextConfig{}); err == nil || !strings.Contains(err.Error(), "has 7 tokens") {
		t.Errorf("a text of 7 bytes: %v", err)
	}
	long := writeFile(t, dir, "long.txt", make([]byte, 1000))
	if _, err := Text(t.Context(), long, TextConfig{Length: 500}); err == nil || !strings.Contains(err.Error(), "sequences of 500 tokens from a text of 100") {
		t.Errorf("a test part of 100 bytes in sequences of 500: %v", err)
	}
	if _, err := Text(t.Context(), filepath.Join(dir, "none.txt"), TextConfig{}); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "opticks") {
		t.Errorf("no file: %v", err)
	}
	if _, err := Text(t.Context(), dir, TextConfig{}); err == nil {
		t.Error("a folder is a text")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Text(ctx, long, TextConfig{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended: %v", err)
	}
}
