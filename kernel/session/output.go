package session

import (
	"errors"
	"fmt"
	"log"
	"os"
	"sync"
	"syscall"

	"setun/kernel/session/engine"
)

// streamWriter writes to a stream of a cell's output.
type streamWriter struct {
	files *files
	out   Output
	name  string
}

func (w streamWriter) Write(p []byte) (int, error) {
	w.files.drain()
	w.out.Stream(w.name, string(p))
	return len(p), nil
}

// files are pipes that stand for os.Stdout and os.Stderr in cells: they catch
// what compiled code writes to a file that it was given. Writes of the cells
// themselves do not come this way. Stdin is empty: cells that read os.Stdin ask
// the person, and compiled code that was given the file finds its end.
type files struct {
	stdin          *os.File
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
	stdin, err := os.Open(os.DevNull)
	if err != nil {
		return nil, err
	}
	return &files{stdin, stdout, stderr}, nil
}

func (f *files) attach(out Output) {
	f.stdout.attach(out)
	f.stderr.attach(out)
}

// drain forwards everything that has been written so far.
func (f *files) drain() {
	f.stdout.drain()
	f.stderr.drain()
}

// A pipe forwards what is written to w to the running cell. Whoever writes to the
// cell's output by another way drains it first, so that output keeps its order.
type pipe struct {
	name string
	w    *os.File
	conn syscall.RawConn // of the end that is read

	mu  sync.Mutex // held while reading and delivering
	out Output
	buf []byte
}

func newPipe(name string) (*pipe, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("a pipe for %s: %w", name, err)
	}
	conn, err := r.SyscallConn()
	if err != nil {
		return nil, fmt.Errorf("a pipe for %s: %w", name, err)
	}
	p := &pipe{name: name, w: w, conn: conn, buf: make([]byte, 32<<10)}
	// It ends with the process: what a cell has started may write at any time.
	go func() {
		_ = conn.Read(func(fd uintptr) bool { return p.read(int(fd)) })
	}()
	return p, nil
}

// attach makes out the output of the running cell; what is there already goes to
// the one before.
func (p *pipe) attach(out Output) {
	p.drain()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out = out
}

// drain forwards everything that has been written.
func (p *pipe) drain() {
	_ = p.conn.Control(func(fd uintptr) { p.read(int(fd)) })
}

// read forwards what there is, without waiting for more. It reports whether the
// pipe has come to its end.
func (p *pipe) read(fd int) (end bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		n, err := syscall.Read(fd, p.buf)
		switch {
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.EAGAIN):
			return false
		case err != nil || n <= 0:
			return true
		case p.out != nil:
			p.out.Stream(p.name, string(p.buf[:n]))
		}
	}
}

// captureLog sends what cells log, by log and by slog's default logger, to the
// cell that logs. Goroutines of no cell still log to the process.
func (s *Session) captureLog() {
	log.SetOutput(&engine.Writer{Runs: s.runs, Stderr: true, Other: os.Stderr})
}
