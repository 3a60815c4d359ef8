//go:build ignore

// Goroutines: a worker pool with results in order, pub/sub, a rate limiter by
// tokens, futures, fan-in with select, a deadlock-free bank, a Game by message,
// first answer wins, errors of groups, heartbeat, nil channels.
package main

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"
)

type job struct {
	id int
	do func() (any, error)
}

type outcome struct {
	id  int
	val any
	err error
}

func pool(n int, jobs []job) []outcome {
	in, out := make(chan job), make(chan outcome)
	var wg sync.WaitGroup
	for range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := range in {
				func() {
					o := outcome{id: j.id}
					defer func() {
						if r := recover(); r != nil {
							o.err = fmt.Errorf("job %d: %v", j.id, r)
						}
						out <- o
					}()
					o.val, o.err = j.do()
				}()
			}
		}()
	}
	go func() {
		for _, j := range jobs {
			in <- j
		}
		close(in)
		wg.Wait()
		close(out)
	}()
	var all []outcome
	for o := range out {
		all = append(all, o)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].id < all[j].id })
	return all
}

type bus struct {
	mu   sync.RWMutex
	subs map[string][]chan string
}

func (b *bus) subscribe(topic string, size int) <-chan string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.subs == nil {
		b.subs = make(map[string][]chan string)
	}
	c := make(chan string, size)
	b.subs[topic] = append(b.subs[topic], c)
	return c
}

func (b *bus) publish(topic, msg string) (dropped int) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, c := range b.subs[topic] {
		select {
		case c <- msg:
		default:
			dropped++
		}
	}
	return
}

func (b *bus) close() {
	for _, cs := range b.subs {
		for _, c := range cs {
			close(c)
		}
	}
}

type future[T any] struct {
	done chan struct{}
	v    T
	err  error
}

func async[T any](f func() (T, error)) *future[T] {
	fu := &future[T]{done: make(chan struct{})}
	go func() {
		defer close(fu.done)
		fu.v, fu.err = f()
	}()
	return fu
}

func (f *future[T]) await() (T, error) { <-f.done; return f.v, f.err }

func merge(a, b <-chan int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for a != nil || b != nil {
			select {
			case v, ok := <-a:
				if !ok {
					a = nil
					continue
				}
				out <- v
			case v, ok := <-b:
				if !ok {
					b = nil
					break
				}
				out <- v
			}
		}
	}()
	return out
}

func gen(vs ...int) <-chan int {
	c := make(chan int, len(vs))
	defer close(c)
	for _, v := range vs {
		c <- v
	}
	return c
}

type account struct {
	ops chan func(*int)
}

func open(balance int) account {
	a := account{make(chan func(*int))}
	go func() {
		for op := range a.ops {
			op(&balance)
		}
	}()
	return a
}

func (a account) with(f func(*int)) {
	done := make(chan struct{})
	a.ops <- func(b *int) { defer close(done); f(b) }
	<-done
}

type group struct {
	wg   sync.WaitGroup
	once sync.Once
	err  error
	quit chan struct{}
}

func (g *group) Go(f func(quit <-chan struct{}) error) {
	g.wg.Go(func() {
		if err := f(g.quit); err != nil {
			g.once.Do(func() { g.err = err; close(g.quit) })
		}
	})
}

func main() {
	jobs := make([]job, 9)
	for i := range jobs {
		jobs[i] = job{i, func() (any, error) {
			switch i % 4 {
			case 1:
				return nil, errors.New("odd job")
			case 2:
				return strings.Repeat("*", i), nil
			case 3:
				return []int{}[i], nil
			}
			return i * i, nil
		}}
	}
	for _, o := range pool(3, jobs) {
		fmt.Println(o.id, o.val, o.err)
	}

	var b bus
	fast, slow := b.subscribe("news", 10), b.subscribe("news", 1)
	b.publish("none", "x")
	dropped := 0
	for i := range 4 {
		dropped += b.publish("news", fmt.Sprint("n", i))
	}
	b.close()
	for m := range fast {
		fmt.Print(m, " ")
	}
	fmt.Println(len(slow), cap(slow), <-slow, dropped)

	fs := []*future[string]{
		async(func() (string, error) { time.Sleep(time.Millisecond); return "late", nil }),
		async(func() (string, error) { return "", errors.New("failed") }),
	}
	for _, f := range fs {
		fmt.Println(f.await())
	}
	sum := 0
	for v := range merge(gen(1, 2, 3), gen(10, 20)) {
		sum += v
	}
	fmt.Println(sum)

	acc := open(100)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() { acc.with(func(b *int) { *b += i - 10 }) })
	}
	wg.Wait()
	acc.with(func(b *int) { fmt.Println("balance", *b) })

	g := &group{quit: make(chan struct{})}
	stopped := make(chan int, 5)
	for i := range 5 {
		g.Go(func(quit <-chan struct{}) error {
			if i == 3 {
				return fmt.Errorf("member %d", i)
			}
			<-quit
			stopped <- i
			return nil
		})
	}
	g.wg.Wait()
	fmt.Println(g.err, len(stopped))

	tokens := make(chan struct{}, 2)
	tokens <- struct{}{}
	tokens <- struct{}{}
	allowed := 0
	for range 5 {
		select {
		case <-tokens:
			allowed++
		default: // not now
		}
	}
	var never chan int
	timer := time.NewTimer(time.Hour)
	select {
	case <-never:
	case never <- 1:
	case <-timer.C:
	default:
		fmt.Println("allowed", allowed, timer.Stop())
	}
	ping, pong := make(chan int), make(chan int)
	go func() {
		for v := range ping {
			pong <- v + 1
		}
		close(pong)
	}()
	v := 0
	for range 100 {
		ping <- v
		v = <-pong
	}
	close(ping)
	last, ok := <-pong
	fmt.Println(v, last, ok)
	func() {
		defer func() { fmt.Println(recover()) }()
		ping <- 1
	}()
	func() {
		defer func() { fmt.Println(recover()) }()
		close(never)
	}()
}
