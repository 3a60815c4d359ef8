package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"setun/runtime/asm"
)

// errNoCeiling is why there is nothing to compare with in a build or on a
// machine without assembly.
var errNoCeiling = errors.New("no ceiling without assembly")

// ceiling is the side that does nothing but what the machine does best: piece
// runs on each thread and returns how much that was, in the contest's unit.
func ceiling(name string, threads int, piece func(thread int) float64) *side {
	s := &side{name: name}
	for t := range threads {
		s.work += piece(t)
	}
	s.time = func(_ context.Context, n int) (float64, error) {
		if s.work == 0 {
			return 0, errNoCeiling
		}
		began := time.Now()
		var all sync.WaitGroup
		for t := range threads {
			all.Go(func() {
				for range n {
					piece(t)
				}
			})
		}
		all.Wait()
		return time.Since(began).Seconds(), nil
	}
	return s
}

const peakTurns = 1000

// floatPeak counts GFLOP, two for each multiply-add.
func floatPeak(threads int) *side {
	return ceiling("float32 multiply-add peak", threads, func(int) float64 { return float64(asm.PeakFloat(peakTurns)) / 1e9 })
}

// int8Peak counts GOP, two for each multiply-add.
func int8Peak(threads int) *side {
	return ceiling("int8 dot product peak", threads, func(int) float64 { return float64(asm.PeakInt8(peakTurns)) / 1e9 })
}

// int8Weights counts what int8Peak does in Gweight, one for each multiply-add.
func int8Weights(threads int) *side {
	return ceiling("int8 dot product peak", threads, func(int) float64 { return float64(asm.PeakInt8(peakTurns)) / 2e9 })
}

// readBandwidth reads p, which the threads share out, and counts GB times scale.
func readBandwidth(threads int, p []byte, scale float64) *side {
	part := len(p) / threads / 512 * 512
	return ceiling("reading alone", threads, func(t int) float64 {
		return float64(asm.ReadAll(p[t*part:(t+1)*part])) / 1e9 * scale
	})
}

// peakRows are the ceilings by themselves.
func peakRows() []row {
	alone := func(unit string, s func(threads int) *side) func(*bench, string) error {
		return func(b *bench, name string) error {
			if s(1).work == 0 {
				return b.emit(Row{Name: name, Threads: 1, Unit: unit, Note: errNoCeiling.Error()})
			}
			return b.contest(name, unit, func(threads int) (*side, []rival) { return s(threads), nil })
		}
	}
	rows := []row{
		{"float32", alone("GFLOP/s", floatPeak)},
		{"int8", alone("GOP/s", int8Peak)},
	}
	for _, at := range []struct {
		name  string
		bytes int // for each thread
	}{{"L1", 24 << 10}, {"L2", 512 << 10}, {"DRAM", 128 << 20}} {
		rows = append(rows, row{"read/" + at.name, func(b *bench, name string) error {
			var p []byte
			return alone("GB/s", func(threads int) *side {
				if len(p) < at.bytes*threads {
					p = make([]byte, at.bytes*threads)
					for i := 0; i < len(p); i += 4096 {
						p[i] = byte(i) // a page that was never written is no memory yet
					}
				}
				return readBandwidth(threads, p, 1)
			})(b, name)
		}})
	}
	return rows
}

// sizes writes m×n×k as rows are called.
func sizes(n ...int) string {
	s := ""
	for i, v := range n {
		if i > 0 {
			s += "x"
		}
		s += fmt.Sprint(v)
	}
	return s
}
