package mathml

import (
	"fmt"
	"html"
	"strings"
)

// maxDepth bounds nesting, so that a hostile formula cannot exhaust the stack.
const maxDepth = 100

// Translate returns the <math> element of a formula, without its dollar signs.
// With display set it stands on a line of its own. The source goes along as an
// annotation.
func Translate(tex string, display bool) (string, error) {
	p := &parser{scanner: scanner{src: tex}}
	p.next()
	body, err := p.row("")
	if err != nil {
		return "", fmt.Errorf("mathml: %w", err)
	}
	mode := ""
	if display {
		mode = ` display="block"`
	}
	return `<math` + mode + `><semantics><mrow>` + body + `</mrow><annotation encoding="application/x-tex">` +
		html.EscapeString(tex) + `</annotation></semantics></math>`, nil
}

type parser struct {
	scanner
	depth int
}

// row translates up to the token end, which it leaves ahead. In a table, & and
// \\ end a row too.
func (p *parser) row(end ...string) (string, error) {
	if p.depth++; p.depth > maxDepth {
		return "", fmt.Errorf("nested more than %d deep", maxDepth)
	}
	defer func() { p.depth-- }()
	var b strings.Builder
	for {
		for _, e := range end {
			if p.tok == e {
				return b.String(), nil
			}
		}
		switch p.tok {
		case "":
			return "", fmt.Errorf("ends before %s", strings.Join(end, " or "))
		case "}", "&", `\\`, `\right`, `\end`:
			return "", fmt.Errorf("unexpected %s", p.tok)
		}
		// Where a term begins, a sign is a sign and not an operation, and stands
		// close to its number.
		if sign := p.tok; (sign == "-" || sign == "+") && opens(b.String()) {
			p.next()
			b.WriteString(`<mo form="prefix">` + strings.ReplaceAll(sign, "-", "−") + "</mo>")
			continue
		}
		s, err := p.scripted()
		if err != nil {
			return "", err
		}
		b.WriteString(s)
	}
}

// opens reports whether a term begins after before, the translation so far: at
// the start, behind an operator and behind an opening fence.
func opens(before string) bool {
	if strings.HasSuffix(before, "</mspace>") {
		before = before[:strings.LastIndex(before, "<mspace")]
	}
	for _, closing := range []string{")", "]", "|", "}", "!", "⌋", "⌉", "⟩", "…"} {
		if strings.HasSuffix(before, closing+"</mo>") {
			return false
		}
	}
	return before == "" || strings.HasSuffix(before, "</mo>")
}

// scripted translates an atom with its scripts: x_i^2, \sum_{i=1}^n, f'.
func (p *parser) scripted() (string, error) {
	base, limits, err := "", false, error(nil)
	if p.tok != "_" && p.tok != "^" { // {}^{2} may be written without the braces
		if base, limits, err = p.atom(); err != nil {
			return "", err
		}
	} else {
		base = "<mrow></mrow>"
	}
	var sub, sup string
	for {
		switch p.tok {
		case "_", "^":
			script := &sub
			if p.tok == "^" {
				script = &sup
			}
			if *script != "" {
				return "", fmt.Errorf("two scripts %s", p.tok)
			}
			p.next()
			if *script, err = p.argument(); err != nil {
				return "", err
			}
			continue
		case "'":
			primes := ""
			for p.tok == "'" {
				primes += "′"
				p.next()
			}
			if sup != "" {
				return "", fmt.Errorf("a prime behind a superscript")
			}
			sup = "<mo>" + primes + "</mo>"
			continue
		}
		break
	}
	kind := "sub sup subsup"
	if limits {
		kind = "under over underover"
	}
	names := strings.Fields(kind)
	switch {
	case sub != "" && sup != "":
		return element("m"+names[2], base+sub+sup), nil
	case sub != "":
		return element("m"+names[0], base+sub), nil
	case sup != "":
		return element("m"+names[1], base+sup), nil
	}
	return base, nil
}

func element(name, content string) string { return "<" + name + ">" + content + "</" + name + ">" }

// argument translates a group in braces or a single token.
func (p *parser) argument() (string, error) {
	s, _, err := p.atom()
	return s, err
}

