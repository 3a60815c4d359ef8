//go:build ignore

// A lexer, a recursive descent parser and an evaluator for arithmetic.
package main

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

type kind int

const (
	num kind = iota
	op
	lpar
	rpar
	end
)

func (k kind) String() string { return [...]string{"number", "operator", "(", ")", "end"}[k] }

type token struct {
	kind
	text string
	pos  int
}

type lexer struct {
	src string
	pos int
}

func (l *lexer) next() token {
	for l.pos < len(l.src) && l.src[l.pos] == ' ' {
		l.pos++
	}
	if l.pos == len(l.src) {
		return token{end, "", l.pos}
	}
	start := l.pos
	switch c := l.src[l.pos]; {
	case c == '(':
		l.pos++
		return token{lpar, "(", start}
	case c == ')':
		l.pos++
		return token{rpar, ")", start}
	case strings.ContainsRune("+-*/^", rune(c)):
		l.pos++
		return token{op, string(c), start}
	case c >= '0' && c <= '9' || c == '.':
		for l.pos < len(l.src) && (l.src[l.pos] >= '0' && l.src[l.pos] <= '9' || l.src[l.pos] == '.') {
			l.pos++
		}
		return token{num, l.src[start:l.pos], start}
	}
	panic(syntaxError{l.pos, fmt.Sprintf("unexpected %q", l.src[l.pos])})
}

type syntaxError struct {
	pos int
	msg string
}

func (e syntaxError) Error() string { return fmt.Sprintf("%d: %s", e.pos, e.msg) }

type (
	node interface{ eval() float64 }
	lit  float64
	bin  struct {
		op   byte
		l, r node
	}
)
type neg struct{ node }

func (l lit) eval() float64 { return float64(l) }
func (n neg) eval() float64 { return -n.node.eval() }
func (b bin) eval() float64 {
	l, r := b.l.eval(), b.r.eval()
	switch b.op {
	case '+':
		return l + r
	case '-':
		return l - r
	case '*':
		return l * r
	case '/':
		return l / r
	}
	return math.Pow(l, r)
}

type parser struct {
	lexer
	tok token
}

func (p *parser) advance() { p.tok = p.next() }

var prec = map[string]int{"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}

func (p *parser) expr(min int) node {
	left := p.unary()
	for p.tok.kind == op && prec[p.tok.text] >= min {
		o := p.tok.text
		p.advance()
		q := prec[o] + 1
		if o == "^" {
			q--
		}
		left = bin{o[0], left, p.expr(q)}
	}
	return left
}

func (p *parser) unary() node {
	switch t := p.tok; {
	case t.kind == op && t.text == "-":
		p.advance()
		return neg{p.unary()}
	case t.kind == num:
		p.advance()
		f, err := strconv.ParseFloat(t.text, 64)
		if err != nil {
			panic(syntaxError{t.pos, err.Error()})
		}
		return lit(f)
	case t.kind == lpar:
		p.advance()
		n := p.expr(1)
		if p.tok.kind != rpar {
			panic(syntaxError{p.tok.pos, "want ), have " + p.tok.kind.String()})
		}
		p.advance()
		return n
	default:
		panic(syntaxError{t.pos, "unexpected " + t.kind.String()})
	}
}

func calc(s string) (v float64, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case syntaxError:
			err = fmt.Errorf("calc %q: %w", s, r)
		default:
			panic(r)
		}
	}()
	p := &parser{lexer: lexer{src: s}}
	p.advance()
	n := p.expr(1)
	if p.tok.kind != end {
		return 0, syntaxError{p.tok.pos, "trailing " + p.tok.text}
	}
	return n.eval(), nil
}

func main() {
	for _, s := range []string{"1+2*3", "(1+2)*3", "2^3^2", "-2^2", "10/4-1", "1+", "(1", "2 $ 3", "1.2.3", "7 8"} {
		v, err := calc(s)
		var se syntaxError
		fmt.Println(s, "=", v, err, errors.As(err, &se), se.pos)
	}
}
