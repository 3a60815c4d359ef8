package notebook

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"setun/kernel/wire"
)

// Options say how Run executes a notebook. Command is required.
type Options struct {
	Command     []string         // starts a kernel; -f and a connection file are added
	Dir         string           // the kernel's working folder; "" is the current one
	AllowErrors bool             // go on after a cell that fails
	Progress    *Progress        // told of everything; nil for silence
	Interrupt   <-chan os.Signal // the first interrupts the running cell, the second kills the kernel
}

// A CellError says which cell stopped the run, and why.
type CellError struct {
	Cell    int    // its number among the cells that run, as in the kernel's own messages
	ID      string // the cell's id
	Source  string // its first line
	Name    string // "Panic", "CompileError", ...
	Message string
}

func (e *CellError) Error() string {
	return fmt.Sprintf("cell %d (%s) failed: %s: %s", e.Cell, e.Source, e.Name, e.Message)
}

// Hint says how a notebook can go on.
func (e *CellError) Hint() string {
	return "a cell that is meant to fail carries the tag raises-exception; --allow-errors goes on after every failure"
}

// ErrInterrupted is the cause of a run that a signal stopped.
var ErrInterrupted = errors.New("interrupted")

// Run executes the code cells of n in order in a kernel started for it, and
// replaces their outputs and execution counts. All old outputs are removed
// first: what the notebook holds afterwards is of this run, also when Run
// returns an error and later cells have not run.
//
// A cell that fails ends the run with a *CellError, unless it is tagged
// raises-exception or the options allow errors.
func Run(ctx context.Context, n *Notebook, o Options) error {
	for _, c := range n.Cells {
		c.Count, c.Outputs = 0, nil
	}
	if o.Progress == nil {
		o.Progress = &Progress{}
	}
	k, err := startInterruptible(ctx, o)
	if err != nil {
		return err
	}
	defer k.shutdown()
	n.describe(k.language)
	r := &run{Options: o, kernel: k, collector: newCollector()}

	var code []int
	for i, c := range n.Cells {
		if c.Type == Code && strings.TrimSpace(c.Source) != "" {
			code = append(code, i)
		}
	}
	for place, i := range code {
		c := n.Cells[i]
		o.Progress.begin(place+1, len(code), firstLine(c.Source))
		start := time.Now()
		failure, err := r.cell(ctx, c)
		if failure != nil {
			failure.Cell, failure.ID, failure.Source = place+1, c.ID, firstLine(c.Source)
		}
		o.Progress.end(time.Since(start), failure != nil || err != nil)
		switch {
		case err != nil:
			return fmt.Errorf("cell %d (%s): %w", place+1, firstLine(c.Source), err)
		case r.interrupts > 0:
			return fmt.Errorf("cell %d (%s): %w", place+1, firstLine(c.Source), ErrInterrupted)
		case failure != nil && !o.AllowErrors && !c.Tagged("raises-exception"):
			return failure
		}
	}
	return nil
}

// describe records the kernel in the metadata, as Jupyter does on saving.
func (n *Notebook) describe(language map[string]any) {
	n.Metadata = with(n.Metadata)
	if n.Metadata["kernelspec"] == nil {
		n.Metadata["kernelspec"] = map[string]any{"display_name": "Go (Setun)", "language": "go", "name": "setun"}
	}
	if language != nil {
		n.Metadata["language_info"] = language
	}
}

// startInterruptible starts the kernel; a signal meanwhile gives up.
func startInterruptible(ctx context.Context, o Options) (*kernelProcess, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	started := make(chan struct{})
	defer close(started)
	go func() {
		select {
		case <-o.Interrupt:
			cancel(ErrInterrupted)
		case <-started:
		}
	}()
	return startKernel(ctx, o.Command, o.Dir)
}

type run struct {
	Options
	kernel     *kernelProcess
	collector  *collector
	interrupts int
}

// cell executes one cell and returns when the kernel has replied and is idle
// again, which is when all output of the cell has arrived.
func (r *run) cell(ctx context.Context, c *Cell) (*CellError, error) {
	k := r.kernel
	id, err := k.client.Send(wire.Shell, "execute_request", map[string]any{
		"code": c.Source, "silent": false, "store_history": true,
		"user_expressions": map[string]any{}, "allow_stdin": false, "stop_on_error": true,
	})
	if err != nil {
		return nil, fmt.Errorf("send it to the kernel: %w", err)
	}
	r.collector.cells[id] = c
	var failure *CellError
	for replied, idle := false, false; !replied || !idle; {
		select {
		case m, ok := <-k.client.Messages(wire.Shell):
			if !ok {
				return nil, k.died("while running it")
			}
			if m.Parent.ID == id && m.Header.Type == "execute_reply" {
				replied = true
				if failure, err = reply(m, c); err != nil {
					return nil, err
				}
			}
		case m, ok := <-k.client.Messages(wire.IOPub):
			if !ok {
				return nil, k.died("while running it")
			}
			idle = idle || m.Parent.ID == id && isIdle(m)
			changed, text, err := r.collector.add(m)
			if err != nil {
				return nil, err
			}
			if changed != nil {
				r.Progress.output(changed, text)
			}
		case <-r.Interrupt:
			r.interrupts++
			if r.interrupts > 1 {
				k.kill()
				return nil, ErrInterrupted
			}
			r.Progress.note("interrupting the cell; once more kills the kernel")
			if err := k.interrupt(); err != nil {
				return nil, fmt.Errorf("interrupt: %w", err)
			}
		case <-k.exited:
			return nil, k.died("while running it")
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	return failure, nil
}

// reply takes the execution count, and the failure if there is one, from an
// execute_reply.
func reply(m *wire.Message, c *Cell) (*CellError, error) {
	var v struct {
		Status string `json:"status"`
		Count  int    `json:"execution_count"`
		EName  string `json:"ename"`
		EValue string `json:"evalue"`
	}
	if err := m.Decode(&v); err != nil {
		return nil, fmt.Errorf("the kernel's reply: %w", err)
	}
	c.Count = v.Count
	if v.Status == "ok" {
		return nil, nil
	}
	return &CellError{Name: v.EName, Message: v.EValue}, nil
}

func isIdle(m *wire.Message) bool {
	if m.Header.Type != "status" {
		return false
	}
	var v struct {
		State string `json:"execution_state"`
	}
	return m.Decode(&v) == nil && v.State == "idle"
}

// firstLine is the first line of a cell that says something, for people.
func firstLine(src string) string {
	lines := strings.Split(src, "\n")
	for _, l := range lines {
		l = strings.TrimSpace(l)
		if l != "" && !strings.HasPrefix(l, "//") {
			return clip(l, 60)
		}
	}
	return clip(strings.TrimSpace(lines[0]), 60)
}
