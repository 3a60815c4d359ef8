package session

import (
	"context"
	"fmt"
	"strings"

	"setun/display"
)

// A magic is a line that is a command to the session rather than Go. Magics
// stand on the first lines of a cell; what follows them is Go.
type magic struct {
	name  string
	args  string // how the usage shows its arguments
	about string // lines of %help
	run   func(s *Session, ctx context.Context, c Cell, arg string) (Result, error)
	// complete lists what arg can become; nil if nothing is known.
	complete func(s *Session, arg string) []string
}

// magics are all of them, in the order of %help. What %time does is in Execute:
// it is about Go.
func magics() []magic {
	return []magic{
		{"help", "[NAME]", "this page; with NAME what it is: Fit, nn.Linear, %cd", helpMagic, nil},
		{"time", "[GO]", "run GO, or else the rest of the cell, and say what time, CPU time\nand memory it took", nil, nil},
		{"who", "", "what cells have declared: variables with their types, memory and\nvalues, functions, types", whoMagic, nil},
		{"reset", "", "forget all that cells have declared, and stop what they have started", resetMagic, nil},
		{"cd", "[DIR]", "change the folder in which names of files start; without DIR show it", cdMagic, completeFolders},
		{"env", "[NAME[=VALUE]]", "list environment variables, show one, or set one", envMagic, completeEnv},
		{"memlimit", "[SIZE]", "the memory at which cells are stopped: 2GB, 80%, off; without SIZE\nshow it", memlimitMagic, nil},
		{"engine", "[NAME]", "what runs the cells; with NAME run them on another, and forget all", engineMagic, completeEngine},
	}
}

func findMagic(name string) (magic, bool) {
	for _, m := range magics() {
		if m.name == name {
			return m, true
		}
	}
	return magic{}, false
}

// A command is one line of a cell that is a magic.
type command struct {
	shell      bool   // !command
	name, arg  string // %name arg
	start, end int    // of arg in the cell
}

// leadingCommands are the magics that a cell begins with, and where its Go code
// begins.
func (s *Session) leadingCommands(code string) (list []command, rest int) {
	for rest < len(code) {
		end := len(code)
		if i := strings.IndexByte(code[rest:], '\n'); i >= 0 {
			end = rest + i
		}
		line := strings.TrimSpace(code[rest:end])
		switch {
		case line == "" || strings.HasPrefix(line, "//"):
		case s.isCommand(line):
			list = append(list, parseCommand(code, rest, end))
		default:
			return list, rest
		}
		rest = min(end+1, len(code))
	}
	return list, rest
}

// isCommand tells a magic from Go. A line of Go may begin with an exclamation
// mark, as !done does: it is Go if the name behind the mark is one of the
// session.
func (s *Session) isCommand(line string) bool {
	switch {
	case strings.HasPrefix(line, "%"):
		return true
	case strings.HasPrefix(line, "!"):
		start, end := identifierAt(line, 1)
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.scope.objects[line[start:end]] == nil && !strings.HasPrefix(line, "!(") && !strings.HasPrefix(line, "!!")
	case strings.HasSuffix(line, "?"):
		return isName(line[:len(line)-1])
	}
	return false
}

// parseCommand reads the magic in code[start:end].
func parseCommand(code string, start, end int) command {
	for code[start] == ' ' || code[start] == '\t' {
		start++
	}
	line := strings.TrimRight(code[start:end], " \t\r")
	end = start + len(line)
	switch line[0] {
	case '!':
		return command{shell: true, arg: strings.TrimSpace(line[1:]), start: start + 1, end: end}
	case '%':
		name, _, _ := strings.Cut(line[1:], " ")
		at := start + 1 + len(name)
		return command{name: name, arg: strings.TrimSpace(code[at:end]), start: at, end: end}
	}
	return command{name: "help", arg: line[:len(line)-1], start: start, end: end - 1}
}

// command runs a magic other than %time.
func (s *Session) command(ctx context.Context, c Cell, cmd command) (Result, error) {
	if cmd.shell {
		return Result{}, s.shell(ctx, c, cmd.arg)
	}
	m, ok := findMagic(cmd.name)
	if !ok {
		hint := "%help lists what there is"
		if near := nearestMagic(cmd.name); near != "" {
			hint = "is %" + near + " meant?"
		}
		return Result{}, magicError("there is no magic %%%s; %s", cmd.name, hint)
	}
	return m.run(s, ctx, c, cmd.arg)
}

// magicError is the error of a magic that was called wrongly.
func magicError(format string, args ...any) *Error {
	msg := fmt.Sprintf(format, args...)
	return &Error{Name: "MagicError", Message: msg, Traceback: []string{msg}}
}

// said is a line that a magic answers with.
func said(format string, args ...any) (Result, error) {
	b := display.Text(fmt.Sprintf(format, args...))
	return Result{Value: &b}, nil
}

// nearestMagic is the magic whose name takes the fewest changes to make of name,
// "" if none is near.
func nearestMagic(name string) string {
	best, least := "", 3
	for _, m := range magics() {
		if strings.HasPrefix(m.name, name) && name != "" {
			return m.name
		}
		if d := distance(name, m.name); d < least {
			best, least = m.name, d
		}
	}
	return best
}

// distance is the number of letters to insert, drop or change between a and b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			d := last
			if a[i] != b[j] {
				d = 1 + min(last, row[j], row[j+1])
			}
			last, row[j+1] = row[j+1], d
		}
	}
	return row[len(b)]
}

// blankAround is code[start:end] with spaces in place of everything else, so that
// offsets and lines stay.
func blankAround(code string, start, end int) string {
	out := []byte(code)
	for i, c := range out {
		if (i < start || i >= end) && c != '\n' {
			out[i] = ' '
		}
	}
	return string(out)
}

// goOf is a cell with its magics blanked out, but for the Go behind %time and
// the name behind %help.
func (s *Session) goOf(code string) string {
	commands, rest := s.leadingCommands(code)
	if len(commands) == 0 {
		return code
	}
	out := []byte(blankAround(code, rest, len(code)))
	for _, c := range commands {
		if c.name == "time" || c.name == "help" {
			copy(out[c.start:c.end], code[c.start:c.end])
		}
	}
	return string(out)
}

// explainMagics says what is wrong with a magic behind Go, which the parser takes
// for Go.
func explainMagics(diags []diagnostic) []diagnostic {
	for i, d := range diags {
		n, _ := d.src.position(d.offset)
		if line := strings.TrimSpace(d.src.line(n)); strings.HasPrefix(line, "%") {
			diags[i].msg = "syntax error: magics stand on the first lines of a cell, in front of its Go"
			return diags[:i+1]
		}
	}
	return diags
}
