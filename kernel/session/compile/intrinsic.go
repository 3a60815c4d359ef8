package compile

import (
	"errors"
	"flag"
	"fmt"
	"go/types"
	"hash/maphash"
	"reflect"
	"runtime"
	"sync"
	"time"
	"weak"

	"golang.org/x/tools/go/ssa"
)

// intrinsics are functions of the standard library that the engine does itself:
// those that wait, so that a stopped run does not, and those that would end the
// process.
var intrinsics = map[string]func(p *Program, lay sigLayout) instr{
	"time.Sleep": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) { fp.th.sleep(*slotPtr[time.Duration](fp, lay.params[0])) }
	},
	"os.Exit": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) { panic(&ExitError{Code: *slotPtr[int](fp, lay.params[0])}) }
	},
	"runtime.Breakpoint": func(*Program, sigLayout) instr {
		return func(*Frame) { panic(plainError("runtime.Breakpoint: cells have no debugger")) }
	},
	"(*sync.WaitGroup).Wait": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) { fp.th.block((*slotPtr[*sync.WaitGroup](fp, lay.recv)).Wait, nil) }
	},
	// The goroutine is one of ours: a counter that has gone negative, because the
	// group was declared again meanwhile, ends the goroutine and not the process.
	"(*sync.WaitGroup).Go": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			wg, f := *slotPtr[*sync.WaitGroup](fp, lay.recv), *slotPtr[func()](fp, lay.params[0])
			th := newThread(fp.th.run)
			wg.Add(1)
			crowd.Add(1)
			go th.apart(func() {
				defer wg.Done()
				f()
			})
		}
	},
	"(*sync.Mutex).Lock": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			if m := *slotPtr[*sync.Mutex](fp, lay.recv); !soon(m.TryLock) {
				fp.th.block(m.Lock, m.Unlock)
			}
		}
	},
	"(*sync.Mutex).Unlock": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			m := *slotPtr[*sync.Mutex](fp, lay.recv)
			if m.TryLock() {
				m.Unlock()
				panic(plainError("sync: unlock of unlocked mutex"))
			}
			m.Unlock()
		}
	},
	"(*sync.RWMutex).Lock": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			if m := *slotPtr[*sync.RWMutex](fp, lay.recv); !soon(m.TryLock) {
				fp.th.block(m.Lock, m.Unlock)
			}
		}
	},
	"(*sync.RWMutex).RLock": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			if m := *slotPtr[*sync.RWMutex](fp, lay.recv); !soon(m.TryRLock) {
				fp.th.block(m.RLock, m.RUnlock)
			}
		}
	},
	"runtime.Goexit": func(*Program, sigLayout) instr {
		return func(*Frame) { panic(goexit{}) }
	},
	"(*sync.Cond).Wait": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) { fp.th.waitCond(*slotPtr[*sync.Cond](fp, lay.recv)) }
	},
	"flag.Parse": func(p *Program, _ sigLayout) instr {
		return func(*Frame) {
			var args []string
			if v, ok := p.lookup("os", "Args"); ok && v.Len() > 0 {
				args = v.Interface().([]string)[1:]
			}
			// As in package flag, an error ends the program or is ignored.
			_ = parseFlags(flag.CommandLine, args)
		}
	},
	"(*flag.FlagSet).Parse": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			*slotPtr[any](fp, lay.results[0]) = parseFlags(*slotPtr[*flag.FlagSet](fp, lay.recv), *slotPtr[[]string](fp, lay.params[0]))
		}
	},
	"runtime.addCleanup": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			ptr, f := *slotPtr[*byte](fp, lay.params[0]), *slotPtr[func()](fp, lay.params[1])
			*slotPtr[runtime.Cleanup](fp, lay.results[0]) = runtime.AddCleanup(ptr, func(f func()) { f() }, f)
		}
	},
	"weak.makeWeak": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			*slotPtr[weak.Pointer[byte]](fp, lay.results[0]) = weak.Make(*slotPtr[*byte](fp, lay.params[0]))
		}
	},
	"weak.value": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			*slotPtr[*byte](fp, lay.results[0]) = slotPtr[weak.Pointer[byte]](fp, lay.params[0]).Value()
		}
	},
	"hash/maphash.comparableAny": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			seed, v := *slotPtr[maphash.Seed](fp, lay.params[0]), *slotPtr[any](fp, lay.params[1])
			*slotPtr[uint64](fp, lay.results[0]) = maphash.Comparable(seed, v)
		}
	},
	"maps.clone": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			m := reflect.ValueOf(*slotPtr[any](fp, lay.params[0]))
			if m.IsNil() {
				*slotPtr[any](fp, lay.results[0]) = m.Interface()
				return
			}
			n := reflect.MakeMapWithSize(m.Type(), m.Len())
			for it := m.MapRange(); it.Next(); {
				n.SetMapIndex(it.Key(), it.Value())
			}
			*slotPtr[any](fp, lay.results[0]) = n.Interface()
		}
	},
}

