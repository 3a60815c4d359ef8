package session

import (
	"os"
	"path"
	"strconv"
	"strings"
)

// machineMemory is the memory of the machine, or of the cgroup that the process
// is in if that is less; 0 if it cannot be told.
func machineMemory() uint64 {
	least := uint64(0)
	consider := func(text string) {
		n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 64)
		if err == nil && n > 0 && (least == 0 || n < least) {
			least = n
		}
	}
	for line := range strings.Lines(readText("/proc/meminfo")) {
		if rest, ok := strings.CutPrefix(line, "MemTotal:"); ok {
			kib, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
			if n, err := strconv.ParseUint(kib, 10, 64); err == nil {
				least = n << 10
			}
		}
	}
	for line := range strings.Lines(readText("/proc/self/cgroup")) {
		// "0::/path" of version 2, "4:memory:/path" of version 1
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		root, file := "/sys/fs/cgroup", "memory.max"
		if parts[0] != "0" {
			if parts[1] != "memory" {
				continue
			}
			root, file = "/sys/fs/cgroup/memory", "memory.limit_in_bytes"
		}
		for dir := path.Clean("/" + parts[2]); ; dir = path.Dir(dir) {
			consider(readText(path.Join(root, dir, file)))
			if dir == "/" {
				break
			}
		}
	}
	return least
}

// readText is a file of the kernel, "" if it does not have it.
func readText(name string) string {
	b, err := os.ReadFile(name)
	if err != nil {
		return ""
	}
	return string(b)
}
