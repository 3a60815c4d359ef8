//go:build race

package train

// raceEnabled: the race detector makes sync.Pool forget at random.
const raceEnabled = true
