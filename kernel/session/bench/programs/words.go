package programs

import "strings"

// words counts those of a text; a turn is a word.
func words(n int) int {
	text := "the quick brown fox jumps over the lazy dog and the dog sleeps"
	count := map[string]int{}
	for k := 0; k < n; k += 13 {
		for _, w := range strings.Fields(text) {
			count[w]++
		}
	}
	return count["the"]
}
