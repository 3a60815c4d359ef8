//go:build ignore

// Number puzzles: Roman numerals, spelled numbers, bases, primes by wheel, perfect
// numbers, Collatz, the Luhn check, Kaprekar, happy numbers, Pascal, digits of e.
package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

type Roman int

func (r Roman) String() string {
	var b strings.Builder
	for _, d := range [...]struct {
		value  Roman
		digits string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; r >= d.value; r -= d.value {
			b.WriteString(d.digits)
		}
	}
	return b.String()
}

func ParseRoman(s string) (r Roman, ok bool) {
	values := map[byte]Roman{'I': 1, 'V': 5, 'X': 10, 'L': 50, 'C': 100, 'D': 500, 'M': 1000}
	for i := range len(s) {
		v, known := values[s[i]]
		if !known {
			return 0, false
		}
		if i+1 < len(s) && v < values[s[i+1]] {
			v = -v
		}
		r += v
	}
	return r, r.String() == s
}

var small = strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
var tens = [...]string{2: "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"}

func spell(n int) string {
	switch {
	case n < 0:
		return "minus " + spell(-n)
	case n < 20:
		return small[n]
	case n < 100:
		s := tens[n/10]
		if n%10 > 0 {
			s += "-" + small[n%10]
		}
		return s
	}
	for _, p := range []struct {
		n    int
		name string
	}{{1e9, "billion"}, {1e6, "million"}, {1e3, "thousand"}, {100, "hundred"}} {
		if n >= p.n {
			s := spell(n/p.n) + " " + p.name
			if rest := n % p.n; rest > 0 {
				s += " " + spell(rest)
			}
			return s
		}
	}
	panic("unreachable")
}

func luhn(s string) bool {
	sum := 0
	for i, r := range s {
		d := int(r - '0')
		if (len(s)-i)%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

func kaprekar(n int) (steps int) {
	for n != 6174 && steps < 10 {
		d := []byte(fmt.Sprintf("%04d", n))
		slices.Sort(d)
		lo, _ := strconv.Atoi(string(d))
		slices.Reverse(d)
		hi, _ := strconv.Atoi(string(d))
		n = hi - lo
		steps++
	}
	return
}

func happy(n int) bool {
	seen := map[int]bool{}
	for ; n != 1 && !seen[n]; seen[n] = true {
		defer func(was int) { seen[was] = false }(n)
		m := n
		for n = 0; m > 0; m /= 10 {
			n += (m % 10) * (m % 10)
		}
		if n == 4 {
			return false
		}
	}
	return n == 1
}

func eDigits(n int) string {
	a := make([]int, n*2)
	for i := range a {
		a[i] = 1
	}
	var b strings.Builder
	b.WriteString("2.")
	for range n {
		carry := 0
		for i := len(a) - 1; i >= 0; i-- {
			carry += a[i] * 10
			a[i] = carry % (i + 2)
			carry /= i + 2
		}
		b.WriteByte(byte('0' + carry))
	}
	return b.String()
}

func main() {
	for _, n := range []Roman{1, 4, 9, 14, 40, 90, 400, 1994, 2024, 3999} {
		back, ok := ParseRoman(n.String())
		fmt.Print(n, " ", int(back), " ", ok, "; ")
	}
	fmt.Println()
	for _, s := range []string{"IIII", "VX", "MCMXC", "Q", ""} {
		fmt.Println(ParseRoman(s))
	}
	for _, n := range []int{0, 13, -21, 100, 342, 1001, 70_000, 1_000_001, 2_147_483_647} {
		fmt.Println(spell(n))
	}
	for _, s := range []string{"49927398716", "49927398717", "1234567812345670"} {
		fmt.Print(luhn(s), " ")
	}
	fmt.Println(kaprekar(3524), kaprekar(1), kaprekar(1111))
	for i := range 50 {
		if happy(i) {
			fmt.Print(i, " ")
		}
	}
	fmt.Println()
	best, length := 0, 0
	for i := 1; i < 3000; i++ {
		steps := 1
		for n := i; n != 1; steps++ {
			if n&1 == 0 {
				n >>= 1
			} else {
				n = 3*n + 1
			}
		}
		if steps > length {
			best, length = i, steps
		}
	}
	fmt.Println(best, length, eDigits(40))
	row := []int{1}
	for range 7 {
		fmt.Println(strings.Repeat(" ", 20-2*len(row)), row)
		next := append([]int{1}, row...)
		for i := 1; i < len(row); i++ {
			next[i] = row[i-1] + row[i]
		}
		if len(row) > 1 || true {
			next[len(row)] = 1
		}
		row = next
	}
	for base := 2; base <= 36; base += 17 {
		s := strconv.FormatInt(-123456789, base)
		n, err := strconv.ParseInt(s, base, 64)
		fmt.Println(base, s, n, err)
	}
	_, err := strconv.ParseInt("zz", 35, 8)
	fmt.Println(err)
}
