package programs

// sieve has the primes below 1,000; a turn is a number of its table.
func sieve(n int) int {
	const most = 1000
	count := 0
	for k := 0; k < n; k += most {
		composite := make([]bool, most)
		for i := 2; i < most; i++ {
			if !composite[i] {
				count++
				for j := i * i; j < most; j += i {
					composite[j] = true
				}
			}
		}
	}
	return count
}
