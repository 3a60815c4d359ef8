//go:build race

package asm

// raceEnabled: the race detector makes sync.Pool forget at random.
const raceEnabled = true
