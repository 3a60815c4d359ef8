package compile

import (
	"fmt"
	"log"
	"strings"
)

// Functions that tell where their caller is, which for compiled code is always
// here: they look at the frames of cells instead.

// caller is the place of the skip-th call above an intrinsic function's frame.
func (fp *Frame) caller(skip int) (file string, line int, ok bool) {
	for f := fp.parent; f != nil; f = f.parent {
		if f.code.wrapper {
			continue
		}
		if skip == 0 {
			at := fp.th.run.p.cfg.Fset.Position(f.pos)
			return at.Filename, at.Line, at.IsValid()
		}
		skip--
	}
	return "", 0, false
}

// stack is what debug.Stack returns.
func (fp *Frame) stack() string {
	var b strings.Builder
	b.WriteString("goroutine of a cell [running]:\n")
	for f := fp.parent; f != nil; f = f.parent {
		if f.code.wrapper {
			continue
		}
		at := fp.th.run.p.cfg.Fset.Position(f.pos)
		fmt.Fprintf(&b, "%s(...)\n\t%s:%d\n", f.code.f.name, at.Filename, at.Line)
	}
	return b.String()
}

// whereIntrinsics are intrinsics that need to know where they are called.
var whereIntrinsics = func() map[string]func(*Program, sigLayout) instr {
	m := map[string]func(*Program, sigLayout) instr{
		"runtime.Caller": func(_ *Program, lay sigLayout) instr {
			return func(fp *Frame) {
				file, line, ok := fp.caller(*slotPtr[int](fp, lay.params[0]))
				*slotPtr[uintptr](fp, lay.results[0]) = 0
				*slotPtr[string](fp, lay.results[1]) = file
				*slotPtr[int](fp, lay.results[2]) = line
				*slotPtr[bool](fp, lay.results[3]) = ok
			}
		},
		"runtime/debug.Stack": func(_ *Program, lay sigLayout) instr {
			return func(fp *Frame) { *slotPtr[[]byte](fp, lay.results[0]) = []byte(fp.stack()) }
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
	name, line, ok := fp.caller(skip)
	if !ok {
		name = "???"
	} else if flags&log.Lshortfile != 0 {
		name = name[strings.LastIndexByte(name, '/')+1:]
	}
	// The header ends with the place: what stands behind it is the message here.
	head := fmt.Sprintf("%s:%d: ", name, line)
	if flags&log.Lmsgprefix != 0 {
		head, prefix = head+prefix, ""
	}
	return log.New(l.Writer(), prefix, flags&^(file|log.Lmsgprefix)).Output(2, head+text)
}

// goexit unwinds what runtime.Goexit ends; recover does not see it.
type goexit struct{}

func (goexit) Error() string { return "runtime.Goexit has ended the cell" }
