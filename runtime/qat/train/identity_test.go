package train

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"setun/runtime/asm"
)

// The weights after 200 steps are the checked-in bits, with any number of
// workers. They change only with the mathematics, the random numbers or the runs
// themselves: then, and only if that was meant, write the new ones down.
func TestIdentity(t *testing.T) {
	for _, workers := range []int{1, 2, 3, 8} {
		t.Run(fmt.Sprint(workers), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(workers))
			for _, run := range Identities() {
				if got := run.Train(); got != run.SHA256 {
					t.Errorf("%s with the kernels of %s: %s, want %s", run.Name, asm.Selected(), got, run.SHA256)
				}
			}
		})
	}
}

// alone is the first of these tests, which is enough for what does not depend on
// workers and is slow.
const alone = "-test.run=^TestIdentity$/^1$"

// The same with every implementation of the kernels that this machine has: which
// one runs is decided when a process starts.
func TestIdentityOfAllKernels(t *testing.T) {
	if os.Getenv("SETUN_CPU") != "" {
		t.Skip("one implementation was asked for")
	}
	for _, cpu := range asm.Available() {
		if cpu == asm.Selected() {
			continue
		}
		t.Run(cpu, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], alone, "-test.v")
			cmd.Env = append(os.Environ(), "SETUN_CPU="+cpu)
			needPass(t, cmd)
		})
	}
}

// The same with NEON, emulated, with and without the dot product instructions.
func TestIdentityOfNEON(t *testing.T) {
	qemu, err := exec.LookPath("qemu-aarch64")
	if runtime.GOARCH == "arm64" || err != nil || testing.Short() {
		t.Skip("needs qemu-aarch64 on another kind of machine, and time")
	}
	binary := filepath.Join(t.TempDir(), "train.test")
	build := exec.Command("go", "test", "-c", "-o", binary, ".")
	build.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, cpu := range []string{"max", "cortex-a53"} {
		t.Run(cpu, func(t *testing.T) {
			needPass(t, exec.Command(qemu, "-cpu", cpu, binary, alone, "-test.v"))
		})
	}
}

// needPass fails unless cmd ran the test alone and it passed.
func needPass(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestIdentity/1 ") {
		t.Errorf("%v\n%s", err, out)
	}
}
