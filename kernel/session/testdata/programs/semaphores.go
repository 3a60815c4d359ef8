//go:build ignore

// sync: a bounded buffer on Cond, a semaphore, Once and its kin, Pool, RWMutex,
// Map, WaitGroup, atomics, a barrier, the dining philosophers.
package main

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
)

type buffer[T any] struct {
	mu       sync.Mutex
	notEmpty *sync.Cond
	notFull  *sync.Cond
	items    []T
	limit    int
	closed   bool
}

func newBuffer[T any](limit int) *buffer[T] {
	b := &buffer[T]{limit: limit}
	b.notEmpty, b.notFull = sync.NewCond(&b.mu), sync.NewCond(&b.mu)
	return b
}

func (b *buffer[T]) put(t T) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.items) == b.limit {
		b.notFull.Wait()
	}
	b.items = append(b.items, t)
	b.notEmpty.Signal()
}

func (b *buffer[T]) get() (t T, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.items) == 0 && !b.closed {
		b.notEmpty.Wait()
	}
	if len(b.items) == 0 {
		return t, false
	}
	t, b.items = b.items[0], b.items[1:]
	b.notFull.Signal()
	return t, true
}

func (b *buffer[T]) close() {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	b.notEmpty.Broadcast()
}

type semaphore chan struct{}

func (s semaphore) with(f func()) {
	s <- struct{}{}
	defer func() { <-s }()
	f()
}

type barrier struct {
	sync.Mutex
	*sync.Cond
	parties, waiting, round int
}

func (b *barrier) await() {
	b.Lock()
	defer b.Unlock()
	round := b.round
	if b.waiting++; b.waiting == b.parties {
		b.waiting = 0
		b.round++
		b.Broadcast()
		return
	}
	for round == b.round {
		b.Wait()
	}
}

func philosophers(n, meals int) (eaten []int) {
	forks := make([]sync.Mutex, n)
	eaten = make([]int, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			a, b := &forks[min(i, (i+1)%n)], &forks[max(i, (i+1)%n)]
			for range meals {
				a.Lock()
				b.Lock()
				eaten[i]++
				b.Unlock()
				a.Unlock()
			}
		})
	}
	wg.Wait()
	return
}

func main() {
	buf := newBuffer[int](3)
	var wg sync.WaitGroup
	var total atomic.Int64
	for range 4 {
		wg.Go(func() {
			for v, ok := buf.get(); ok; v, ok = buf.get() {
				total.Add(int64(v))
			}
		})
	}
	for i := range 500 {
		buf.put(i)
	}
	buf.close()
	wg.Wait()
	fmt.Println("buffer", total.Load())

	sem := make(semaphore, 3)
	var now, most atomic.Int32
	for range 50 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			sem.with(func() {
				n := now.Add(1)
				for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
				}
				now.Add(-1)
			})
		}()
	}
	wg.Wait()
	fmt.Println("semaphore", most.Load() <= 3, now.Load())

	var once sync.Once
	once2 := sync.OnceValue(func() int { fmt.Println("computed"); return 7 })
	broken := sync.OnceFunc(func() { panic("broken") })
	for range 3 {
		once.Do(func() { fmt.Println("once") })
		fmt.Print(once2(), " ")
		func() {
			defer func() { fmt.Println(recover()) }()
			broken()
		}()
	}

	made := 0
	pool := sync.Pool{New: func() any { made++; return new([8]byte) }}
	x := pool.Get().(*[8]byte)
	x[0] = 1
	fmt.Println(made, x)

	var m sync.Map
	for i := range 10 {
		wg.Go(func() { m.LoadOrStore(i%5, i*0+i%5*10) })
	}
	wg.Wait()
	m.Delete(3)
	var keys []int
	m.Range(func(k, v any) bool { keys = append(keys, k.(int)*100+v.(int)); return true })
	slices.Sort(keys)
	v, loaded := m.LoadAndDelete(4)
	fmt.Println(keys, v, loaded, m.CompareAndSwap(1, 10, 11))

	const parties, rounds = 4, 5
	b := &barrier{parties: parties}
	b.Cond = sync.NewCond(&b.Mutex)
	var counts [rounds]atomic.Int32
	bad := atomic.Bool{}
	for range parties {
		wg.Go(func() {
			for r := range rounds {
				counts[r].Add(1)
				b.await()
				if counts[r].Load() != parties {
					bad.Store(true)
				}
			}
		})
	}
	wg.Wait()
	fmt.Println("barrier", bad.Load(), b.round)
	fmt.Println("eaten", philosophers(5, 40))

	var cfg atomic.Pointer[map[string]int]
	fmt.Println(cfg.Load() == nil)
	cfg.Store(&map[string]int{"a": 1})
	old := cfg.Swap(&map[string]int{"b": 2})
	fmt.Println(*old, *cfg.Load())
	var val atomic.Value
	val.Store([]string{"x"})
	func() {
		defer func() { fmt.Println("recovered:", recover()) }()
		val.Store(1)
	}()
	var rw sync.RWMutex
	rw.RLock()
	fmt.Println(rw.TryLock(), rw.TryRLock())
	rw.RUnlock()
	rw.RUnlock()
	fmt.Println(rw.TryLock())
}
