package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// shellGrace is how long an interrupted command has to end by itself.
const shellGrace = 50 * time.Millisecond

// shell is !command: it runs in a process group of its own, so that an interrupt
// reaches all that it has started. Its output goes to the cell as it comes; its
// input is empty.
func (s *Session) shell(ctx context.Context, c Cell, line string) error {
	if line == "" {
		return magicError("! is followed by a command: !ls")
	}
	cmd := exec.Command("sh", "-c", line)
	cmd.Stdout = streamWriter{s.files, c.Output, "stdout"}
	cmd.Stderr = streamWriter{s.files, c.Output, "stderr"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return magicError("!%s: %v", line, err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err := <-done:
		return shellError(line, err)
	case <-ctx.Done():
	}
	// It may have ended meanwhile: then there is nobody to signal.
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGINT)
	select {
	case <-done:
	case <-time.After(shellGrace):
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
	return interruptedError()
}

func shellError(line string, err error) error {
	if err == nil {
		return nil
	}
	msg := err.Error()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		msg = exit.ProcessState.String() // "exit status 3", "signal: killed"
	} else if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	msg = fmt.Sprintf("!%s: %s", line, msg)
	return &Error{Name: "CommandError", Message: msg, Traceback: []string{red + "CommandError" + reset + ": " + msg}}
}
