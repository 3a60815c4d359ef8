package programs

// vowels looks at the bytes of a string; a turn is a byte.
func vowels(n int) int {
	text, count := "the quick brown fox jumps over the lazy dog", 0
	for k := 0; k < n; k += len(text) {
		for i := 0; i < len(text); i++ {
			switch text[i] {
			case 'a', 'e', 'i', 'o', 'u':
				count++
			}
		}
	}
	return count
}
