package notebook

import (
	"os"
	"syscall"
)

// ownGroup puts a process into a group of its own: Ctrl-C in the console then
// reaches only the runner, which decides what the kernel hears.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// killGroup kills p.
func killGroup(p *os.Process) { _ = p.Kill() }
