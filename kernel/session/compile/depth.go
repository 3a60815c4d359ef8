package compile

import "unsafe"

// A runaway recursion is an error before it has taken 64 MB. The first calls are
// counted only, the deeper ones measured.
const (
	shallow = 200
	// stackRoom is for the native stack, which the runtime doubles at 32 MiB: the
	// rest is for what a panic does on top.
	stackRoom = 28 << 20
	// frameRoom is for frames, of which large ones take more than their size.
	frameRoom = 20 << 20
)

// deep is a call, of frame f, beyond the shallow ones, or one in a run that was
// stopped.
func (th *Thread) deep(f *Frame) {
	if th.run.stop.Load() {
		th.halt()
	}
	if th.depth <= shallow {
		return
	}
	f.below = f.code.frame.size
	if th.depth > shallow+1 && f.parent != nil {
		f.below += f.parent.below
	}
	if f.below > frameRoom || stackUsed() > stackRoom {
		panic(stackOverflow{})
	}
}

// stackUsed is how much the calling goroutine's stack holds.
func stackUsed() uintptr {
	var here byte
	// The runtime's descriptor of a goroutine begins with the bounds of its stack.
	g := goroutine()
	bounds := **(**[2]uintptr)(unsafe.Pointer(&g))
	return bounds[1] - uintptr(unsafe.Pointer(&here))
}

// stackOverflow is the runtime error of a recursion without end.
type stackOverflow struct{}

func (stackOverflow) Error() string {
	return "stack overflow: the open calls fill the 64 MB that a goroutine has (infinite recursion?)"
}

func (stackOverflow) RuntimeError() {}
