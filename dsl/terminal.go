package dsl

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"setun/display"
)

// terminal is where a compiled program shows: text on standard output.
type terminal struct{}

func (terminal) Display(b display.Bundle, _ string) { fmt.Println(plainText(b)) }
func (terminal) Update(b display.Bundle, _ string)  { fmt.Println(plainText(b)) }

// Clear does nothing: what a terminal has shown stays.
func (terminal) Clear(bool) {}

func plainText(b display.Bundle) string {
	text, _ := b.Data[display.MIMEText].(string)
	return text
}

// terminalInput asks on standard error and reads a line from standard input.
func terminalInput(prompt string, password bool) (string, error) {
	fmt.Fprint(os.Stderr, prompt)
	if fd := int(os.Stdin.Fd()); password && term.IsTerminal(fd) {
		line, err := term.ReadPassword(fd)
		fmt.Fprintln(os.Stderr)
		return string(line), err
	}
	return readLine(os.Stdin)
}

// readLine reads up to the end of the line and not a byte further, so that the
// next call finds the next line.
func readLine(r io.Reader) (string, error) {
	line, err := bufio.NewReaderSize(oneByte{r}, 16).ReadString('\n')
	if errors.Is(err, io.EOF) && line != "" {
		err = nil
	}
	return strings.TrimRight(line, "\r\n"), err
}

type oneByte struct{ r io.Reader }

func (o oneByte) Read(p []byte) (int, error) { return o.r.Read(p[:min(len(p), 1)]) }

// progressLine keeps one line on a terminal up to date, ten times a second at
// most. It shows nothing if out is no terminal.
type progressLine struct {
	out  io.Writer // nil: none
	last time.Time
}

func newProgressLine(f *os.File) *progressLine {
	if !term.IsTerminal(int(f.Fd())) {
		return &progressLine{}
	}
	return &progressLine{out: f}
}

func (p *progressLine) update(line func() string) {
	if now := time.Now(); p.out != nil && now.Sub(p.last) >= 100*time.Millisecond {
		p.last = now
		fmt.Fprintf(p.out, "\r%s\x1b[K", line())
	}
}

func (p *progressLine) finish(line string) {
	if p.out != nil {
		fmt.Fprintf(p.out, "\r%s\x1b[K\n", line)
	}
}
