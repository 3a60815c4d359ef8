//go:build unix

package train

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
)

// lowerPriority makes the process give way to others: niceness 10 for all of its
// threads, which the threads that they start inherit.
func lowerPriority() error {
	const nice = 10
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil { // not Linux: there the niceness is the process's
		if err := syscall.Setpriority(syscall.PRIO_PROCESS, 0, nice); err != nil {
			return fmt.Errorf("train: lowering the priority: %w", err)
		}
		return nil
	}
	for _, t := range threads {
		id, err := strconv.Atoi(t.Name())
		if err != nil {
			continue
		}
		// A thread may have ended since, and one may be nicer already.
		if err := syscall.Setpriority(syscall.PRIO_PROCESS, id, nice); err != nil && err != syscall.ESRCH {
			return fmt.Errorf("train: lowering the priority: %w", err)
		}
	}
	return nil
}
