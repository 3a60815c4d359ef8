package compile

import (
	"bytes"
	"math/big"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

// greedyTexts are more compiled functions that ask first: those whose result is as
// large as their arguments say together. Where telling costs something, it is done
// only if the result could be large.
var greedyTexts = map[string]func(*Program, sigLayout) instr{
	"strings.ReplaceAll": greedy3(func(s, old, new string) int {
		return replacedSize(len(s), len(old), len(new), func() int { return strings.Count(s, old) })
	}, strings.ReplaceAll),
	"bytes.ReplaceAll": greedy3(func(s, old, new []byte) int {
		return replacedSize(len(s), len(old), len(new), func() int { return bytes.Count(s, old) })
	}, bytes.ReplaceAll),
	"strings.Replace": greedy4(func(s, old, new string, n int) int {
		return replacedSize(len(s), len(old), len(new), func() int { return atMost(strings.Count(s, old), n) })
	}, strings.Replace),
	"bytes.Replace": greedy4(func(s, old, new []byte, n int) int {
		return replacedSize(len(s), len(old), len(new), func() int { return atMost(bytes.Count(s, old), n) })
	}, bytes.Replace),
	"strings.Join": greedy2(func(elems []string, sep string) int { return joinedSize(elems, len(sep)) }, strings.Join),
	"bytes.Join":   greedy2(func(elems [][]byte, sep []byte) int { return joinedSize(elems, len(sep)) }, bytes.Join),
	"(*strings.Replacer).Replace": greedyMethod1(func(r *strings.Replacer, s string) int {
		if len(s) < 256 {
			return 0
		}
		var n counter
		_, _ = r.WriteString(&n, s)
		return int(n)
	}, (*strings.Replacer).Replace),

	"(*regexp.Regexp).ReplaceAllString": greedyMethod2(func(re *regexp.Regexp, src, repl string) int {
		return expandedSize(re, []byte(src), repl)
	}, (*regexp.Regexp).ReplaceAllString),
	"(*regexp.Regexp).ReplaceAllLiteralString": greedyMethod2(func(re *regexp.Regexp, src, repl string) int {
		return expandedSize(re, []byte(src), repl)
	}, (*regexp.Regexp).ReplaceAllLiteralString),
	"(*regexp.Regexp).ReplaceAll": greedyMethod2(func(re *regexp.Regexp, src, repl []byte) int {
		return expandedSize(re, src, string(repl))
	}, (*regexp.Regexp).ReplaceAll),
	"(*regexp.Regexp).ReplaceAllLiteral": greedyMethod2(func(re *regexp.Regexp, src, repl []byte) int {
		return expandedSize(re, src, string(repl))
	}, (*regexp.Regexp).ReplaceAllLiteral),

	"strconv.FormatFloat": greedy4(func(_ float64, _ byte, digits, _ int) int { return digits }, strconv.FormatFloat),
	"(*math/big.Float).Text": greedyMethod2(func(_ *big.Float, _ byte, digits int) int { return digits },
		(*big.Float).Text),
	"(*math/big.Float).SetPrec": greedyMethod1(func(_ *big.Float, bits uint) int { return int(bits / 8) },
		(*big.Float).SetPrec),
	"(*math/big.Rat).FloatString": greedyMethod1(func(_ *big.Rat, digits int) int { return digits }, (*big.Rat).FloatString),

	"reflect.Zero": greedy1(func(t any) int { return sizeOf(t, 1) }, func(t any) reflect.Value {
		typ, _ := t.(reflect.Type)
		return reflect.Zero(typ)
	}),
	"reflect.MakeMapWithSize": greedy2(func(t any, n int) int {
		if t, ok := t.(reflect.Type); ok && t.Kind() == reflect.Map {
			return times(int(t.Key().Size()+t.Elem().Size()+1), n)
		}
		return -1
	}, func(t any, n int) reflect.Value {
		typ, _ := t.(reflect.Type)
		return reflect.MakeMapWithSize(typ, n)
	}),
	"(reflect.Value).Grow": greedyMethod(func(v reflect.Value, n int) int {
		if v.Kind() == reflect.Slice {
			return times(int(v.Type().Elem().Size()), n)
		}
		return -1
	}, reflect.Value.Grow),
}

// replacedSize is the size of a text of size bytes in which old bytes become new ones
// wherever they are; count tells how often that is.
func replacedSize(size, old, new int, count func() int) int {
	if most := times(size/max(old, 1)+1, new); 0 <= most && most < largeAllocation {
		return size + most
	}
	grown := times(count(), max(new-old, 0))
	if grown < 0 {
		return addressSpace - 1
	}
	return size + grown
}

// atMost is count, or n if that is less and says something.
func atMost(count, n int) int {
	if n < 0 {
		return count
	}
	return min(count, n)
}

func joinedSize[T ~string | ~[]byte](elems []T, sep int) int {
	size := times(len(elems), sep)
	if size < 0 {
		return addressSpace - 1
	}
	for _, e := range elems {
		size = min(size+len(e), addressSpace-1)
	}
	return size
}

// expandedSize is the size of src with what re matches replaced, at most.
func expandedSize(re *regexp.Regexp, src []byte, repl string) int {
	names := times(strings.Count(repl, "$"), len(src)) // each is a part of the match
	if names < 0 {
		return addressSpace - 1
	}
	size := min(len(src)+names, addressSpace-1)
	if most := times(len(src)+1, len(repl)); 0 <= most && most < largeAllocation {
		return size
	}
	matches := 0
	re.ReplaceAllFunc(src, func([]byte) []byte { matches++; return nil })
	grown := times(matches, len(repl))
	if grown < 0 {
		return addressSpace - 1
	}
	return min(size+grown, addressSpace-1)
}

// A counter is a writer that only counts.
type counter int

func (c *counter) Write(b []byte) (int, error)       { *c += counter(len(b)); return len(b), nil }
func (c *counter) WriteString(s string) (int, error) { *c += counter(len(s)); return len(s), nil }