// atom translates one thing; limits says that its scripts go below and above.
func (p *parser) atom() (s string, limits bool, err error) {
	if p.depth++; p.depth > maxDepth {
		return "", false, fmt.Errorf("nested more than %d deep", maxDepth)
	}
	defer func() { p.depth-- }()
	tok := p.tok
	if tok == "" {
		return "", false, fmt.Errorf("something is missing at the end")
	}
	if tok == "{" {
		p.next()
		s, err = p.row("}")
		p.next()
		return element("mrow", s), false, err
	}
	if name, ok := strings.CutPrefix(tok, `\`); ok {
		p.next()
		return p.command(name)
	}
	p.next()
	switch {
	case digit(tok[0]):
		return element("mn", tok), false, nil
	case letter(rune(tok[0])):
		return element("mi", tok), false, nil
	case tok == "-":
		return "<mo>−</mo>", false, nil
	case tok == "|": // a fence, though nothing says on which side
		return `<mo stretchy="false" lspace="0" rspace="0">|</mo>`, false, nil
	case strings.Contains("()[]", tok): // as tall as they are, unless \left says so
		return `<mo stretchy="false">` + tok + "</mo>", false, nil
	case strings.Contains("+=<>*/,;:!.?~@\"`", tok):
		return element("mo", html.EscapeString(tok)), false, nil
	case len(tok) > 1: // a letter or symbol beyond ASCII, as α or ≤
		return element("mi", html.EscapeString(tok)), false, nil
	}
	return "", false, fmt.Errorf("unexpected %s", tok)
}

