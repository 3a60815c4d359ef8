package token

// A Tokenizer turns text into tokens, 0 to Vocab()-1, and back.
type Tokenizer interface {
	// Vocab is the number of different tokens.
	Vocab() int
	// Encode returns the tokens of text.
	Encode(text string) []int32
	// Decode returns the text of tokens. It panics if one is none of the
	// vocabulary.
	Decode(tokens []int32) string
}

// Bytes is the tokenizer whose tokens are the 256 bytes. The zero value is ready
// to use.
type Bytes struct{}

// Vocab is 256.
func (Bytes) Vocab() int { return 256 }

// Encode returns the bytes of text.
func (Bytes) Encode(text string) []int32 {
	tokens := make([]int32, len(text))
	for i := range tokens {
		tokens[i] = int32(text[i])
	}
	return tokens
}

// Decode returns the text of those bytes.
func (Bytes) Decode(tokens []int32) string {
	text := make([]byte, len(tokens))
	for i, t := range tokens {
		if t < 0 || t > 255 {
			refuse(t, 256)
		}
		text[i] = byte(t)
	}
	return string(text)
}

func (Bytes) String() string { return "bytes" }
