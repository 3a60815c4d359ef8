package session

import (
	"fmt"
	"runtime/metrics"
	"syscall"
	"time"
)

// usage is what the process has used up to a moment.
type usage struct {
	wall           time.Time
	cpu            time.Duration
	objects, bytes uint64 // allocated
}

func usageNow() usage {
	samples := []metrics.Sample{{Name: "/gc/heap/allocs:objects"}, {Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(samples)
	var r syscall.Rusage
	// Without it the CPU time is 0, which shows.
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return usage{
		wall: time.Now(), cpu: time.Duration(r.Utime.Nano() + r.Stime.Nano()),
		objects: samples[0].Value.Uint64(), bytes: samples[1].Value.Uint64(),
	}
}

// since is what was used between two moments, as %time shows it.
func (u usage) since(before usage) string {
	return fmt.Sprintf("time %s, CPU %s, %d allocations, %s",
		significant(u.wall.Sub(before.wall)), significant(u.cpu-before.cpu), u.objects-before.objects, byteSize(u.bytes-before.bytes))
}

// significant is d with three digits.
func significant(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit)
}

// byteSize is n bytes in a unit that people read.
func byteSize(n uint64) string {
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	f, units := float64(n)/1000, "kMGT"
	for f >= 999.5 && len(units) > 1 {
		f, units = f/1000, units[1:]
	}
	return fmt.Sprintf("%.3g %cB", f, units[0])
}
