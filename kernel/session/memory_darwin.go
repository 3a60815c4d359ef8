package session

import "golang.org/x/sys/unix"

// machineMemory is the memory of the machine, 0 if it cannot be told.
func machineMemory() uint64 {
	n, err := unix.SysctlUint64("hw.memsize")
	if err != nil {
		return 0
	}
	return n
}
