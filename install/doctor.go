package install

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// A State says how a thing that Doctor looked at is.
type State int

// The states. Only Broken makes setun doctor fail.
const (
	OK      State = iota
	Missing       // not there, and not needed for what works without it
	Broken        // there, but it cannot work
)

// A Check is one thing that was looked at.
type Check struct {
	Name  string
	State State
	Found string
	Mend  string // what to do about it; empty if nothing need be done
}

// A Section is a group of checks.
type Section struct {
	Title  string
	Checks []Check
}

// Doctor looks at everything that has to fit together. Start starts a kernel,
// runs something in it, and says what it answered.
func Doctor(ctx context.Context, h Host, binary, version string, start func(context.Context) (string, error)) []Section {
	return []Section{
		{"setun", []Check{
			binaryCheck(binary),
			{Name: "version", Found: version},
			kernelCheck(ctx, start),
		}},
		{"machine", machine()},
		{"jupyter", jupyter(ctx, h, binary)},
		{"data", dataSets()},
	}
}

// Report writes what Doctor found and returns how many checks are broken.
func Report(w io.Writer, sections []Section) (broken int) {
	marks := [...]string{"ok", "--", "!!"}
	for i, s := range sections {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, s.Title)
		for _, c := range s.Checks {
			found := strings.ReplaceAll(strings.TrimSpace(c.Found), "\n", "\n"+strings.Repeat(" ", 21))
			fmt.Fprintf(w, "  %s  %-14s %s\n", marks[c.State], c.Name, found)
			if c.Mend != "" {
				fmt.Fprintf(w, "%s→ %s\n", strings.Repeat(" ", 21), c.Mend)
			}
			if c.State == Broken {
				broken++
			}
		}
	}
	return broken
}

func binaryCheck(binary string) Check {
	c := Check{Name: "binary", Found: binary}
	if err := checkBinary(binary); err != nil {
		c.State, c.Found = Missing, err.Error()
		c.Mend = "to install it for Jupyter, build it to a place where it stays"
	}
	return c
}

func kernelCheck(ctx context.Context, start func(context.Context) (string, error)) Check {
	said, err := start(ctx)
	if err != nil {
		return Check{
			"kernel", Broken, err.Error(),
			"the kernel starts its sockets on 127.0.0.1; look for a firewall, or report this with setun doctor's output",
		}
	}
	return Check{Name: "kernel", Found: said}
}
