package bench

import (
	"fmt"
	"runtime"
	"strings"

	"setun/runtime/asm"
	"setun/runtime/qat/train"
)

// A DifferenceError is a training run whose weights are not the bits that they
// are everywhere else: a kernel computes something else.
type DifferenceError struct {
	Run       string
	Workers   int
	Got, Want string // SHA-256 of the weights
}

func (e DifferenceError) Error() string {
	return fmt.Sprintf("%s with the kernels of %s and %d workers: the weights have the SHA-256 %s, and everywhere else %s",
		e.Run, asm.Selected(), e.Workers, e.Got, e.Want)
}

// identityRows: 200 steps of training, after which the weights are the same bits
// whatever SETUN_CPU says and with any number of workers, also more than there
// are processors.
func identityRows() []row {
	var rows []row
	for i, run := range train.Identities() {
		kind, _, _ := strings.Cut(strings.ToLower(run.Name), " ")
		rows = append(rows, row{kind, func(b *bench, name string) error {
			one := 1.0
			for _, workers := range []int{1, 2, 3, 8} {
				runtime.GOMAXPROCS(workers)
				got := train.Identities()[i].Train() // a run is trained once
				r := Row{Name: name, Threads: workers, Unit: "same", Value: got, Target: &one, Note: run.Name + ", " + asm.Selected()}
				if got == run.SHA256 {
					r.Ours = 1
				}
				if err := b.emit(r); err != nil {
					return err
				}
				if r.Ours == 0 {
					return DifferenceError{run.Name, workers, got, run.SHA256}
				}
				if b.ctx.Err() != nil {
					return b.ctx.Err()
				}
			}
			return nil
		}})
	}
	return rows
}
