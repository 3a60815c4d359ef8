package compile

import (
	"go/token"
	"reflect"
	"runtime"
	"sync"
	"unsafe"
)

// Program counters of cells: numbers where no code can be, that the functions of
// package runtime turn into names and lines when cells call them.
const (
	firstCounter = 1 << 62
	counterStep  = 16 // a place begins in the middle: people take one off a return address
)

// counters numbers the places that cells have asked about.
type counters struct {
	mu     sync.Mutex
	number map[spot]uintptr
	spots  []spot
	funcs  map[spot]*runtime.Func // by name and declaration
}

// A spot is a line in a function.
type spot struct {
	fn   *runtime.Func // nil in the key of funcs
	name string
	file string
	line int
}

// inlined is how package runtime keeps a function that another has swallowed,
// which is how it can be told of one that it has never heard of.
type inlined struct {
	ones            uint32 // all of them: how such a function is known
	entry           uintptr
	name, file      string
	line, startLine int32
}

// counter is the program counter of a place in f.
func (p *Program) counter(f *Func, at token.Pos) uintptr {
	c := &p.counters
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.number == nil {
		c.number, c.funcs = map[spot]uintptr{}, map[spot]*runtime.Func{}
	}
	start, here := p.cfg.Fset.Position(f.pos), p.cfg.Fset.Position(at)
	name := elided(f.name)
	key := spot{name: name, file: start.Filename, line: start.Line}
	fn := c.funcs[key]
	if fn == nil {
		as := &inlined{ones: ^uint32(0), name: name, file: start.Filename, line: int32(start.Line), startLine: int32(start.Line)}
		fn = (*runtime.Func)(unsafe.Pointer(as))
		c.funcs[key] = fn
		as.entry = c.of(spot{fn, name, start.Filename, start.Line})
	}
	return c.of(spot{fn, name, here.Filename, here.Line})
}

func (c *counters) of(s spot) uintptr {
	pc, ok := c.number[s]
	if !ok {
		pc = firstCounter + uintptr(len(c.spots))*counterStep + counterStep/2
		c.number[s], c.spots = pc, append(c.spots, s)
	}
	return pc
}

// spot is where pc is; not ok if it is of compiled code.
func (c *counters) spot(pc uintptr) (s spot, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := (pc - firstCounter) / counterStep; pc >= firstCounter && i < uintptr(len(c.spots)) {
		return c.spots[i], true
	}
	return spot{}, false
}

// frames is runtime.CallersFrames.
func (p *Program) frames(pcs []uintptr) *runtime.Frames {
	var known []runtime.Frame
	for _, pc := range pcs {
		if s, ok := p.counters.spot(pc); ok {
			known = append(known, runtime.Frame{PC: pc, Func: s.fn, Function: s.name, File: s.file, Line: s.line, Entry: s.fn.Entry()})
			continue
		}
		for of := runtime.CallersFrames([]uintptr{pc}); ; {
			f, more := of.Next()
			if f.PC != 0 {
				known = append(known, f)
			}
			if !more {
				break
			}
		}
	}
	fs := new(runtime.Frames)
	*(*[]runtime.Frame)(unsafe.Add(unsafe.Pointer(fs), framesOffset)) = known
	return fs
}

// framesOffset is where runtime.Frames keeps what it has to hand out still.
var framesOffset = func() uintptr {
	f, ok := reflect.TypeFor[runtime.Frames]().FieldByName("frames")
	if !ok || f.Type != reflect.TypeFor[[]runtime.Frame]() {
		panic("runtime.Frames is not what it was in Go 1.26")
	}
	return f.Offset
}()

// funcFor is runtime.FuncForPC.
func (p *Program) funcFor(pc uintptr) *runtime.Func {
	if s, ok := p.counters.spot(pc); ok {
		return s.fn
	}
	return runtime.FuncForPC(pc)
}

// codePointer is v.Pointer: of a function of cells, its counter, since all of
// them have one entry for compiled code.
func codePointer(v reflect.Value) uintptr {
	if v.Kind() == reflect.Func && !v.IsNil() && v.CanInterface() {
		x := v.Interface()
		if fn := efaceOf(&x).data; isClosure(fn) {
			f := (*closure)(fn).f
			return f.p.counter(f, f.pos)
		}
	}
	return v.Pointer()
}

// goexit0 is where all goroutines come from.
var goexit0 = &Func{name: "runtime.goexit"}

// counterIntrinsics are the functions that make program counters and read them.
var counterIntrinsics = map[string]func(*Program, sigLayout) instr{
	"runtime.Callers": func(p *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			skip, pcs := *slotPtr[int](fp, lay.params[0]), *slotPtr[[]uintptr](fp, lay.params[1])
			n := 0
			put := func(f *Func, at token.Pos) bool {
				if skip > 0 {
					skip--
				} else if n < len(pcs) {
					pcs[n] = p.counter(f, at)
					n++
				}
				return n < len(pcs)
			}
			if put(fp.code.f, token.NoPos) {
				fp.callers()(put)
			}
			put(goexit0, token.NoPos)
			*slotPtr[int](fp, lay.results[0]) = n
		}
	},
	"runtime.CallersFrames": func(p *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			*slotPtr[*runtime.Frames](fp, lay.results[0]) = p.frames(*slotPtr[[]uintptr](fp, lay.params[0]))
		}
	},
	"runtime.FuncForPC": func(p *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			*slotPtr[*runtime.Func](fp, lay.results[0]) = p.funcFor(*slotPtr[uintptr](fp, lay.params[0]))
		}
	},
	"(*runtime.Func).FileLine": func(p *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			f, pc := *slotPtr[*runtime.Func](fp, lay.recv), *slotPtr[uintptr](fp, lay.params[0])
			file, line := f.FileLine(pc)
			if s, ok := p.counters.spot(pc); ok {
				file, line = s.file, s.line
			}
			*slotPtr[string](fp, lay.results[0]) = file
			*slotPtr[int](fp, lay.results[1]) = line
		}
	},
	"(reflect.Value).Pointer": func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			*slotPtr[uintptr](fp, lay.results[0]) = codePointer(*slotPtr[reflect.Value](fp, lay.recv))
		}
	},
}
