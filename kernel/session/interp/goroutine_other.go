//go:build !amd64 && !arm64

package interp

import (
	"bytes"
	"runtime"
	"strconv"
)

// goroutine is the number of this goroutine in traces, which takes long to find
// out in deep recursion.
func goroutine() uintptr {
	var buf [64]byte
	fields := bytes.Fields(buf[:runtime.Stack(buf[:], false)])
	id, err := strconv.ParseUint(string(fields[1]), 10, 64)
	if err != nil {
		panic(err) // "goroutine 17 [running]:" has been the form for ever
	}
	return uintptr(id)
}
