//go:build ignore

// Big numbers: factorials, Fibonacci, pi digits, rational sums.
package main

import (
	"fmt"
	"math/big"
	"strings"
)

func fact(n int64) *big.Int {
	r := big.NewInt(1)
	for i := int64(2); i <= n; i++ {
		r.Mul(r, big.NewInt(i))
	}
	return r
}

func fib(n int) *big.Int {
	a, b := big.NewInt(0), big.NewInt(1)
	for range n {
		a.Add(a, b)
		a, b = b, a
	}
	return a
}

func pi(digits int) string {
	var out strings.Builder
	q, r, t, k, n, l := big.NewInt(1), big.NewInt(0), big.NewInt(1), big.NewInt(1), big.NewInt(3), big.NewInt(3)
	tmp1, tmp2 := new(big.Int), new(big.Int)
	for out.Len() < digits {
		tmp1.Mul(q, big.NewInt(4))
		tmp1.Add(tmp1, r)
		tmp1.Sub(tmp1, t)
		if tmp1.Cmp(tmp2.Mul(n, t)) < 0 {
			fmt.Fprint(&out, n)
			nr := new(big.Int).Mul(big.NewInt(10), new(big.Int).Sub(r, new(big.Int).Mul(n, t)))
			n.Sub(new(big.Int).Div(new(big.Int).Mul(big.NewInt(10), new(big.Int).Add(new(big.Int).Mul(big.NewInt(3), q), r)), t), new(big.Int).Mul(big.NewInt(10), n))
			q.Mul(q, big.NewInt(10))
			r = nr
		} else {
			nr := new(big.Int).Mul(new(big.Int).Add(new(big.Int).Mul(big.NewInt(2), q), r), l)
			nn := new(big.Int).Mul(q, new(big.Int).Add(new(big.Int).Mul(big.NewInt(7), k), big.NewInt(2)))
			nn.Add(nn, new(big.Int).Mul(r, l)).Div(nn, new(big.Int).Mul(t, l))
			q.Mul(q, k)
			t.Mul(t, l)
			l.Add(l, big.NewInt(2))
			k.Add(k, big.NewInt(1))
			n, r = nn, nr
		}
	}
	return out.String()
}

func main() {
	fmt.Println(fact(30), fib(100))
	fmt.Println(pi(30))
	sum := new(big.Rat)
	for i := int64(1); i <= 10; i++ {
		sum.Add(sum, big.NewRat(1, i))
	}
	f, exact := sum.Float64()
	fmt.Println(sum, f, exact, sum.FloatString(5))
	x, ok := new(big.Int).SetString("123456789012345678901234567890", 10)
	fmt.Println(x.ProbablyPrime(10), ok, new(big.Int).Exp(big.NewInt(3), big.NewInt(200), big.NewInt(1000007)), new(big.Int).GCD(nil, nil, x, fact(20)))
	r := new(big.Float).SetPrec(100).Sqrt(big.NewFloat(2))
	fmt.Printf("%.25f %s\n", r, new(big.Int).Sqrt(x))
}
