//go:build ignore

// context: cancellation with causes, values, AfterFunc, deadlines that have passed,
// trees of workers.
package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

type key struct{ name string }

func (k key) String() string { return "key(" + k.name + ")" }

type userID int

func withUser(ctx context.Context, id userID) context.Context {
	return context.WithValue(ctx, key{"user"}, id)
}

func user(ctx context.Context) (userID, bool) {
	id, ok := ctx.Value(key{"user"}).(userID)
	return id, ok
}

var errQuota = errors.New("over quota")

func search(ctx context.Context, depth int, visited *atomic.Int32, found chan<- string, path string) {
	if ctx.Err() != nil {
		return
	}
	visited.Add(1)
	if depth == 0 {
		if path == "LRLR" {
			found <- path
		}
		return
	}
	var wg sync.WaitGroup
	for _, step := range []string{"L", "R"} {
		wg.Go(func() { search(ctx, depth-1, visited, found, path+step) })
	}
	wg.Wait()
}

// quiet is a Context of our own: cancelled never, with one value more.
type quiet struct {
	context.Context
	extra string
}

func (quiet) Done() <-chan struct{} { return nil }
func (quiet) Err() error            { return nil }
func (q quiet) Value(k any) any {
	if k == "extra" {
		return q.extra
	}
	return q.Context.Value(k)
}

func main() {
	root := withUser(context.Background(), 42)
	fmt.Println(user(root))
	fmt.Println(user(context.Background()))
	fmt.Println(root)

	ctx, cancel := context.WithCancelCause(root)
	child, stop := context.WithTimeout(ctx, time.Hour)
	defer stop()
	var order []string
	done := make(chan bool)
	context.AfterFunc(child, func() { order = append(order, "after"); close(done) })
	unused := context.AfterFunc(child, func() { order = append(order, "never") })
	fmt.Println("stopped:", unused(), unused())
	_, has := child.Deadline()
	fmt.Println("deadline", has, child.Err())
	cancel(errQuota)
	cancel(errors.New("too late"))
	<-done
	fmt.Println(child.Err(), context.Cause(child), errors.Is(context.Cause(child), errQuota), order)

	q := quiet{child, "more"}
	id, _ := user(q)
	fmt.Println(q.Err(), q.Value("extra"), id, q.Done() == nil)
	sub, cancelSub := context.WithCancel(q)
	fmt.Println(sub.Err())
	cancelSub()
	fmt.Println(sub.Err(), context.Cause(sub), q.Err())
	fmt.Println(context.WithoutCancel(child).Err())

	past, cancelPast := context.WithDeadlineCause(root, time.Unix(0, 0), errors.New("long ago"))
	defer cancelPast()
	<-past.Done()
	fmt.Println(past.Err(), context.Cause(past), errors.Is(past.Err(), context.DeadlineExceeded))
	var timeout interface{ Timeout() bool }
	fmt.Println(errors.As(past.Err(), &timeout) && timeout.Timeout())

	ctx2, cancel2 := context.WithCancel(context.Background())
	found := make(chan string)
	var visited atomic.Int32
	finished := make(chan struct{})
	go func() { search(ctx2, 4, &visited, found, ""); close(finished) }()
	fmt.Println(<-found)
	<-finished
	cancel2()
	search(ctx2, 4, &visited, found, "")
	fmt.Println("visited", visited.Load())

	ticks, tick := 0, time.NewTicker(time.Millisecond)
	short, cancelShort := context.WithTimeout(root, 20*time.Millisecond)
	defer cancelShort()
loop:
	for {
		select {
		case <-tick.C:
			if ticks++; ticks > 1000 {
				break loop
			}
		case <-short.Done():
			tick.Stop()
			break loop
		}
	}
	fmt.Println(ticks > 0, short.Err())
}
