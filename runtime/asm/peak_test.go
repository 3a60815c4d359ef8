package asm

import "testing"

func TestPeaksCountTheirWork(t *testing.T) {
	eachImplementation(t, func(t *testing.T) {
		for name, peak := range map[string]func(int) int{"PeakFloat": PeakFloat, "PeakInt8": PeakInt8} {
			if one, ten := peak(1), peak(10); ten != 10*one || (one == 0) != (Selected() == "go") {
				t.Errorf("%s: %d operations in a turn, %d in ten", name, one, ten)
			}
			if got := peak(0); got != 0 {
				t.Errorf("%s: %d operations in no turns", name, got)
			}
		}
		want := 1024
		if Selected() == "go" {
			want = 0
		}
		if got := ReadAll(make([]byte, 1500)); got != want {
			t.Errorf("ReadAll read %d bytes of 1500, want %d", got, want)
		}
	})
}
