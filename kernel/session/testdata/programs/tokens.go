//go:build ignore

// A tokenizer whose states are functions, and a JSON-like reader on top of it
// that reports where it stopped.
package main

import (
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

type kind int

const (
	eof kind = iota
	word
	number
	text
	punct
)

var kindNames = [...]string{eof: "eof", word: "word", number: "number", text: "text", punct: "punct"}

func (k kind) String() string { return kindNames[k] }

type token struct {
	kind
	lit  string
	line int
}

type lexer struct {
	in          string
	start, pos  int
	line        int
	out         []token
	err         error
	lastRuneLen int
}

type state func(*lexer) state

func (l *lexer) next() rune {
	if l.pos >= len(l.in) {
		l.lastRuneLen = 0
		return -1
	}
	r, n := utf8.DecodeRuneInString(l.in[l.pos:])
	l.pos += n
	l.lastRuneLen = n
	return r
}

func (l *lexer) back() { l.pos -= l.lastRuneLen }

func (l *lexer) emit(k kind) {
	l.out = append(l.out, token{k, l.in[l.start:l.pos], l.line})
	l.start = l.pos
}

func (l *lexer) while(f func(rune) bool) {
	for f(l.next()) {
	}
	l.back()
}

func begin(l *lexer) state {
	switch r := l.next(); {
	case r == -1:
		l.emit(eof)
		return nil
	case r == '\n':
		l.line++
		fallthrough
	case unicode.IsSpace(r):
		l.start = l.pos
		return begin
	case r == '"':
		return inText
	case unicode.IsDigit(r) || r == '-':
		l.while(func(r rune) bool { return unicode.IsDigit(r) || r == '.' })
		l.emit(number)
	case unicode.IsLetter(r):
		l.while(unicode.IsLetter)
		l.emit(word)
	case strings.ContainsRune("{}[]:,", r):
		l.emit(punct)
	default:
		l.err = fmt.Errorf("line %d: %w %q", l.line, errRune, r)
		return nil
	}
	return begin
}

var errRune = errors.New("unexpected character")

func inText(l *lexer) state {
	for {
		switch l.next() {
		case '\\':
			l.next()
		case -1, '\n':
			l.err = fmt.Errorf("line %d: open string", l.line)
			return nil
		case '"':
			l.emit(text)
			return begin
		}
	}
}

type reader struct {
	toks []token
}

type syntaxError struct {
	token
	want string
}

func (e *syntaxError) Error() string {
	return fmt.Sprintf("line %d: %v %q, want %s", e.line, e.kind, e.lit, e.want)
}

func (r *reader) take() (t token) {
	t, r.toks = r.toks[0], r.toks[1:]
	return
}

func (r *reader) value() any {
	switch t := r.take(); {
	case t.kind == text:
		s, err := strconv.Unquote(t.lit)
		if err != nil {
			panic(&syntaxError{t, "a string"})
		}
		return s
	case t.kind == number:
		f, _ := strconv.ParseFloat(t.lit, 64)
		return f
	case t.kind == word:
		v, ok := map[string]any{"true": true, "false": false, "null": nil}[t.lit]
		if !ok {
			panic(&syntaxError{t, "true, false or null"})
		}
		return v
	case t.lit == "[":
		list := []any{}
		for r.toks[0].lit != "]" {
			list = append(list, r.value())
			if r.toks[0].lit == "," {
				r.take()
			}
		}
		r.take()
		return list
	case t.lit == "{":
		m := map[string]any{}
		for r.toks[0].lit != "}" {
			k := r.take()
			if c := r.take(); c.lit != ":" {
				panic(&syntaxError{c, "a colon"})
			}
			m[strings.Trim(k.lit, `"`)] = r.value()
			if r.toks[0].lit == "," {
				r.take()
			}
		}
		r.take()
		return m
	default:
		panic(&syntaxError{t, "a value"})
	}
}

func read(s string) (v any, err error) {
	l := &lexer{in: s, line: 1}
	for st := state(begin); st != nil; {
		st = st(l)
	}
	if l.err != nil {
		return nil, l.err
	}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *syntaxError:
			err = fmt.Errorf("read: %w", r)
		default:
			panic(r)
		}
	}()
	r := reader{l.out}
	return r.value(), nil
}

func show(v any, indent string) {
	switch v := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			fmt.Printf("%s%s:\n", indent, k)
			show(v[k], indent+"  ")
		}
	case []any:
		for i, e := range v {
			fmt.Printf("%s#%d\n", indent, i)
			show(e, indent+"  ")
		}
	default:
		fmt.Printf("%s%v (%T)\n", indent, v, v)
	}
}

func main() {
	for _, s := range []string{
		`{"a": [1, -2.5, "zwölf\n"], b: {c: true, d: null}}`,
		`[1, 2, {x: [[]]}, "日本"]`,
		`{a 1}`, "[1,\n2,\n?]", `["open`, `[yes]`, `{a: ]}`,
	} {
		v, err := read(s)
		var se *syntaxError
		switch {
		case errors.As(err, &se):
			fmt.Println("syntax:", err, "at", se.kind, se.lit)
		case err != nil:
			fmt.Println("error:", err, errors.Is(err, errRune))
		default:
			show(v, "")
		}
	}
}
