//go:build !unix

package train

import "errors"

// lowerPriority is for systems with niceness.
func lowerPriority() error { return errors.New("train: this system has no priorities to lower") }
