//go:build unix

package bench

import (
	"os"
	"os/exec"
	"syscall"
)

// ownGroup starts cmd in a process group of its own.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// freeze stops a peer between its turns: thread pools of other libraries go on
// spinning for a while after their work, on the cores of whoever is next.
func freeze(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGSTOP) }

func thaw(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGCONT) }
