package checkpoint

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Folder is a directory with the checkpoints of one run.
type Folder string

// ending of the files in a folder.
const ending = ".safetensors"

// Path is the file for the state after so many steps.
func (d Folder) Path(step int) string {
	return filepath.Join(string(d), fmt.Sprintf("step-%08d%s", step, ending))
}

// List returns the checkpoints in d, the newest first, which is the one with the
// most steps. A folder that is not there has none.
func (d Folder) List() ([]string, error) {
	entries, err := os.ReadDir(string(d))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	var all []string
	for _, e := range entries {
		if _, ok := stepOf(e.Name()); ok {
			all = append(all, filepath.Join(string(d), e.Name()))
		}
	}
	slices.SortFunc(all, func(a, b string) int {
		x, _ := stepOf(filepath.Base(a))
		y, _ := stepOf(filepath.Base(b))
		return y - x
	})
	return all, nil
}

// stepOf reads the number of steps from the name of a file.
func stepOf(name string) (step int, ok bool) {
	digits, ok := strings.CutSuffix(name, ending)
	if !ok {
		return 0, false
	}
	n, err := fmt.Sscanf(digits, "step-%d", &step)
	return step, err == nil && n == 1 && name == filepath.Base(Folder(".").Path(step))
}

// Clean removes what writers left that were stopped before they had finished.
func (d Folder) Clean() error {
	entries, err := os.ReadDir(string(d))
	for _, e := range entries {
		if name := e.Name(); strings.HasPrefix(name, ".step-") && strings.HasSuffix(name, temporary) {
			err = errors.Join(err, os.Remove(filepath.Join(string(d), name)))
		}
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return nil
}

// Load reads the newest checkpoint in d and returns its name, "" if there is
// none. If the newest cannot be used, the error is a *NotNewest that names the
// newest one that can.
func (d Folder) Load() (*File, string, error) {
	all, err := d.List()
	if err != nil || len(all) == 0 {
		return nil, "", err
	}
	f, err := Read(all[0])
	if err == nil {
		return f, all[0], nil
	}
	refused := &NotNewest{Err: err}
	for _, name := range all[1:] {
		if Verify(name) == nil {
			refused.Good = name
			break
		}
	}
	return nil, "", refused
}

// NotNewest is the error of a folder whose newest checkpoint cannot be used.
type NotNewest struct {
	Err  error
	Good string // the newest one that can, "" if there is none
}

func (e *NotNewest) Error() string {
	if e.Good == "" {
		return fmt.Sprintf("%v; no other checkpoint beside it can be used", e.Err)
	}
	return fmt.Sprintf("%v; the newest checkpoint that is whole is %s", e.Err, e.Good)
}

func (e *NotNewest) Unwrap() error { return e.Err }
