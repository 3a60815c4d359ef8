package programs

import "math"

type planet struct{ x, y, z, vx, vy, vz, mass float64 }

func advance(all []*planet, dt float64) {
	for i, p := range all {
		for _, q := range all[i+1:] {
			dx, dy, dz := p.x-q.x, p.y-q.y, p.z-q.z
			d2 := dx*dx + dy*dy + dz*dz
			mag := dt / (d2 * math.Sqrt(d2))
			p.vx -= dx * q.mass * mag
			p.vy -= dy * q.mass * mag
			p.vz -= dz * q.mass * mag
			q.vx += dx * p.mass * mag
			q.vy += dy * p.mass * mag
			q.vz += dz * p.mass * mag
		}
	}
	for _, p := range all {
		p.x += dt * p.vx
		p.y += dt * p.vy
		p.z += dt * p.vz
	}
}

// planets are five bodies and the forces between them; a turn is a pair.
func planets(n int) int {
	var all []*planet
	for i := 0; i < 5; i++ {
		f := float64(i)
		all = append(all, &planet{x: f * 5, y: f * f, z: 1 - f, vx: 0.1 * f, vy: 0.2, mass: 1 + f})
	}
	for k := 0; k < n; k += 10 {
		advance(all, 0.001)
	}
	return int(all[0].x * 1000)
}
