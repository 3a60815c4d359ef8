package mathml

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// A scanner splits TeX into tokens: commands with their backslash, numbers, and
// single characters. White space means nothing in mathematics.
type scanner struct {
	src string
	pos int
	tok string // the token ahead; "" at the end
}

func (s *scanner) next() {
	for s.pos < len(s.src) && (s.src[s.pos] == ' ' || s.src[s.pos] == '\n' || s.src[s.pos] == '\t' || s.src[s.pos] == '\r') {
		s.pos++
	}
	start := s.pos
	if start == len(s.src) {
		s.tok = ""
		return
	}
	r, size := utf8.DecodeRuneInString(s.src[start:])
	s.pos += size
	switch {
	case r == '\\' && s.pos < len(s.src):
		r, size = utf8.DecodeRuneInString(s.src[s.pos:])
		s.pos += size
		for letter(r) && s.pos < len(s.src) && letter(rune(s.src[s.pos])) {
			s.pos++
		}
	case unicode.IsDigit(r):
		for s.pos < len(s.src) {
			c := s.src[s.pos]
			point := c == '.' && s.pos+1 < len(s.src) && digit(s.src[s.pos+1])
			if !digit(c) && !point {
				break
			}
			s.pos++
		}
	}
	s.tok = s.src[start:s.pos]
}

func letter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
func digit(c byte) bool  { return c >= '0' && c <= '9' }

// raw returns the text between the braces that come next, as it is written.
// The token ahead is the opening brace.
func (s *scanner) raw() (string, error) {
	if s.tok != "{" {
		return "", fmt.Errorf("want {, found %q", s.tok)
	}
	start, depth := s.pos, 1
	for i := start; i < len(s.src); i++ {
		switch s.src[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				text := s.src[start:i]
				s.pos = i + 1
				s.next()
				return text, nil
			}
		}
	}
	return "", fmt.Errorf("a { is not closed")
}
