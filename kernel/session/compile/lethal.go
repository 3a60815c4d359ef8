package compile

import (
	"os"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

// lethalIntrinsics are compiled functions that end the process if they are called
// wrongly, or do nothing else: here they panic, or have no effect on what is the
// kernel's own.
var lethalIntrinsics = map[string]func(*Program, sigLayout) instr{
	"(*sync.RWMutex).Unlock": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			m := *slotPtr[*sync.RWMutex](fp, lay.recv)
			if readersOf(m) >= 0 {
				panic(plainError("sync: Unlock of unlocked RWMutex"))
			}
			m.Unlock()
		}
	},
	"(*sync.RWMutex).RUnlock": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) { unlockReader(*slotPtr[*sync.RWMutex](fp, lay.recv)) }
	},
	// What RWMutex.RLocker returns is the mutex under another name.
	"(*sync.rlocker).Lock": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			if m := *slotPtr[*sync.RWMutex](fp, lay.recv); !soon(m.TryRLock) {
				fp.th.block(m.RLock, m.RUnlock)
			}
		}
	},
	"(*sync.rlocker).Unlock": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) { unlockReader(*slotPtr[*sync.RWMutex](fp, lay.recv)) }
	},
	"(*os.Process).Kill": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			p := *slotPtr[*os.Process](fp, lay.recv)
			if p.Pid == os.Getpid() {
				panic(&ExitError{Code: 128 + 9})
			}
			setError(fp, lay.results[0], p.Kill())
		}
	},
	"(*os.Process).Signal": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			p := *slotPtr[*os.Process](fp, lay.recv)
			sig, _ := (*slotPtr[any](fp, lay.params[0])).(os.Signal)
			if p.Pid == os.Getpid() && sig == os.Kill {
				panic(&ExitError{Code: 128 + 9})
			}
			setError(fp, lay.results[0], p.Signal(sig))
		}
	},
	// Limits of the process, which ends where they are passed: cells have their own.
	"runtime/debug.SetMaxStack":     keeps(1_000_000_000),
	"runtime/debug.SetMaxThreads":   keeps(10_000),
	"runtime/debug.SetPanicOnFault": keeps(true),
}

// keeps is a function that sets what has the value x, and does not.
func keeps[T any](x T) func(*Program, sigLayout) instr {
	return func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) { *slotPtr[T](fp, lay.results[0]) = x }
	}
}

func setError(fp *Frame, off uintptr, err error) { *slotPtr[any](fp, off) = err }

// readerCount is where the runtime's RWMutex counts its readers; maxReaders less
// while there is a writer, or one waits.
var readerCount = func() uintptr {
	f, ok := reflect.TypeFor[sync.RWMutex]().FieldByName("readerCount")
	if !ok || f.Type != reflect.TypeFor[atomic.Int32]() {
		panic("compile: this toolchain's sync.RWMutex is unknown: " + runtime.Version())
	}
	return f.Offset
}()

const maxReaders = 1 << 30

func readersOf(m *sync.RWMutex) int32 {
	return (*atomic.Int32)(unsafe.Add(unsafe.Pointer(m), readerCount)).Load()
}

func unlockReader(m *sync.RWMutex) {
	if n := readersOf(m); n == 0 || n == -maxReaders {
		panic(plainError("sync: RUnlock of unlocked RWMutex"))
	}
	m.RUnlock()
}
