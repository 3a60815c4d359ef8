package session

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"sync"
	"time"

	"setun/kernel/session/engine"
)

// streamWriter writes to a stream of a cell's output.
type streamWriter struct {
	files *files
	out   Output
	name  string
}

func (w streamWriter) Write(p []byte) (int, error) {
	w.out.Stream(w.name, string(p))
	return len(p), nil
}

// files are pipes that stand for os.Stdout and os.Stderr in cells: they catch
// what compiled code writes to a file that it was given. Writes of the cells
// themselves do not come this way.
type files struct {
	stdout, stderr *pipe
}

func openFiles() (*files, error) {
	stdout, err := newPipe("stdout")
	if err != nil {
		return nil, err
	}
	stderr, err := newPipe("stderr")
	if err != nil {
		return nil, err
	}
	return &files{stdout, stderr}, nil
}

func (f *files) attach(out Output) {
	f.stdout.attach(out)
	f.stderr.attach(out)
}

// sync waits until everything written so far has been forwarded.
func (f *files) sync() {
	f.stdout.sync()
	f.stderr.sync()
}

// A pipe forwards what is written to w to the running cell.
type pipe struct {
	name string
	w    *os.File

	mu     sync.Mutex
	out    Output
	mark   []byte        // what sync waits for
	marked chan struct{} // closed when it has come
	marks  int
}

func newPipe(name string) (*pipe, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("a pipe for %s: %w", name, err)
	}
	p := &pipe{name: name, w: w}
	go p.forward(r)
	return p, nil
}

func (p *pipe) attach(out Output) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out = out
}

func (p *pipe) forward(r *os.File) {
	buf := make([]byte, 32<<10)
	var pending []byte
	for {
		n, err := r.Read(buf)
		if err != nil {
			return // the write end is gone, and with it the session
		}
		pending = p.deliver(append(pending, buf[:n]...))
	}
}

// deliver forwards data up to the mark, if it is there, and returns what may be
// the start of one.
func (p *pipe) deliver(data []byte) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	var rest []byte
	if p.mark != nil {
		if i := bytes.Index(data, p.mark); i >= 0 {
			p.send(data[:i])
			data = data[i+len(p.mark):]
			p.mark = nil
			close(p.marked)
		} else if i := bytes.LastIndexByte(data, 0); i >= 0 && len(data)-i < len(p.mark) {
			data, rest = data[:i], bytes.Clone(data[i:])
		}
	}
	p.send(data)
	return rest
}

func (p *pipe) send(data []byte) {
	if len(data) > 0 && p.out != nil {
		p.out.Stream(p.name, string(data))
	}
}

// sync writes a mark and waits for it to come out, but not for ever: a cell that
// was left behind may have filled the pipe.
func (p *pipe) sync() {
	p.mu.Lock()
	p.marks++
	mark := fmt.Appendf(nil, "\x00setun mark %d\x01", p.marks)
	marked := make(chan struct{})
	p.mark, p.marked = mark, marked
	p.mu.Unlock()
	if _, err := p.w.Write(mark); err != nil {
		return
	}
	select {
	case <-marked:
	case <-time.After(time.Second):
	}
}

// captureLog sends what cells log, by log and by slog's default logger, to the
// cell that logs. Goroutines of no cell still log to the process.
func (s *Session) captureLog() {
	log.SetOutput(&engine.Writer{Runs: s.runs, Stderr: true, Other: os.Stderr})
}
