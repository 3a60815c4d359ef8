package compile

import (
	"go/token"
	"strings"
)

// A joined is the hint of a sum of strings. A sum of it and another is one string
// made of all, as Go makes it.
type joined []func(*Frame) string

// concatenation is x + y.
func concatenation(x, y val, pos token.Pos) val {
	var parts joined
	for _, v := range []val{x, y} {
		if more, ok := v.hint.(joined); ok {
			parts = append(parts, more...)
		} else {
			parts = append(parts, fn[string](v))
		}
	}
	v := parts.sum(pos)
	v.hint = parts
	return v
}

func (parts joined) sum(pos token.Pos) val {
	switch len(parts) {
	case 2:
		a, b := parts[0], parts[1]
		return expr(func(fp *Frame) string {
			a, b := a(fp), b(fp)
			fp.reserve(pos, uintptr(len(a)+len(b)))
			return a + b
		})
	case 3:
		a, b, c := parts[0], parts[1], parts[2]
		return expr(func(fp *Frame) string {
			a, b, c := a(fp), b(fp), c(fp)
			fp.reserve(pos, uintptr(len(a)+len(b)+len(c)))
			return a + b + c
		})
	}
	return expr(func(fp *Frame) string {
		all, n := make([]string, len(parts)), 0
		for i, p := range parts {
			all[i] = p(fp)
			n += len(all[i])
		}
		fp.reserve(pos, uintptr(n))
		return strings.Join(all, "")
	})
}
