//go:build amd64 || arm64

package interp

// goroutine is the address of the runtime's descriptor of this goroutine: the one
// thing by which a goroutine can be told that does not pass to those it starts.
// It tells goroutines apart as long as they live.
func goroutine() uintptr
