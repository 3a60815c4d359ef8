package compile

import (
	"fmt"
	"go/token"
	"iter"
	"log"
	"runtime"
	"strings"
)

// Functions that tell where their caller is, which for compiled code is always
// here: they look at the frames of cells instead.

// callers are the calls above an intrinsic function's frame, the innermost first,
// each with the place where it is. In a deferred call of a function that panics
// they go on, by way of gopanic, to where the panic was raised.
func (fp *Frame) callers() iter.Seq2[*Func, token.Pos] {
	return func(yield func(*Func, token.Pos) bool) {
		for f := fp.parent; f != nil; f = f.parent {
			if !f.code.wrapper && !yield(f.code.f, f.pos) {
				return
			}
			if f.panic == nil {
				continue
			}
			if !yield(gopanic, token.NoPos) {
				return
			}
			for _, c := range f.panic.trace {
				if !yield(c.of, c.At) {
					return
				}
			}
			return
		}
	}
}

// gopanic stands between a deferred call and the panic that it is made for.
var gopanic = &Func{name: "runtime.gopanic"}

// caller is the place of the skip-th call above an intrinsic function's frame.
func (fp *Frame) caller(skip int) (pc uintptr, at token.Position, ok bool) {
	p := fp.th.run.p
	for f, pos := range fp.callers() {
		if skip == 0 {
			return p.counter(f, pos), p.cfg.Fset.Position(pos), true
		}
		skip--
	}
	return 0, token.Position{}, false
}

// stack is what debug.Stack returns.
func (fp *Frame) stack() string {
	var b strings.Builder
	fmt.Fprintf(&b, "goroutine %d [running]:\n", goroutineID())
	for f, pos := range fp.callers() {
		at := fp.th.run.p.cfg.Fset.Position(pos)
		args := "..."
		if f.sig == nil || f.sig.Params().Len() == 0 && f.sig.Recv() == nil {
			args = ""
		}
		fmt.Fprintf(&b, "%s(%s)\n", elided(f.name), args)
		if at.IsValid() {
			fmt.Fprintf(&b, "\t%s:%d\n", at.Filename, at.Line)
		}
	}
	return b.String()
}

// goroutineID is the number of the goroutine that asks.
func goroutineID() (id int) {
	var b [64]byte
	// What cannot be read leaves 0, which is no goroutine's.
	_, _ = fmt.Sscanf(string(b[:runtime.Stack(b[:], false)]), "goroutine %d ", &id)
	return id
}

// whereIntrinsics are intrinsics that need to know where they are called.
var whereIntrinsics = func() map[string]func(*Program, sigLayout) instr {
	m := map[string]func(*Program, sigLayout) instr{
		"runtime.Caller": func(_ *Program, lay sigLayout) instr {
			return func(fp *Frame) {
				pc, at, ok := fp.caller(*slotPtr[int](fp, lay.params[0]))
				*slotPtr[uintptr](fp, lay.results[0]) = pc
				*slotPtr[string](fp, lay.results[1]) = at.Filename
				*slotPtr[int](fp, lay.results[2]) = at.Line
				*slotPtr[bool](fp, lay.results[3]) = ok
			}
		},
		"runtime/debug.Stack": func(_ *Program, lay sigLayout) instr {
			return func(fp *Frame) { *slotPtr[[]byte](fp, lay.results[0]) = []byte(fp.stack()) }
		},
		"runtime.Stack": func(_ *Program, lay sigLayout) instr {
			return func(fp *Frame) {
				*slotPtr[int](fp, lay.results[0]) = copy(*slotPtr[[]byte](fp, lay.params[0]), fp.stack())
			}
		},
		"runtime/debug.PrintStack": func(p *Program, _ sigLayout) instr {
			return func(fp *Frame) {
				w := fp.th.run.Stderr
				if w == nil {
					w = p.cfg.Stderr
				}
				// Nobody is left to tell if it cannot be written.
				_, _ = w.Write([]byte(fp.stack()))
			}
		},
		"log.Output":           logOutput,
		"(*log.Logger).Output": logOutput,
	}
	for verb, text := range map[string]func(*Frame, []uintptr) string{"": sprint, "ln": sprintln, "f": sprintf} {
		for name, after := range map[string]func(text string){
			"Print": func(string) {},
			"Fatal": func(string) { panic(&ExitError{Code: 1}) },
			"Panic": func(s string) { panic(s) },
		} {
			m["log."+name+verb] = logging(text, after)
			m["(*log.Logger)."+name+verb] = logging(text, after)
		}
	}
	return m
}()

// logging is a function or method of package log, whose message text makes of the
// parameters.
func logging(text func(*Frame, []uintptr) string, after func(text string)) func(*Program, sigLayout) instr {
	return func(_ *Program, lay sigLayout) instr {
		return func(fp *Frame) {
			s := text(fp, lay.params)
			// As in package log, a message that cannot be written is no reason to go on.
			_ = fp.log(loggerOf(fp, lay), 0, s)
			after(s)
		}
	}
}

func logOutput(_ *Program, lay sigLayout) instr {
	return func(fp *Frame) {
		depth := *slotPtr[int](fp, lay.params[0])
		err := fp.log(loggerOf(fp, lay), max(depth-1, 0), *slotPtr[string](fp, lay.params[1]))
		*slotPtr[any](fp, lay.results[0]) = err
	}
}

// loggerOf is the receiver, or the standard logger in a function.
func loggerOf(fp *Frame, lay sigLayout) *log.Logger {
	if lay.recv == 0 {
		return log.Default()
	}
	return *slotPtr[*log.Logger](fp, lay.recv)
}

// log is l.Output with the place of the skip-th caller, if l wants to know it.
func (fp *Frame) log(l *log.Logger, skip int, text string) error {
	const file = log.Lshortfile | log.Llongfile
	flags, prefix := l.Flags(), l.Prefix()
	if flags&file == 0 {
		return l.Output(2, text)
	}
	_, at, ok := fp.caller(skip)
	name := at.Filename
	if !ok {
		name = "???"
	} else if flags&log.Lshortfile != 0 {
		name = name[strings.LastIndexByte(name, '/')+1:]
	}
	// The header ends with the place: what stands behind it is the message here.
	head := fmt.Sprintf("%s:%d: ", name, at.Line)
	if flags&log.Lmsgprefix != 0 {
		head, prefix = head+prefix, ""
	}
	return log.New(l.Writer(), prefix, flags&^(file|log.Lmsgprefix)).Output(2, head+text)
}

// goexit unwinds what runtime.Goexit ends; recover does not see it.
type goexit struct{}

func (goexit) Error() string { return "runtime.Goexit has ended the cell" }
