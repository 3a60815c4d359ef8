package notebook

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// Progress shows a run in a terminal: a line for each cell with its time, what
// the cell prints dimmed below it, and the first line of every display that
// changes as one live line. The zero value shows nothing.
//
// Where W is no terminal (a log, CI) there are no escape sequences, and a live
// line is written at most every few seconds.
type Progress struct {
	W     io.Writer
	TTY   bool
	Width int // columns of the terminal; 0 if unknown

	head    string    // the cell's line, as long as nothing stands below it
	live    string    // what the live line should say; "" if there is none
	drawn   bool      // the cursor stands in a live line
	partial string    // printed text without its line end yet
	last    time.Time // when a live line was last written, without a terminal
}

// logInterval is how often a live line is written where it cannot be replaced.
const logInterval = 5 * time.Second

// maxResult is how many lines of a cell's value are shown.
const maxResult = 16

const indent = "      "

func (p *Progress) begin(place, total int, title string) {
	if p.W == nil {
		return
	}
	p.live, p.partial = "", ""
	p.head = fmt.Sprintf("[%*d/%d] %s", len(fmt.Sprint(total)), place, total, title)
	if p.TTY {
		p.draw(p.head)
	}
}

func (p *Progress) end(d time.Duration, failed bool) {
	if p.W == nil {
		return
	}
	if p.partial != "" {
		p.line(p.partial)
	}
	p.settle()
	if failed {
		p.failed(d)
		return
	}
	if p.head != "" {
		p.erase()
		fmt.Fprintf(p.W, "%-*s  %8s\n", 64, p.head, round(d))
		p.head = ""
		return
	}
	p.erase()
	fmt.Fprintf(p.W, "%stook %s\n", indent, round(d))
}

func (p *Progress) failed(d time.Duration) {
	p.commitHead()
	p.erase()
	mark := "failed"
	if p.TTY {
		mark = "\x1b[31mfailed\x1b[0m"
	}
	fmt.Fprintf(p.W, "%s%s after %s\n", indent, mark, round(d))
}

// output shows a new or changed output; text is what a stream grew by.
func (p *Progress) output(o *Output, text string) {
	if p.W == nil {
		return
	}
	switch o.Type {
	case Stream:
		p.stream(text)
	case Failure:
		p.settle()
		p.flushPartial()
		for _, l := range o.Traceback {
			for _, l := range strings.Split(strings.TrimRight(l, "\n"), "\n") {
				p.print(l, false)
			}
		}
		if len(o.Traceback) == 0 {
			p.print(o.EName+": "+o.EValue, false)
		}
	case Result:
		p.flushPartial()
		p.settle()
		text, _ := o.Data["text/plain"].(string)
		lines := strings.Split(strings.Trim(text, "\n"), "\n")
		if over := len(lines) - maxResult; over > 0 {
			lines = append(lines[:maxResult], fmt.Sprintf("… %d more lines", over))
		}
		for _, l := range lines {
			p.line(l)
		}
	default:
		if l := plain(o); l != "" {
			p.flushPartial()
			p.liveLine(l)
		}
	}
}

// wrote says where the result is.
func (p *Progress) wrote(file, page string, took time.Duration) {
	if p.W != nil {
		fmt.Fprintf(p.W, "wrote %s and %s after %s\n", file, page, round(took))
	}
}

// note tells the person something that is no output.
func (p *Progress) note(s string) {
	if p.W == nil {
		return
	}
	p.settle()
	p.line(s)
}

// stream echoes printed text line by line. A carriage return starts the line
// anew, as it does in a terminal.
func (p *Progress) stream(text string) {
	p.settle()
	p.partial += text
	for {
		l, rest, ok := strings.Cut(p.partial, "\n")
		if !ok {
			break
		}
		p.line(lastSegment(strings.TrimSuffix(l, "\r")))
		p.partial = rest
	}
	if i := strings.LastIndexByte(strings.TrimSuffix(p.partial, "\r"), '\r'); i >= 0 {
		p.partial = p.partial[i+1:]
	}
	if p.partial != "" && p.TTY {
		p.commitHead()
		p.draw(indent + strings.TrimSuffix(p.partial, "\r"))
	}
}

func lastSegment(l string) string { return l[strings.LastIndexByte(l, '\r')+1:] }

func (p *Progress) flushPartial() {
	if p.partial != "" {
		l := p.partial
		p.partial = ""
		p.line(strings.TrimSuffix(l, "\r"))
	}
}

// liveLine replaces the live line.
func (p *Progress) liveLine(l string) {
	if p.live == l {
		return
	}
	p.live = l
	p.commitHead()
	if p.TTY {
		p.draw(indent + l)
		return
	}
	if now := time.Now(); now.Sub(p.last) >= logInterval {
		p.last = now
		fmt.Fprintln(p.W, indent+l)
		p.live = ""
	}
}

// settle makes the last state of the live line permanent.
func (p *Progress) settle() {
	if p.live != "" {
		l := p.live
		p.live = ""
		p.line(l)
	}
}

// line prints one permanent line below the cell's, dimmed.
func (p *Progress) line(l string) { p.print(l, true) }

func (p *Progress) print(l string, dim bool) {
	p.commitHead()
	p.erase()
	switch {
	case !p.TTY:
		l = stripANSI(l)
	case dim:
		l = "\x1b[2m" + l + "\x1b[0m"
	}
	fmt.Fprintln(p.W, indent+l)
}

// commitHead makes the cell's line permanent, because something follows it.
func (p *Progress) commitHead() {
	if p.head == "" {
		return
	}
	p.erase()
	fmt.Fprintln(p.W, p.head)
	p.head = ""
}

// draw writes a line that the next one replaces.
func (p *Progress) draw(l string) {
	if p.Width > 0 {
		l = clip(l, p.Width-1)
	}
	p.erase()
	fmt.Fprint(p.W, l)
	p.drawn = true
}

func (p *Progress) erase() {
	if p.drawn {
		fmt.Fprint(p.W, "\r\x1b[K")
		p.drawn = false
	}
}

// plain is the first line of an output's text/plain.
func plain(o *Output) string {
	s, _ := o.Data["text/plain"].(string)
	l, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return strings.TrimSpace(l)
}

// clip shortens s to at most n characters.
func clip(s string, n int) string {
	if n < 1 || utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

func round(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}
