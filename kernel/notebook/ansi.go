package notebook

import (
	"html/template"
	"regexp"
	"strconv"
	"strings"
)

// escape matches one terminal control sequence (ECMA-48 §5.4): CSI sequences
// with their parameters, OSC sequences, and two-character escapes.
var escape = regexp.MustCompile("\x1b(?:\\[([0-?]*)[ -/]*([@-~])|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)|[ -/]*[0-~])")

// stripANSI removes all control sequences from s.
func stripANSI(s string) string { return escape.ReplaceAllString(s, "") }

// ansiHTML turns terminal text into HTML: colours and weights become classes
// (ansi-red, ansi-bg-blue, ansi-bold), other sequences go, a carriage return
// starts its line anew.
func ansiHTML(s string) template.HTML {
	var out strings.Builder
	var look style
	put := func(text string) {
		if text == "" {
			return
		}
		class := look.class()
		if class != "" {
			out.WriteString(`<span class="` + class + `">`)
		}
		out.WriteString(template.HTMLEscapeString(text))
		if class != "" {
			out.WriteString("</span>")
		}
	}
	s = overwrite(s)
	at := 0
	for _, m := range escape.FindAllStringSubmatchIndex(s, -1) {
		put(s[at:m[0]])
		at = m[1]
		if m[4] >= 0 && s[m[4]:m[5]] == "m" {
			look.apply(s[m[2]:m[3]])
		}
	}
	put(s[at:])
	return template.HTML(out.String())
}

// overwrite keeps of each line what a terminal would show after its carriage
// returns, as long as every rewrite covers the last.
func overwrite(s string) string {
	if !strings.Contains(s, "\r") {
		return s
	}
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, l := range lines {
		lines[i] = lastSegment(strings.TrimRight(l, "\r"))
	}
	return strings.Join(lines, "\n")
}

var colours = [8]string{"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"}

// style is the graphic rendition in force (ECMA-48 §8.3.117, SGR).
type style struct {
	fg, bg                       string
	bold, dim, italic, underline bool
}

func (l *style) apply(params string) {
	codes := strings.FieldsFunc(params, func(r rune) bool { return r == ';' || r == ':' })
	if len(codes) == 0 {
		*l = style{}
		return
	}
	for i := 0; i < len(codes); i++ {
		n, err := strconv.Atoi(codes[i])
		if err != nil {
			continue
		}
		switch {
		case n == 0:
			*l = style{}
		case n == 1:
			l.bold = true
		case n == 2:
			l.dim = true
		case n == 3:
			l.italic = true
		case n == 4:
			l.underline = true
		case n == 22:
			l.bold, l.dim = false, false
		case n == 23:
			l.italic = false
		case n == 24:
			l.underline = false
		case n >= 30 && n <= 37:
			l.fg = colours[n-30]
		case n >= 90 && n <= 97:
			l.fg = colours[n-90]
		case n == 39:
			l.fg = ""
		case n >= 40 && n <= 47:
			l.bg = colours[n-40]
		case n >= 100 && n <= 107:
			l.bg = colours[n-100]
		case n == 49:
			l.bg = ""
		case n == 38 || n == 48: // 5;n or 2;r;g;b: the first 16 of the palette have names
			kind := at(codes, i+1)
			if kind == 5 {
				if c := at(codes, i+2); c >= 0 && c < 16 && n == 38 {
					l.fg = colours[c%8]
				} else if c >= 0 && c < 16 {
					l.bg = colours[c%8]
				}
				i += 2
			} else if kind == 2 {
				i += 4
			}
		}
	}
}

func at(codes []string, i int) int {
	if i >= len(codes) {
		return -1
	}
	n, err := strconv.Atoi(codes[i])
	if err != nil {
		return -1
	}
	return n
}

func (l style) class() string {
	var c []string
	for _, f := range []struct {
		on   bool
		name string
	}{
		{l.fg != "", "ansi-" + l.fg},
		{l.bg != "", "ansi-bg-" + l.bg},
		{l.bold, "ansi-bold"},
		{l.dim, "ansi-dim"},
		{l.italic, "ansi-italic"},
		{l.underline, "ansi-underline"},
	} {
		if f.on {
			c = append(c, f.name)
		}
	}
	return strings.Join(c, " ")
}
