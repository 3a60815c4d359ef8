package tensor_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"setun/runtime/asm"
	"setun/runtime/tensor"
)

// withWorkers runs f with so many processors for Go, and so as many workers.
func withWorkers(n int, f func()) {
	was := runtime.GOMAXPROCS(n)
	defer runtime.GOMAXPROCS(was)
	f()
}

func TestParallelCoversEachElementOnce(t *testing.T) {
	for _, workers := range []int{1, 2, 3, 8} {
		withWorkers(workers, func() {
			var pool tensor.Pool
			for _, n := range []int{0, 1, 2, 7, 64, 1000} {
				for _, grain := range []int{-1, 1, 3, 64, 5000} {
					counts := make([]atomic.Int32, n)
					pool.Parallel(n, grain, func(lo, hi int) {
						if hi-lo > max(grain, 1) {
							t.Errorf("a piece of %d with grain %d", hi-lo, grain)
						}
						for i := lo; i < hi; i++ {
							counts[i].Add(1)
						}
					})
					for i := range counts {
						if c := counts[i].Load(); c != 1 {
							t.Fatalf("%d workers, n=%d, grain=%d: element %d was done %d times", workers, n, grain, i, c)
						}
					}
				}
			}
		})
	}
}

// No more goroutines work at once than there are processors for Go.
func TestParallelUsesNoMoreThanGOMAXPROCS(t *testing.T) {
	withWorkers(8, func() { // helpers exist from here on
		tensor.Parallel(64, 1, func(lo, hi int) { time.Sleep(time.Millisecond) })
	})
	for _, workers := range []int{1, 2, 3} {
		withWorkers(workers, func() {
			var now, most atomic.Int32
			tensor.Parallel(64, 1, func(lo, hi int) {
				n := now.Add(1)
				for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
				}
				time.Sleep(100 * time.Microsecond)
				now.Add(-1)
			})
			if m := int(most.Load()); m > workers {
				t.Errorf("%d pieces at once with GOMAXPROCS=%d", m, workers)
			}
		})
	}
}

// Helpers that fell asleep wake up for the next loop.
func TestParallelAfterAPause(t *testing.T) {
	withWorkers(3, func() {
		var pool tensor.Pool
		for range 20 {
			var together sync.WaitGroup
			together.Add(3)
			// Each piece waits for the others: three goroutines must come.
			pool.Parallel(3, 1, func(lo, hi int) {
				together.Done()
				together.Wait()
			})
			time.Sleep(time.Millisecond)
		}
	})
}

func TestParallelInParallel(t *testing.T) {
	withWorkers(3, func() {
		var sum atomic.Int64
		var callers sync.WaitGroup
		for range 4 {
			callers.Go(func() {
				for range 50 {
					tensor.Parallel(10, 1, func(lo, hi int) {
						tensor.Parallel(10, 1, func(lo, hi int) { sum.Add(1) })
					})
				}
			})
		}
		callers.Wait()
		if got := sum.Load(); got != 4*50*100 {
			t.Errorf("%d pieces were done, want %d", got, 4*50*100)
		}
	})
}

// A panic in a helper is the caller's panic, and the pool works on after it.
func TestParallelPanics(t *testing.T) {
	cause := errors.New("broken")
	for _, workers := range []int{1, 2, 8} {
		withWorkers(workers, func() {
			for round := range 20 {
				got := func() (v any) {
					defer func() { v = recover() }()
					tensor.Parallel(100, 1, func(lo, hi int) {
						if lo == 99-round {
							panic(cause)
						}
					})
					return nil
				}()
				if got != cause {
					t.Fatalf("%d workers: the caller got %v", workers, got)
				}
			}
			got := func() (v any) {
				defer func() { v = recover() }()
				tensor.Parallel(100, 1, func(lo, hi int) { panic("text") })
				return nil
			}()
			if workers > 1 {
				var panicked *tensor.WorkerPanic
				if err, ok := got.(error); !ok || !errors.As(err, &panicked) || panicked.Value != "text" || len(panicked.Stack) == 0 {
					t.Errorf("%d workers: a panic with a text came as %v", workers, got)
				}
			}
		})
	}
}

