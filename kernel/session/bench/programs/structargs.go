package programs

type vector struct{ x, y, z float64 }

func (v vector) plus(w vector) vector   { return vector{v.x + w.x, v.y + w.y, v.z + w.z} }
func (v vector) times(f float64) vector { return vector{v.x * f, v.y * f, v.z * f} }

// structargs passes and returns structs; a turn is two calls.
func structargs(n int) int {
	v, w := vector{}, vector{1, 2, 3}
	for i := 0; i < n; i++ {
		v = v.plus(w).times(0.5)
	}
	return int(v.x)
}
