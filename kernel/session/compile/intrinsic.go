package compile

import (
	"go/types"
	"log"
	"reflect"
	"runtime"
	"sync"
	"time"

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
	"(*sync.WaitGroup).Wait": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) { fp.th.block((*slotPtr[*sync.WaitGroup](fp, lay.recv)).Wait, nil) }
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
	"log.Fatal": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) { log.Print(*slotPtr[[]any](fp, lay.params[0])...); panic(&ExitError{Code: 1}) }
	},
	"log.Fatalln": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) { log.Println(*slotPtr[[]any](fp, lay.params[0])...); panic(&ExitError{Code: 1}) }
	},
	"log.Fatalf": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			log.Printf(*slotPtr[string](fp, lay.params[0]), *slotPtr[[]any](fp, lay.params[1])...)
			panic(&ExitError{Code: 1})
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

func (p *Program) intrinsic(fn *ssa.Function, obj *types.Func) *Func {
	if obj == nil {
		return nil
	}
	build, ok := intrinsics[obj.FullName()]
	if !ok {
		return nil
	}
	sig := fn.Signature
	var recv types.Type
	if sig.Recv() != nil {
		recv = sig.Recv().Type()
	}
	return p.thunk(obj.FullName(), sig, recv, func(c *fnc) instr { return build(p, c.code.lay) })
}

func (th *Thread) sleep(d time.Duration) {
	if d <= 0 || !th.halted.IsZero() {
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
