//go:build !linux && !darwin

package session

// machineMemory is 0: it cannot be told here, and there is no limit unless
// %memlimit sets one.
func machineMemory() uint64 { return 0 }
