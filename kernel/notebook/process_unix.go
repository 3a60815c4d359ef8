//go:build unix

package notebook

import (
	"os"
	"syscall"
)

// ownGroup puts a process into a group of its own: Ctrl-C in the terminal then
// reaches only the runner, which decides what the kernel hears.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// killGroup kills p and whatever it started.
func killGroup(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGKILL) }
