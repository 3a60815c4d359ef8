//go:build ignore

// Number theory: sieve, factorisation, perfect numbers, bits.
package main

import (
	"fmt"
	"math"
	"math/bits"
)

func sieve(n int) []int {
	composite := make([]bool, n+1)
	var primes []int
	for i := 2; i <= n; i++ {
		if composite[i] {
			continue
		}
		primes = append(primes, i)
		for j := i * i; j <= n; j += i {
			composite[j] = true
		}
	}
	return primes
}

func factors(n uint64) map[uint64]int {
	f := map[uint64]int{}
	for p := uint64(2); p*p <= n; p++ {
		for n%p == 0 {
			f[p]++
			n /= p
		}
	}
	if n > 1 {
		f[n]++
	}
	return f
}

func powmod(b, e, m uint64) uint64 {
	r := uint64(1)
	for b %= m; e > 0; e >>= 1 {
		if e&1 == 1 {
			hi, lo := bits.Mul64(r, b)
			_, r = bits.Div64(hi, lo, m)
		}
		hi, lo := bits.Mul64(b, b)
		_, b = bits.Div64(hi, lo, m)
	}
	return r
}

func collatz(n int, memo map[int]int) int {
	if n == 1 {
		return 1
	}
	if v, ok := memo[n]; ok {
		return v
	}
	next := n / 2
	if n%2 == 1 {
		next = 3*n + 1
	}
	memo[n] = 1 + collatz(next, memo)
	return memo[n]
}

func main() {
	p := sieve(10000)
	fmt.Println(len(p), p[:10], p[len(p)-1])
	fmt.Println(factors(600851475143), factors(1<<40), factors(9999991))
	fmt.Println(powmod(2, 1<<62, 1000000007), powmod(3, 10, 1<<63+5))
	best, at := 0, 0
	memo := map[int]int{}
	for i := 1; i < 10000; i++ {
		if c := collatz(i, memo); c > best {
			best, at = c, i
		}
	}
	fmt.Println(best, at)
	for n := 2; n < 500; n++ {
		sum := 1
		for d := 2; d*d <= n; d++ {
			if n%d == 0 {
				sum += d
				if d*d != n {
					sum += n / d
				}
			}
		}
		if sum == n {
			fmt.Print(n, " ")
		}
	}
	fmt.Println(bits.Reverse8(0b00010011), bits.TrailingZeros(40), bits.Len(1023), bits.RotateLeft8(0x81, 1), bits.OnesCount64(math.MaxUint64))
}