func (p *parser) command(name string) (s string, limits bool, err error) {
	if c, ok := identifiers[name]; ok {
		return element("mi", c), false, nil
	}
	if c, ok := operators[name]; ok {
		return element("mo", c), false, nil
	}
	if c, ok := large[name]; ok {
		return element("mo", c), name != "int", nil
	}
	if limits, ok := functions[name]; ok {
		// Function application: the space that TeX sets behind a function.
		return element("mi", name) + function(p.tok), limits && p.tok == "_", nil
	}
	if w, ok := spaces[name]; ok {
		return `<mspace width="` + w + `"></mspace>`, false, nil
	}
	if c, ok := accents[name]; ok {
		arg, err := p.argument()
		return `<mover accent="true">` + arg + `<mo stretchy="` + stretch(name) + `">` + c + "</mo></mover>", false, err
	}
	if a, ok := alphabets[name]; ok {
		text, err := p.text()
		return element("mi", mapLetters(text, a.upper, a.lower, a.digit)), false, err
	}
	if c, ok := fences[`\`+name]; ok {
		return `<mo stretchy="false">` + c + "</mo>", false, nil
	}
	if h, ok := sizes[name]; ok {
		f, err := p.fence()
		return `<mo stretchy="true" minsize="` + h + `" maxsize="` + h + `">` + f + "</mo>", false, err
	}
	switch name {
	case "frac", "tfrac", "dfrac":
		over, err := p.argument()
		if err != nil {
			return "", false, err
		}
		under, err := p.argument()
		return element("mfrac", over+under), false, err
	case "sqrt":
		if p.tok == "[" {
			p.next()
			index, err := p.row("]")
			if err != nil {
				return "", false, err
			}
			p.next()
			arg, err := p.argument()
			return element("mroot", arg+element("mrow", index)), false, err
		}
		arg, err := p.argument()
		return element("msqrt", arg), false, err
	case "mathrm", "operatorname":
		text, err := p.text()
		s := `<mi mathvariant="normal">` + html.EscapeString(text) + "</mi>"
		if name == "operatorname" {
			s += function(p.tok)
		}
		return s, false, err
	case "text", "textrm", "mbox":
		text, err := p.text()
		// MathML trims ordinary spaces at the ends.
		return element("mtext", html.EscapeString(strings.ReplaceAll(text, " ", "\u00a0"))), false, err
	case "mathit":
		text, err := p.text()
		return element("mi", html.EscapeString(text)), false, err
	case "left":
		return p.between()
	case "begin":
		return p.environment()
	case "underbrace", "overbrace":
		arg, err := p.argument()
		if name == "underbrace" {
			return element("munder", arg+"<mo>⏟</mo>"), true, err
		}
		return element("mover", arg+"<mo>⏞</mo>"), true, err
	case "displaystyle", "textstyle", "limits", "nolimits":
		return "", false, nil
	}
	return "", false, fmt.Errorf(`the command \%s is not known`, name)
}

func stretch(accent string) string {
	if strings.HasPrefix(accent, "wide") || accent == "overline" {
		return "true"
	}
	return "false"
}

// function is the space between a function's name and its argument: none
// before a parenthesis or a script.
func function(ahead string) string {
	switch ahead {
	case "(", "[", "_", "^", "{", "", "}", ",", `\left`, `\big`, `\bigl`, `\Big`, `\Bigl`:
		return ""
	}
	return `<mspace width="0.1667em"></mspace>`
}

// text is the literal argument of \mathrm, \text and the alphabets.
func (p *parser) text() (string, error) {
	if p.tok == "{" {
		return p.raw()
	}
	t := p.tok
	if t == "" || t[0] == '\\' {
		return "", fmt.Errorf("want {, found %q", t)
	}
	p.next()
	return t, nil
}

func mapLetters(text string, upper, lower, digits rune) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r >= 'A' && r <= 'Z':
			r += upper - 'A'
		case r >= 'a' && r <= 'z':
			r += lower - 'a'
		case r >= '0' && r <= '9' && digits != 0:
			r += digits - '0'
		}
		if h, ok := holes[r]; ok {
			r = h
		}
		b.WriteRune(r)
	}
	return html.EscapeString(b.String())
}

// fence takes the delimiter that follows \left, \right or \big.
func (p *parser) fence() (string, error) {
	f, ok := fences[p.tok]
	if !ok {
		return "", fmt.Errorf("%q is not a delimiter", p.tok)
	}
	p.next()
	return f, nil
}

// between translates \left( … \right).
func (p *parser) between() (string, bool, error) {
	open, err := p.fence()
	if err != nil {
		return "", false, err
	}
	inner, err := p.row(`\right`)
	if err != nil {
		return "", false, err
	}
	p.next()
	closing, err := p.fence()
	return `<mrow><mo stretchy="true">` + open + "</mo>" + inner + `<mo stretchy="true">` + closing + "</mo></mrow>", false, err
}

// environments are the tables, with the fences around them.
var environments = map[string]struct{ open, closing, align string }{
	"matrix":  {"", "", ""},
	"pmatrix": {"(", ")", ""},
	"bmatrix": {"[", "]", ""},
	"vmatrix": {"|", "|", ""},
	"cases":   {"{", "", "left"},
	"aligned": {"", "", "right left"},
	"align":   {"", "", "right left"},
	"align*":  {"", "", "right left"},
	"array":   {"", "", ""},
}

// environment translates \begin{name} … \end{name}.
func (p *parser) environment() (string, bool, error) {
	name, err := p.raw()
	if err != nil {
		return "", false, err
	}
	env, ok := environments[name]
	if !ok {
		return "", false, fmt.Errorf("the environment %s is not known", name)
	}
	if name == "array" { // its columns
		if _, err := p.raw(); err != nil {
			return "", false, err
		}
	}
	align := strings.Fields(env.align)
	var rows, row strings.Builder
	for column := 0; ; {
		cell, err := p.row("&", `\\`, `\end`)
		if err != nil {
			return "", false, err
		}
		style := ""
		if len(align) > 0 {
			style = ` style="text-align: ` + align[column%len(align)] + `"`
		}
		row.WriteString("<mtd" + style + ">" + cell + "</mtd>")
		column++
		end := p.tok
		p.next()
		if end == "&" {
			continue
		}
		if end == `\\` || cell != "" || column > 1 { // \\ before \end starts no row
			rows.WriteString(element("mtr", row.String()))
		}
		row.Reset()
		column = 0
		if end == `\end` {
			break
		}
	}
	if closes, err := p.raw(); err != nil || closes != name {
		return "", false, fmt.Errorf(`\begin{%s} is not closed`, name)
	}
	s := element("mtable", rows.String())
	if env.open != "" {
		s = `<mo stretchy="true">` + env.open + "</mo>" + s
	}
	if env.closing != "" {
		s += `<mo stretchy="true">` + env.closing + "</mo>"
	}
	return element("mrow", s), false, nil
}
