package tensor_test

import (
	"errors"
	"math"
	"runtime/debug"
	"testing"

	"setun/runtime/tensor"
)

func TestMemoryLimit(t *testing.T) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(512 << 20))
	for name, allocate := range map[string]func(){
		"New":    func() { tensor.New(1<<15, 1<<14) },
		"Param":  func() { tensor.Param("w", 1<<15, 1<<14).Data() },
		"Borrow": func() { tensor.Borrow(1 << 29) },
	} {
		err := panicOf(allocate)
		var full *tensor.MemoryError
		if !errors.As(err, &full) || full.Want != 1<<31 || full.Limit != 512<<20 {
			t.Errorf("%s: %v", name, err)
		}
	}
	debug.SetMemoryLimit(math.MaxInt64)
	if n := tensor.New(1<<13, 1<<12).Len(); n != 1<<25 {
		t.Errorf("without a limit: %d elements", n)
	}
}

func panicOf(f func()) (err error) {
	defer func() { err, _ = recover().(error) }()
	f()
	return nil
}