// The same bits with any number of workers: a product in each orientation, of
// sizes that no piece divides, and everything that is split by rows.
func TestBitsDoNotDependOnWorkers(t *testing.T) {
	compute := func() [][]float32 {
		const m, k, n = 131, 97, 203
		var results [][]float32
		for _, transA := range []bool{false, true} {
			for _, transB := range []bool{false, true} {
				a, b := normal(1, m*k).Data(), normal(2, k*n).Data()
				lda, ldb := k, n
				if transA {
					lda = m
				}
				if transB {
					ldb = k
				}
				for _, size := range [][2]int{{m, n}, {m, 40}, {40, n}} { // wide, tall, narrow
					c := normal(3, m*n).Data()
					tensor.GEMM(transA, transB, size[0], size[1], k, a, lda, b, ldb, c, n, true)
					results = append(results, c)
				}
			}
		}
		x, w := normal(4, 300, 200), normal(5, 150, 200)
		h := tensor.RMSNorm(tensor.ReLU(tensor.Linear(x, w)), tensor.NormEps)
		labels := make(tensor.Labels, 300)
		loss := tensor.Add(tensor.CrossEntropy(h, labels), tensor.Mean(tensor.Mul(tensor.Softmax(h), tensor.LogSoftmax(h))))
		loss.Backward()
		return append(results, h.Data(), loss.Data(), x.Grad(), w.Grad())
	}
	var want [][]float32
	for _, workers := range []int{1, 2, 3, 8} {
		t.Run(fmt.Sprint(workers), func(t *testing.T) {
			withWorkers(workers, func() {
				got := compute()
				if want == nil {
					want = got
				}
				for r := range want {
					for i := range want[r] {
						if got[r][i] != want[r][i] {
							t.Fatalf("result %d, element %d: %v, with 1 worker %v", r, i, got[r][i], want[r][i])
						}
					}
				}
			})
		})
	}
}

// A whose rows lie a multiple of 4 KB apart is copied before the work is split.
func TestProductsOfRowsThatCollide(t *testing.T) {
	const m, n, k, lda = 20, 200, 1100, 2048
	a := normal(1, m*lda).Data()
	for _, transB := range []bool{false, true} {
		ldb := n
		if transB {
			ldb = k
		}
		b := normal(2, n*k).Data()
		for _, accumulate := range []bool{false, true} {
			want, got := normal(3, m*n).Data(), normal(3, m*n).Data()
			asm.GEMM(false, transB, m, n, k, a, lda, b, ldb, want, n, accumulate)
			withWorkers(3, func() { tensor.GEMM(false, transB, m, n, k, a, lda, b, ldb, got, n, accumulate) })
			if !slices.Equal(got, want) {
				t.Errorf("transB %t, accumulate %t: differs from the product that is not shared", transB, accumulate)
			}
		}
	}
}

// BenchmarkParallel is what it costs to share a loop that does nothing.
func BenchmarkParallel(b *testing.B) {
	for b.Loop() {
		tensor.Parallel(8, 1, func(lo, hi int) {})
	}
}

// A limit of the workers holds for the loops that follow.
func TestLimitWorkers(t *testing.T) {
	withWorkers(4, func() {
		defer tensor.LimitWorkers(tensor.LimitWorkers(1))
		inside, most := 0, 0 // without a lock: one worker
		tensor.Parallel(64, 1, func(lo, hi int) {
			inside++
			most = max(most, inside)
			inside--
		})
		if most != 1 {
			t.Errorf("%d at once with a limit of 1", most)
		}
		if was := tensor.LimitWorkers(2); was != 1 {
			t.Errorf("the limit was %d, want 1", was)
		}
	})
}
