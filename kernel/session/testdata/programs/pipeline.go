//go:build ignore

// A concurrent pipeline: generators, fan-out, fan-in, cancellation, order.
package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
)

type result struct {
	in  int
	out string
	err error
}

func source(ctx context.Context, n int) <-chan int {
	c := make(chan int)
	go func() {
		defer close(c)
		for i := range n {
			select {
			case c <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	return c
}

func stage(in <-chan int, workers int, f func(int) (string, error)) <-chan result {
	out := make(chan result, workers)
	var wg sync.WaitGroup
	wg.Add(workers)
	for range workers {
		go func() {
			defer wg.Done()
			for v := range in {
				s, err := safely(v, f)
				out <- result{v, s, err}
			}
		}()
	}
	go func() {
		wg.Wait()
		close(out)
	}()
	return out
}

func safely(v int, f func(int) (string, error)) (s string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("worker: %v", r)
		}
	}()
	return f(v)
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	var seen []result
	for r := range stage(source(ctx, 20), 4, func(n int) (string, error) {
		switch {
		case n%7 == 3:
			return "", fmt.Errorf("no %d", n)
		case n == 11:
			panic("eleven")
		}
		return strings.Repeat("x", n%4), nil
	}) {
		seen = append(seen, r)
	}
	slices.SortFunc(seen, func(a, b result) int { return a.in - b.in })
	for _, r := range seen {
		fmt.Println(r.in, r.out, r.err)
	}
	cancel()
	n := 0
	for range source(ctx, 1000) {
		n++
	}
	fmt.Println(n < 1000, ctx.Err())
}
