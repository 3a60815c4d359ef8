//go:build noasm || !(amd64 || arm64)

package asm

// native returns no implementations where there is no assembly.
func native() []implementation { return nil }
