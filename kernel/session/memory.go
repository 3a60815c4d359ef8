package session

import (
	"context"
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"time"
	"weak"

	"setun/kernel/session/engine"
)

// How the memory of cells is bounded.
//
// A heap that grows is looked at every few milliseconds. It is over the limit
// only if it still is after a garbage collection: then the cell that runs is
// stopped, and if none does, what earlier cells have started. What one statement
// of a cell allocates at once is asked about before (reserve).

const (
	// defaultShare of the memory of the machine, or of its cgroup, is for cells.
	defaultShare = 0.8
	// Time between two looks, while a cell runs and while none does.
	lookRunning, lookIdle = 10 * time.Millisecond, 50 * time.Millisecond
)

// memory bounds the heap of a session's process.
type memory struct {
	mu      sync.Mutex
	limit   uint64 // bytes; 0 is none
	allowed uint64 // at least limit: more if a cell started with more, so that it can free some
	run     *engine.Run
	runs    *engine.Runs
	over    bool   // the heap was over the limit when last looked at
	cycles  uint64 // garbage collections when it passed the limit
}

// A memoryError is that cells want more memory than there is for them.
type memoryError struct {
	limit, want uint64 // want is what one statement asked for; 0 if many did
	emptied     []string
}

func (e *memoryError) Error() string {
	msg := fmt.Sprintf("stopped at the memory limit of %s", byteSize(e.limit))
	if e.want > 0 {
		msg = fmt.Sprintf("allocating %s would pass the memory limit of %s", byteSize(e.want), byteSize(e.limit))
	}
	if len(e.emptied) > 0 {
		msg += "; emptied what the cell had filled: " + strings.Join(e.emptied, ", ")
	}
	return msg + "; %who shows what is large, %memlimit what the limit is"
}

// newMemory watches the heap from now on, for as long as it is reachable.
func newMemory(runs *engine.Runs) *memory {
	m := &memory{runs: runs}
	m.set(share(defaultShare))
	go lookAfter(weak.Make(m))
	return m
}

func lookAfter(p weak.Pointer[memory]) {
	for {
		m := p.Value()
		if m == nil {
			return
		}
		pause := m.look()
		m = nil
		time.Sleep(pause)
	}
}

// set changes the limit. The collector works harder when the heap comes near it.
func (m *memory) set(limit uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.limit, m.allowed, m.over = limit, limit, false
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	if limit == 0 {
		debug.SetMemoryLimit(math.MaxInt64)
	} else {
		debug.SetMemoryLimit(int64(limit))
	}
}

// watch notes that run is what a heap over the limit is the fault of, until done
// is called.
func (m *memory) watch(run *engine.Run) (done func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.run, m.allowed, m.over = run, 0, false
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.run = nil
	}
}

// heap is the size of the heap, with garbage that is not yet found, and the
// number of collections.
func heap() (bytes, cycles uint64) {
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/cycles/total:gc-cycles"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64(), samples[1].Value.Uint64()
}

// allow is how large the heap may be, which had size when the cell was first
// looked at.
func (m *memory) allow(size uint64) uint64 {
	if m.allowed == 0 {
		m.allowed = max(m.limit, min(size+m.limit/16, size+size/16))
		if size < m.limit {
			m.allowed = m.limit
		}
	}
	return m.allowed
}

// look stops what has filled the heap, and says when to look again.
func (m *memory) look() (pause time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	pause = lookIdle
	if m.run != nil {
		pause = lookRunning
	}
	if m.limit == 0 {
		return pause
	}
	size, cycles := heap()
	switch allowed := m.allow(size); {
	case size < allowed:
		m.over = false
	case !m.over:
		m.over, m.cycles = true, cycles
	case cycles > m.cycles || size > allowed+allowed/8:
		m.over = false
		err := &memoryError{limit: m.limit}
		if m.run == nil || !m.run.Fail(err) {
			m.runs.Cancel(err)
		}
	}
	return pause
}

// reserve is asked before n bytes are allocated at once.
func (m *memory) reserve(n uintptr) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.limit == 0 {
		return nil
	}
	size, _ := heap()
	allowed := m.allow(size)
	if size+uint64(n) <= allowed {
		return nil
	}
	if uint64(n) <= allowed { // there may be garbage in its place
		runtime.GC()
		if size, _ = heap(); size+uint64(n) <= allowed {
			return nil
		}
	}
	return &memoryError{limit: m.limit, want: uint64(n)}
}

// empty zeroes the variables that a cell stopped at the limit had declared and
// filled, and gives the memory back.
func (s *Session) empty(vars []string) (names []string) {
	s.mu.Lock()
	for _, name := range vars {
		v, ok := s.engine.Get(s.scope.objects[name])
		if !ok {
			continue
		}
		w := memoryWalk{seen: map[uintptr]bool{}}
		if w.walk(v); w.visits > maxVisits || w.bytes > s.memory.limit/16 {
			v.SetZero()
			names = append(names, name)
		}
	}
	s.mu.Unlock()
	debug.FreeOSMemory()
	return names
}

// share is a part of the memory that there is for this process.
func share(part float64) uint64 { return uint64(part * float64(machineMemory())) }

// memlimitMagic is %memlimit.
func memlimitMagic(s *Session, _ context.Context, _ Cell, arg string) (Result, error) {
	if arg != "" {
		limit, err := parseLimit(arg)
		if err != nil {
			return Result{}, err
		}
		s.memory.set(limit)
	}
	s.memory.mu.Lock()
	limit := s.memory.limit
	s.memory.mu.Unlock()
	size, _ := heap()
	if limit == 0 {
		return said("There is no memory limit; %s are in use.", byteSize(size))
	}
	return said("A cell is stopped when %s are in use; now it is %s.", byteSize(limit), byteSize(size))
}

// parseLimit reads "2GB", "512 MiB", "80%" or "off".
func parseLimit(text string) (uint64, error) {
	if text == "off" {
		return 0, nil
	}
	number := strings.TrimRight(text, "%BbKkMmGgTtIi ")
	n, err := strconv.ParseFloat(number, 64)
	unit := strings.ToLower(strings.TrimSpace(text[len(number):]))
	scale, known := map[string]float64{
		"b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12,
		"kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40, "%": float64(machineMemory()) / 100,
	}[unit]
	if err != nil || !known || !(n > 0) || n*scale >= 1<<60 {
		return 0, magicError("%%memlimit %s: a size is 2GB, 512MB, 80%% or off", text)
	}
	if n*scale < 1<<20 {
		return 0, magicError("%%memlimit %s: there must be 1 MiB at least", text)
	}
	return uint64(n * scale), nil
}
