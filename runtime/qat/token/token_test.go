package token_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"setun/runtime/qat/token"
)

// The example of the paper: low, lower, newest, widest. The pairs that occur most
// often are joined in turn.
func ExampleTrainBPE() {
	b, err := token.TrainBPE("low low low low low lower lower newest newest newest newest newest newest widest widest widest", 264)
	if err != nil {
		fmt.Println(err)
		return
	}
	show := func(tokens ...int32) {
		var texts []string
		for _, t := range tokens {
			texts = append(texts, b.Text(t))
		}
		fmt.Printf("%q\n", texts)
	}
	show(256, 257, 258, 259, 260, 261, 262, 263)
	show(b.Encode("lowest newest")...)
	// Output:
	// ["es" "est" "lo" "low" " n" " low" "ew" " new"]
	// ["low" "est" " new" "est"]
}

var texts = []string{
	"",
	"a",
	"The rays of light, in their passage…",
	"  two  spaces\n\n\tand tabs \r\n ",
	"Grüße, 世界! 1730 42x7",
	"\xff\xfe broken \xc3 UTF-8 \x00",
	strings.Repeat("long", 100) + strings.Repeat(" ", 200) + strings.Repeat("é", 90),
}

// Every text comes back to the byte.
func TestRoundTrip(t *testing.T) {
	trained, err := token.TrainBPE(strings.Repeat(strings.Join(texts, " "), 2), 400)
	if err != nil {
		t.Fatal(err)
	}
	for _, tokenizer := range []token.Tokenizer{token.Bytes{}, trained} {
		for _, text := range texts {
			tokens := tokenizer.Encode(text)
			for _, tok := range tokens {
				if tok < 0 || int(tok) >= tokenizer.Vocab() {
					t.Fatalf("%v: token %d of %d", tokenizer, tok, tokenizer.Vocab())
				}
			}
			if got := tokenizer.Decode(tokens); got != text {
				t.Errorf("%v: %q came back as %q", tokenizer, text, got)
			}
		}
	}
	if n := len(trained.Encode(texts[2])); n > len(texts[2])/2 {
		t.Errorf("a text of %d bytes that it was trained on takes %d tokens", len(texts[2]), n)
	}
}

func FuzzRoundTrip(f *testing.F) {
	trained, err := token.TrainBPE("the theory of the thing, that this thing is there", 300)
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range texts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got := trained.Decode(trained.Encode(text)); got != text {
			t.Errorf("%q came back as %q", text, got)
		}
	})
}

// The same text gives the same merges, each time.
func TestTrainingIsReproducible(t *testing.T) {
	text := strings.Repeat("ab ba abc cba bac ", 3)
	first, err := token.TrainBPE(text, 270)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		again, err := token.TrainBPE(text, 270)
		if err != nil || !slices.Equal(again.Merges(), first.Merges()) {
			t.Fatalf("got %v, then %v (%v)", first.Merges(), again.Merges(), err)
		}
	}
	few, err := token.TrainBPE("xyz", 300)
	if err != nil || few.Vocab() != 256 {
		t.Errorf("a text without a pair that occurs twice gives %v (%v)", few, err)
	}
	for _, vocab := range []int{0, 255, 1<<20 + 1} {
		if _, err := token.TrainBPE(text, vocab); err == nil {
			t.Errorf("a BPE of %d tokens is accepted", vocab)
		}
	}
}

func TestSaveAndLoad(t *testing.T) {
	b, err := token.TrainBPE(strings.Repeat("over and over ", 9), 270)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "bpe.json")
	if err := b.Save(path); err != nil {
		t.Fatal(err)
	}
	again, err := token.LoadBPE(path)
	if err != nil || !slices.Equal(again.Merges(), b.Merges()) {
		t.Fatalf("got %v (%v)", again, err)
	}
	if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) != 1 {
		t.Errorf("left behind: %v (%v)", files, err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ text, want string }{
		"truncated":    {string(good[:len(good)/2]), "at byte"},
		"another":      {`{"format":"other","version":1,"merges":[]}`, `"other" of version 1; want "setun bpe" of version 1`},
		"newer":        {`{"format":"setun bpe","version":2,"merges":[]}`, "of version 2; want"},
		"unknown":      {`{"format":"setun bpe","version":1,"merges":[],"more":1}`, "unknown field"},
		"not yet made": {`{"format":"setun bpe","version":1,"merges":[[97,256]]}`, "merge 0 joins 97 and 256; want tokens from 0 to 255"},
		"negative":     {`{"format":"setun bpe","version":1,"merges":[[-1,97]]}`, "merge 0 joins -1"},
		"twice":        {`{"format":"setun bpe","version":1,"merges":[[97,98],[97,98]]}`, "once more"},
		"doubling":     {`{"format":"setun bpe","version":1,"merges":[[97,97],[256,256],[257,257],[258,258],[259,259],[260,260],[261,261]]}`, "a token of 128 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err := token.LoadBPE(path); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v, want an error with %q and the file", err, c.want)
			}
		})
	}
	if _, err := token.LoadBPE(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("no file is a tokenizer")
	}
	if err := b.Save(filepath.Join(t.TempDir(), "no", "folder")); err == nil {
		t.Error("saved into no folder")
	}
}

func TestUnknownTokensPanic(t *testing.T) {
	b, err := token.NewBPE([]token.Merge{{Left: 'a', Right: 'b'}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tokenizer := range []token.Tokenizer{token.Bytes{}, b} {
		for _, bad := range []int32{-1, int32(tokenizer.Vocab())} {
			func() {
				defer func() {
					if err, ok := recover().(error); !ok || !strings.Contains(err.Error(), fmt.Sprint(bad)) {
						t.Errorf("%v: token %d gives %v", tokenizer, bad, err)
					}
				}()
				tokenizer.Decode([]int32{bad})
			}()
		}
	}
}
