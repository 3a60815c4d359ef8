package install

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/klauspost/cpuid/v2"

	"setun/runtime/asm"
	"setun/runtime/qat/data"
)

// machine looks at the processor, what was selected for it, and the limits.
func machine() []Check {
	cpu := Check{Name: "processor", Found: strings.TrimSpace(cpuid.CPU.BrandName)}
	if cpu.Found == "" {
		cpu.Found = runtime.GOARCH
	}
	if has := extensions(); len(has) > 0 {
		cpu.Found += " (" + strings.Join(has, " ") + ")"
	}
	kernels := Check{
		Name:  "compute",
		Found: fmt.Sprintf("%s selected of %s", asm.Selected(), strings.Join(asm.Available(), ", ")),
	}
	if err := asm.SelectionError(); err != nil {
		kernels.State, kernels.Found = Broken, err.Error()
		kernels.Mend = "unset SETUN_CPU, or set it to one of " + strings.Join(asm.Available(), ", ")
	} else if forced := os.Getenv("SETUN_CPU"); forced != "" {
		kernels.Found += " (forced by SETUN_CPU)"
	}
	threads := Check{
		Name:  "threads",
		Found: fmt.Sprintf("GOMAXPROCS %d on %d processors", runtime.GOMAXPROCS(0), runtime.NumCPU()),
	}
	return []Check{cpu, kernels, threads, {Name: "limits", Found: limits(os.DirFS("/"))}}
}

// extensions names what the compute kernels could use.
func extensions() []string {
	var has []string
	for _, f := range []struct {
		id   cpuid.FeatureID
		name string
	}{
		{cpuid.AVX2, "AVX2"},
		{cpuid.FMA3, "FMA"},
		{cpuid.AVX512F, "AVX-512"},
		{cpuid.AVX512VNNI, "VNNI"},
		{cpuid.AVXVNNI, "AVX-VNNI"},
		{cpuid.ASIMD, "NEON"},
		{cpuid.ASIMDDP, "DOTPROD"},
	} {
		if cpuid.CPU.Supports(f.id) {
			has = append(has, f.name)
		}
	}
	return has
}

// limits reads what the control group of this process allows, version 2 of the
// kernel's interface (Documentation/admin-guide/cgroup-v2.rst) or else
// version 1. The tightest limit on the way to the root counts.
func limits(root fs.FS) string {
	cpus, memory := -1.0, int64(-1)
	lower := func(c float64, m int64) {
		if c > 0 && (cpus < 0 || c < cpus) {
			cpus = c
		}
		if m > 0 && m < 1<<60 && (memory < 0 || m < memory) {
			memory = m
		}
	}
	read := func(name string) []string {
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return nil
		}
		return strings.Fields(string(text))
	}
	for _, line := range read("proc/self/cgroup") {
		_, group, ok := strings.Cut(line, "::")
		if !ok {
			continue
		}
		for dir := path.Join("sys/fs/cgroup", group); strings.HasPrefix(dir, "sys/fs/cgroup"); dir = path.Dir(dir) {
			if f := read(dir + "/cpu.max"); len(f) == 2 {
				lower(ratio(f[0], f[1]), -1)
			}
			if f := read(dir + "/memory.max"); len(f) == 1 {
				lower(-1, whole(f[0]))
			}
		}
	}
	quota, period := read("sys/fs/cgroup/cpu/cpu.cfs_quota_us"), read("sys/fs/cgroup/cpu/cpu.cfs_period_us")
	if len(quota) == 1 && len(period) == 1 {
		lower(ratio(quota[0], period[0]), -1)
	}
	if f := read("sys/fs/cgroup/memory/memory.limit_in_bytes"); len(f) == 1 {
		lower(-1, whole(f[0]))
	}
	if cpus < 0 && memory < 0 {
		return "none set by a control group"
	}
	var found []string
	if cpus > 0 {
		found = append(found, fmt.Sprintf("%.4g processors", cpus))
	}
	if memory > 0 {
		found = append(found, fmt.Sprintf("%.1f GiB of memory", float64(memory)/(1<<30)))
	}
	return strings.Join(found, ", ") + " (control group)"
}

func ratio(a, b string) float64 {
	x, errA := strconv.ParseFloat(a, 64)
	y, errB := strconv.ParseFloat(b, 64)
	if errA != nil || errB != nil || y <= 0 {
		return -1 // "max"
	}
	return x / y
}

func whole(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return -1 // "max"
	}
	return n
}

// dataSets looks at the data cache. Content is verified when it is loaded.
func dataSets() []Check {
	c := Check{Name: "MNIST"}
	dir, err := data.CacheDir()
	if err != nil {
		return []Check{{"MNIST", Broken, err.Error(), "set SETUN_CACHE to a folder that can be written"}}
	}
	dir = filepath.Join(dir, "mnist")
	files, err := filepath.Glob(filepath.Join(dir, "*-ubyte*"))
	if err == nil && len(files) >= 4 {
		c.Found = "cached in " + dir
		return []Check{c}
	}
	c.State, c.Found = Missing, "not in "+dir
	c.Mend = "nothing to do with a network: the first MNIST() fetches it (11.6 MB); without one, put the four files there"
	return []Check{c}
}
