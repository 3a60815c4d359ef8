//go:build ignore

// regexp and strings: named groups, replacement functions, a little Markdown, a
// route table, glob matching by hand, word counts, folding, Unicode.
package main

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

var logLine = regexp.MustCompile(`(?m)^(?P<level>[A-Z]+)\s+\[(?P<at>\d{2}:\d{2})\]\s+(?P<msg>.*?)(?:\s+\((?P<code>\d+)\))?$`)

func groups(re *regexp.Regexp, s string) map[string]string {
	m := re.FindStringSubmatch(s)
	if m == nil {
		return nil
	}
	out := map[string]string{}
	for i, name := range re.SubexpNames() {
		if name != "" && m[i] != "" {
			out[name] = m[i]
		}
	}
	return out
}

type rule struct {
	re   *regexp.Regexp
	repl any
}

func markdown(s string) string {
	for _, r := range []rule{
		{regexp.MustCompile("`([^`]+)`"), func(s string) string {
			return "<code>" + strings.Trim(s, "`") + "</code>"
		}},
		{regexp.MustCompile(`\*\*(.+?)\*\*`), "<b>$1</b>"},
		{regexp.MustCompile(`\*(.+?)\*`), "<i>${1}</i>"},
		{regexp.MustCompile(`\[([^]]+)\]\(([^)]+)\)`), `<a href="$2">$1</a>`},
		{regexp.MustCompile(`(?m)^(#{1,3}) (.*)$`), func(s string) string {
			h, t, _ := strings.Cut(s, " ")
			return fmt.Sprintf("<h%d>%s</h%[1]d>", len(h), t)
		}},
	} {
		switch repl := r.repl.(type) {
		case string:
			s = r.re.ReplaceAllString(s, repl)
		case func(string) string:
			s = r.re.ReplaceAllStringFunc(s, repl)
		}
	}
	return s
}

type router []struct {
	re      *regexp.Regexp
	handler func(args ...string) string
}

func (r *router) handle(pattern string, h func(...string) string) {
	re := regexp.MustCompile("^" + regexp.MustCompile(`:(\w+)`).ReplaceAllString(regexp.QuoteMeta(pattern), `(?P<$1>[^/]+)`) + "$")
	*r = append(*r, struct {
		re      *regexp.Regexp
		handler func(...string) string
	}{re, h})
}

func (r router) serve(path string) string {
	for _, e := range r {
		if m := e.re.FindStringSubmatch(path); m != nil {
			return e.handler(m[1:]...)
		}
	}
	return "404 " + path
}

func glob(p, s string) bool {
	switch {
	case p == "":
		return s == ""
	case p[0] == '*':
		return glob(p[1:], s) || s != "" && glob(p, s[1:])
	case s != "" && (p[0] == '?' || p[0] == s[0]):
		return glob(p[1:], s[1:])
	}
	return false
}

func words(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' })
}

func main() {
	log := "ERROR [12:30] disk full (28)\nINFO  [12:31] it's fine\nbad line\nWARN [12:32] odd (x)"
	for line := range strings.Lines(log) {
		fmt.Println(groups(logLine, strings.TrimSpace(line)))
	}
	for _, loc := range logLine.FindAllStringSubmatchIndex(log, -1) {
		fmt.Print(loc, " ")
	}
	fmt.Println(logLine.NumSubexp(), logLine.SubexpIndex("msg"))
	fmt.Println(markdown("# Title\nSome **bold *and* text**, `code`, a [link](http://x.y)\n### Sub"))
	var r router
	r.handle("/users/:id", func(a ...string) string { return "user " + a[0] })
	r.handle("/users/:id/posts/:post", func(a ...string) string { return strings.Join(a, "+") })
	r.handle("/a.b", func(a ...string) string { return fmt.Sprint("dot ", len(a)) })
	for _, p := range []string{"/users/7", "/users/7/posts/x", "/a.b", "/aXb", "/users/"} {
		fmt.Println(r.serve(p))
	}
	for _, g := range [][2]string{{"*.go", "main.go"}, {"a?c*", "abcdef"}, {"*a*b", "xxaxxb"}, {"*a*b", "xxaxx"}, {"", "x"}} {
		fmt.Print(glob(g[0], g[1]), " ")
	}
	fmt.Println()
	count := map[string]int{}
	for _, w := range words("It's the end of the World; the END, of IT. Ünïcode ünïcode") {
		count[w]++
	}
	for _, w := range slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(-cmp.Compare(count[a], count[b]), strings.Compare(a, b))
	}) {
		fmt.Print(w, "=", count[w], " ")
	}
	fmt.Println()
	re := regexp.MustCompile(`(\w)(\w*)`)
	fmt.Println(re.ReplaceAllString("hello big world", "$2${1}ay"), re.ReplaceAllLiteralString("a b", "$1"))
	fmt.Println(string(re.Expand(nil, []byte("<$1|$2>"), []byte("xyz"), re.FindSubmatchIndex([]byte("xyz")))))
	fmt.Printf("%q %q\n", regexp.MustCompile(`[,;]\s*`).Split("a, b;c,,d", 4), regexp.MustCompile(`a*`).FindAllString("baaac", -1))
	_, err := regexp.Compile(`a(b`)
	fmt.Println(err)
	fmt.Println(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsUpper(r):
			return unicode.ToLower(r)
		case unicode.IsSpace(r):
			return -1
		case r == 'ß':
			return 'ẞ'
		}
		return unicode.ToUpper(r)
	}, "Hello Wörld ß ñ"))
	fmt.Println(strings.EqualFold("Straße", "STRASSE"), strings.EqualFold("Σ", "ς"), strings.ToTitle("ǆ"), strings.Title("old go"))
	rep := strings.NewReplacer("<", "&lt;", ">", "&gt;", "aa", "A", "a", "@")
	fmt.Println(rep.Replace("<aaa>"), strings.Count("cheese", "e"), strings.LastIndexAny("golang", "gn"), strings.TrimFunc("123abc456", unicode.IsDigit))
	before, after, found := strings.Cut("k=v=w", "=")
	fmt.Println(before, after, found, strings.SplitAfterN("a,b,c", ",", 2), strings.ContainsFunc("abc", unicode.IsDigit))
}