func sprint(fp *Frame, params []uintptr) string {
	return fmt.Sprint(*slotPtr[[]any](fp, params[0])...)
}

func sprintln(fp *Frame, params []uintptr) string {
	return fmt.Sprintln(*slotPtr[[]any](fp, params[0])...)
}

func sprintf(fp *Frame, params []uintptr) string {
	return fmt.Sprintf(*slotPtr[string](fp, params[0]), *slotPtr[[]any](fp, params[1])...)
}

// parseFlags is fs.Parse, but that flag.ExitOnError ends the run.
func parseFlags(fs *flag.FlagSet, args []string) error {
	if fs.ErrorHandling() != flag.ExitOnError {
		return fs.Parse(args)
	}
	fs.Init(fs.Name(), flag.ContinueOnError)
	defer fs.Init(fs.Name(), flag.ExitOnError)
	switch err := fs.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		panic(&ExitError{Code: 0})
	case err != nil:
		panic(&ExitError{Code: 2})
	}
	return nil
}

func (p *Program) intrinsic(fn *ssa.Function, obj *types.Func) *Func {
	if obj == nil {
		return nil
	}
	name := obj.FullName()
	build := intrinsicOf(name)
	if build == nil {
		return nil
	}
	sig := fn.Signature
	var recv types.Type
	if sig.Recv() != nil {
		recv = sig.Recv().Type()
	}
	return p.thunk(name, sig, recv, func(c *fnc) instr { return build(p, c.code.lay) })
}

func intrinsicOf(name string) func(*Program, sigLayout) instr {
	build := intrinsics[name]
	for _, more := range []map[string]func(*Program, sigLayout) instr{whereIntrinsics, counterIntrinsics, greedyIntrinsics, greedyTexts, lethalIntrinsics, finalizerIntrinsics} {
		if build == nil {
			build = more[name]
		}
	}
	return build
}

func (th *Thread) sleep(d time.Duration) {
	if d <= 0 || th.tidying() {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-th.run.done:
		th.halt()
	}
}

// soon tries a few times, for locks that are held for a moment.
func soon(try func() bool) bool {
	for range 100 {
		if try() {
			return true
		}
		runtime.Gosched()
	}
	return false
}

// block waits for wait to return. If the run is stopped first, undo is called
// once it has returned.
func (th *Thread) block(wait, undo func()) {
	th.check()
	done := make(chan any)
	left := make(chan struct{})
	go func() {
		defer func() {
			r := recover()
			select {
			case done <- r:
			case <-left:
				if undo != nil && r == nil {
					undo()
				}
			}
		}()
		wait()
	}()
	select {
	case r := <-done:
		if r != nil {
			panic(r)
		}
	case <-th.run.done:
		close(left)
		th.halt()
	}
}
