package programs

type shape interface{ area() float64 }

type (
	square struct{ side float64 }
	circle struct{ radius float64 }
)

func (s square) area() float64  { return s.side * s.side }
func (c *circle) area() float64 { return c.radius * c.radius * 3 }

// interfaces calls a method of values of two types; a turn is a call.
func interfaces(n int) int {
	all := []shape{square{1}, &circle{2}, square{3}, &circle{4}}
	total := 0.0
	for k := 0; k < n; k += len(all) {
		for _, s := range all {
			total += s.area()
		}
	}
	return int(total)
}
