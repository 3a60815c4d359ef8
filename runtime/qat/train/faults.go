package train

import (
	"fmt"
	"strings"
)

// maxSteps is more steps than anybody makes; counts up to it cannot overflow.
const maxSteps = 1 << 40

// A ConfigError is a configuration that makes no sense, with all that is wrong
// with it.
type ConfigError struct{ Faults []string }

func (e *ConfigError) Error() string {
	return "train: " + strings.Join(e.Faults, "; ")
}

// faults collects what is wrong.
type faults []string

func (f *faults) add(format string, a ...any) { *f = append(*f, fmt.Sprintf(format, a...)) }

// need notes that a number is below its least.
func (f *faults) need(name string, value, least int) {
	if value < least {
		f.add("%s is %d; want at least %d", name, value, least)
	}
}

// err is nil without faults.
func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return &ConfigError{f}
}
