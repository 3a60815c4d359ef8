package asm

// PeakFloat spends turns of nothing but float32 multiply-adds, on registers that
// do not wait for each other, and returns how many operations those were, two
// for each multiply-add: the ceiling of every float32 kernel on this core. It
// returns 0 without assembly, where there is no such ceiling.
func PeakFloat(turns int) (operations int) { return active.peakFloat(turns) }

// PeakInt8 is PeakFloat for products of int8 as TernaryGEMM computes them.
func PeakInt8(turns int) (operations int) { return active.peakInt8(turns) }

// ReadAll reads p once, as fast as this core can, in whole blocks of 512 bytes,
// and returns how many bytes those were: the ceiling of every kernel that waits
// for memory. It returns 0 without assembly.
func ReadAll(p []byte) (bytes int) { return active.readAll(p) }
