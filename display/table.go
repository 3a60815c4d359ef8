package display

import (
	"fmt"
	"html"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// A Table is rows of text under column titles, shown as HTML and as aligned
// text. Cells are plain text and are escaped; rows may be shorter than Columns.
type Table struct {
	Title   string
	Columns []Column
	Rows    [][]string
	Footer  []string // one more row, set off from the others: totals
	Summary string   // a line below the table
}

// A Column is a title and an alignment; numbers belong to the right.
type Column struct {
	Name  string
	Right bool
}

// Display renders the table as text/html and text/plain.
func (t *Table) Display() Bundle {
	return Bundle{Data: map[string]any{
		MIMEHTML: t.html(),
		MIMEText: t.String(),
	}}
}

// html sets no colour: text, stripes and the line above the footer are the
// theme's.
func (t *Table) html() string {
	var b strings.Builder
	row := func(tag, style string, cells []string) {
		b.WriteString("<tr>")
		for i, c := range t.Columns {
			align := "left"
			if c.Right {
				align = "right"
			}
			fmt.Fprintf(&b, `<%s style="text-align:%s%s">%s</%s>`, tag, align, style, html.EscapeString(cell(cells, i)), tag)
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("<table style=\"font-variant-numeric:tabular-nums\">\n")
	if t.Title != "" {
		fmt.Fprintf(&b, "<caption style=\"text-align:left\"><b>%s</b></caption>\n", html.EscapeString(t.Title))
	}
	b.WriteString("<thead>\n")
	row("th", "", t.names())
	b.WriteString("</thead>\n<tbody>\n")
	for _, r := range t.Rows {
		row("td", "", r)
	}
	b.WriteString("</tbody>\n")
	if len(t.Footer) > 0 {
		b.WriteString("<tfoot>\n")
		row("th", ";border-top:1px solid", t.Footer)
		b.WriteString("</tfoot>\n")
	}
	b.WriteString("</table>\n")
	if t.Summary != "" {
		fmt.Fprintf(&b, "<p>%s</p>\n", html.EscapeString(t.Summary))
	}
	return b.String()
}

// String renders the table as aligned text for a terminal.
func (t *Table) String() string {
	widths := make([]int, len(t.Columns))
	measure := func(cells []string) {
		for i := range widths {
			widths[i] = max(widths[i], textWidth(oneLine(cell(cells, i))))
		}
	}
	measure(t.names())
	for _, r := range t.Rows {
		measure(r)
	}
	measure(t.Footer)

	var lines []string
	line := func(cells []string) {
		padded := make([]string, len(widths))
		for i, w := range widths {
			s := oneLine(cell(cells, i))
			fill := strings.Repeat(" ", w-textWidth(s))
			if t.Columns[i].Right {
				padded[i] = fill + s
			} else {
				padded[i] = s + fill
			}
		}
		lines = append(lines, strings.TrimRight(strings.Join(padded, "  "), " "))
	}
	total := max(0, 2*(len(widths)-1))
	for _, w := range widths {
		total += w
	}
	between := strings.Repeat("─", total)

	if t.Title != "" {
		lines = append(lines, oneLine(t.Title))
	}
	line(t.names())
	lines = append(lines, between)
	for _, r := range t.Rows {
		line(r)
	}
	if len(t.Footer) > 0 {
		lines = append(lines, between)
		line(t.Footer)
	}
	if t.Summary != "" {
		lines = append(lines, oneLine(t.Summary))
	}
	return strings.Join(lines, "\n")
}

func (t *Table) names() []string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return names
}

func cell(cells []string, i int) string {
	if i < len(cells) {
		return cells[i]
	}
	return ""
}

// oneLine keeps a row one row: line breaks, tabs and other control characters
// become spaces.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}

// textWidth is the number of terminal columns that s takes: two for wide East
// Asian characters, none for combining and invisible ones.
func textWidth(s string) int {
	n := 0
	for _, r := range s {
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}
