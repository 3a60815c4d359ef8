package session

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// Types with methods that are declared anew all day. One that has not changed
// stays what it was; one that has, and each instance of a generic one, is a new
// type, whose descriptor and method code stay: a value of it may be anywhere.
func TestRedefinedTypes(t *testing.T) {
	const shape = "type Shape interface { Area() float64; Name() string }"
	for name, tt := range map[string]struct {
		code        string // $ is the number of the definition
		definitions int
		bytesOfOne  int // that may stay
	}{
		"new methods": {`type Square struct{ side float64 }
func (s Square) Area() float64 { return s.side + $ }
func (s Square) Name() string { return "square" }
func (s *Square) Grow(by float64) { s.side += by }
var shape Shape = Square{side: 1}
fmt.Sprintf("%.0f", shape.Area())`, 5000, 4 << 10},
		"new fields": {`type Square struct{ side, n$ float64 }
func (s Square) Area() float64 { return s.side + $ }
func (s Square) Name() string { return "square" }
func (s *Square) Grow(by float64) { s.side += by }
var shape Shape = Square{side: 1}
fmt.Sprintf("%.0f", shape.Area())`, 5000, 40 << 10},
		"generic": {`type Box[T any] struct{ side, n$ T }
func (s Box[T]) Area() float64 { return float64(len(fmt.Sprint(s.side))) + $ }
func (s Box[T]) Name() string { return "box" }
func (s *Box[T]) Grow(by T) { s.side = by }
var shape Shape = Box[int]{side: 1}
shape = Box[string]{side: "a"}
fmt.Sprintf("%.0f", shape.Area())`, 1000, 100 << 10},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSession(t)
			execute(t, s, 1, shape)
			redefine := func(i int) {
				r := execute(t, s, i+2, strings.ReplaceAll(tt.code, "$", fmt.Sprint(i)))
				if got, want := r.Value.Data["text/plain"], fmt.Sprintf("%q", fmt.Sprint(i+1)); got != want {
					t.Fatalf("definition %d gives %v, want %s", i, got, want)
				}
			}
			const warm = 100
			for i := range warm {
				redefine(i)
			}
			before := heapInUse()
			for i := range tt.definitions {
				redefine(warm + i)
			}
			grown := heapInUse() - before
			t.Logf("%d bytes a definition", grown/tt.definitions)
			if grown > tt.definitions*tt.bytesOfOne {
				t.Errorf("%d definitions leave %d bytes behind", tt.definitions, grown)
			}
			runtime.KeepAlive(s)
		})
	}
}
