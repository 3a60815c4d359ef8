package notebook

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"setun/kernel/wire"
)

// A kernelProcess is a kernel that this process started, and a client
// connected to it.
type kernelProcess struct {
	cmd    *exec.Cmd
	client *wire.Client
	folder string        // holds the connection file
	exited chan struct{} // closed when the process is gone
	status error         // how it went; valid once exited is closed
	output *tail         // the last it wrote to its own stdout and stderr

	language map[string]any // language_info of its kernel_info_reply
}

// startTimeout is how long a kernel may take to answer; it needs a fraction of
// a second unless the machine is on its knees.
const startTimeout = 60 * time.Second

// startKernel starts command, to which the flag -f and a connection file are
// added, in the folder dir, and waits until it answers and its iopub channel
// carries messages.
func startKernel(ctx context.Context, command []string, dir string) (_ *kernelProcess, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout, fmt.Errorf("no answer within %v", startTimeout))
	defer cancel()
	conn, err := wire.NewConnection()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "setun-run-")
	if err != nil {
		return nil, err
	}
	k := &kernelProcess{folder: folder, exited: make(chan struct{}), output: &tail{}}
	defer func() {
		if err != nil {
			k.kill()
		}
	}()
	file := filepath.Join(folder, "connection.json")
	if err := conn.Write(file); err != nil {
		return nil, err
	}
	args := append(append([]string{}, command[1:]...), "-f", file)
	k.cmd = exec.Command(command[0], args...)
	k.cmd.Dir = dir
	k.cmd.Stdout, k.cmd.Stderr = k.output, k.output
	k.cmd.Env = append(os.Environ(), fmt.Sprintf("JPY_PARENT_PID=%d", os.Getpid()))
	k.cmd.SysProcAttr = ownGroup()
	k.cmd.WaitDelay = time.Second // a process that the kernel left behind may hold the pipe
	if err := k.cmd.Start(); err != nil {
		k.cmd = nil
		return nil, fmt.Errorf("start the kernel: %w", err)
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go func() {
		k.status = k.cmd.Wait()
		close(k.exited)
		stop(errDied)
	}()
	// Connect returns when the kernel listens and the iopub subscription is in
	// place, so that no output can be lost.
	if k.client, err = wire.Connect(ctx, conn); err == nil {
		err = k.greet(ctx)
	}
	if err != nil {
		if context.Cause(ctx) == errDied {
			return nil, k.died("while starting")
		}
		if cause := context.Cause(ctx); cause != nil {
			err = fmt.Errorf("%w (%w)", cause, err)
		}
		return nil, err
	}
	return k, nil
}

var errDied = errors.New("the kernel's process has ended")

// greet asks the kernel who it is: when it answers, it is ready to run code.
func (k *kernelProcess) greet(ctx context.Context) error {
	id, err := k.client.Send(wire.Shell, "kernel_info_request", struct{}{})
	if err != nil {
		return fmt.Errorf("ask the kernel who it is: %w", err)
	}
	for {
		select {
		case m, ok := <-k.client.Messages(wire.Shell):
			if !ok {
				return k.died("while starting")
			}
			if m.Parent.ID != id {
				continue
			}
			var info struct {
				Language map[string]any `json:"language_info"`
			}
			if err := m.Decode(&info); err != nil {
				return err
			}
			k.language = info.Language
			return nil
		case <-k.client.Messages(wire.IOPub): // busy, idle, starting
		case <-ctx.Done():
			return errors.New("the kernel does not answer")
		}
	}
}

// died is the error for a kernel whose process has ended. It waits for the
// process, since a closed socket is often seen first.
func (k *kernelProcess) died(when string) error {
	select {
	case <-k.exited:
	case <-time.After(time.Second):
		return fmt.Errorf("the kernel closed its connection %s", when)
	}
	how := "exit status 0"
	if k.status != nil {
		how = k.status.Error()
	}
	err := fmt.Errorf("the kernel died %s: %s", when, how)
	if last := k.output.String(); last != "" {
		return fmt.Errorf("%w; its last words:\n%s", err, last)
	}
	return err
}

// interrupt asks the kernel to stop the running cell.
func (k *kernelProcess) interrupt() error {
	_, err := k.client.Send(wire.Control, "interrupt_request", struct{}{})
	return err
}

// shutdown asks the kernel to end, and ends it if it does not.
func (k *kernelProcess) shutdown() {
	_, err := k.client.Send(wire.Control, "shutdown_request", map[string]bool{"restart": false})
	if err == nil {
		select {
		case <-k.exited:
		case <-time.After(5 * time.Second):
		}
	}
	k.kill()
}

// kill ends the process, if it still runs, and everything it started.
func (k *kernelProcess) kill() {
	if k.cmd != nil {
		killGroup(k.cmd.Process)
		<-k.exited
	}
	if k.client != nil {
		k.client.Close()
	}
	os.RemoveAll(k.folder)
}

// A tail keeps the last of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailSize = 4 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if over := len(t.text) - tailSize; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.text))
}
