//go:build ignore

// Numbers: math/big, rationals of our own, complex roots, polynomials, FFT,
// Gauss elimination, Newton, quaternions, rounding and formatting of floats.
package main

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/cmplx"
	"strings"
)

type frac struct{ n, d int64 }

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func F(n int64, d ...int64) frac {
	f := frac{n, 1}
	for _, v := range d {
		f.d *= v
	}
	if g := gcd(f.n, f.d); g != 0 {
		f.n, f.d = f.n/g, f.d/g
	}
	if f.d < 0 {
		f.n, f.d = -f.n, -f.d
	}
	return f
}

func (a frac) add(b frac) frac { return F(a.n*b.d+b.n*a.d, a.d, b.d) }
func (a frac) mul(b frac) frac { return F(a.n*b.n, a.d, b.d) }
func (a frac) String() string {
	if a.d == 1 {
		return fmt.Sprint(a.n)
	}
	return fmt.Sprintf("%d/%d", a.n, a.d)
}

type poly []float64

func (p poly) at(x float64) (y float64) {
	for i := len(p) - 1; i >= 0; i-- {
		y = float64(y*x) + p[i]
	}
	return
}
func (p poly) derive() (d poly) {
	for i, c := range p[1:] {
		d = append(d, c*float64(i+1))
	}
	return
}
func (p poly) String() string {
	var b strings.Builder
	for i := len(p) - 1; i >= 0; i-- {
		switch c := p[i]; {
		case c == 0:
			continue
		case i == 0:
			fmt.Fprintf(&b, "%+g", c)
		case i == 1:
			fmt.Fprintf(&b, "%+gx ", c)
		default:
			fmt.Fprintf(&b, "%+gx^%d ", c, i)
		}
	}
	return strings.TrimPrefix(b.String(), "+")
}

func newton(f, df func(float64) float64, x float64) (float64, int) {
	for i := 0; ; i++ {
		step := f(x) / df(x)
		if x -= step; math.Abs(step) < 1e-12 || i > 100 {
			return x, i
		}
	}
}

func fft(a []complex128, sign float64) []complex128 {
	if len(a) == 1 {
		return a
	}
	var even, odd []complex128
	for i, v := range a {
		if i%2 == 0 {
			even = append(even, v)
		} else {
			odd = append(odd, v)
		}
	}
	even, odd = fft(even, sign), fft(odd, sign)
	out := make([]complex128, len(a))
	for k := range even {
		t := cmplx.Rect(1, sign*2*math.Pi*float64(k)/float64(len(a))) * odd[k]
		out[k], out[k+len(even)] = even[k]+t, even[k]-t
	}
	return out
}

var errSingular = errors.New("singular")

func solve(m [][]frac) (x []frac, err error) {
	n := len(m)
	for c := range n {
		p := c
		for p < n && m[p][c].n == 0 {
			p++
		}
		if p == n {
			return nil, fmt.Errorf("column %d: %w", c, errSingular)
		}
		m[c], m[p] = m[p], m[c]
		inv := F(m[c][c].d, m[c][c].n)
		for j := range m[c] {
			m[c][j] = m[c][j].mul(inv)
		}
		for r := range m {
			if k := m[r][c]; r != c && k.n != 0 {
				for j := range m[r] {
					m[r][j] = m[r][j].add(m[c][j].mul(frac{-k.n, k.d}))
				}
			}
		}
	}
	for _, row := range m {
		x = append(x, row[n])
	}
	return
}

type quat struct{ w, x, y, z int }

func (a quat) mul(b quat) quat {
	return quat{
		a.w*b.w - a.x*b.x - a.y*b.y - a.z*b.z, a.w*b.x + a.x*b.w + a.y*b.z - a.z*b.y,
		a.w*b.y - a.x*b.z + a.y*b.w + a.z*b.x, a.w*b.z + a.x*b.y - a.y*b.x + a.z*b.w,
	}
}

func main() {
	h := F(0)
	for i := int64(1); i <= 12; i++ {
		h = h.add(F(1, i))
	}
	fmt.Println(h, F(6, -4), F(0, 5), F(3, 4).mul(F(4, 3)))
	p := poly{-6, 11, -6, 1}
	x, n := newton(p.at, p.derive().at, 10)
	fmt.Println(p, "|", p.derive(), "|", p.derive().derive(), math.Round(x*1e9)/1e9, n < 20)
	for _, v := range fft(fft([]complex128{1, 2, 3, 4, 0, 0, 0, 0}, -1), 1) {
		fmt.Printf("%.3f ", math.Abs(real(v)/8))
	}
	fmt.Println()
	fmt.Println(solve([][]frac{{F(2), F(1), F(-1), F(8)}, {F(-3), F(-1), F(2), F(-11)}, {F(-2), F(1), F(2), F(-3)}}))
	fmt.Println(solve([][]frac{{F(1), F(2), F(3)}, {F(2), F(4), F(6)}}))
	i, j := quat{x: 1}, quat{y: 1}
	fmt.Println(i.mul(j), j.mul(i), quat{1, 2, 3, 4}.mul(quat{5, 6, 7, 8}))
	for _, z := range []complex128{-1, 1i, complex(3, -4), cmplx.Inf()} {
		fmt.Printf("%v %v %.4f %v | ", z, real(cmplx.Sqrt(z)), cmplx.Abs(z), cmplx.Conj(z))
	}
	var c64 complex64 = complex(1, 2)
	c64 *= c64
	fmt.Println(c64, real(c64), c64 == complex(-3, 4), fmt.Sprintf("%T %T", imag(c64), 1i*2))

	f := new(big.Int).MulRange(1, 30)
	q, m := new(big.Int).DivMod(f, big.NewInt(1e9+7), new(big.Int))
	fmt.Println(f, q, m, f.BitLen(), new(big.Int).Exp(big.NewInt(3), big.NewInt(200), big.NewInt(1009)), new(big.Int).GCD(nil, nil, big.NewInt(462), big.NewInt(1071)))
	r, _ := new(big.Rat).SetString("3.125")
	fmt.Println(r, new(big.Rat).Add(r, big.NewRat(1, 3)), r.FloatString(5), big.NewInt(97).ProbablyPrime(10))
	two := new(big.Float).SetPrec(120).SetInt64(2)
	fmt.Println(new(big.Float).Sqrt(two).Text('f', 30))
	fmt.Printf("%x %o %b %s %10d|%-10d|%+d\n", big.NewInt(-255), big.NewInt(8), big.NewInt(5), big.NewInt(7), big.NewInt(42), big.NewInt(42), big.NewInt(42))
	for _, v := range []float64{0.1 + 0.2, 1e21, 1e-7, 123456789, math.MaxFloat32, 2.5, -0.5, math.NaN()} {
		fmt.Printf("%v %g %e %.2f %6.1f %v %v %v|", v, float32(v), v, v, v, math.Round(v), math.RoundToEven(v), math.Trunc(v))
	}
	fmt.Println()
	fmt.Println(math.Hypot(3, 4), math.Cbrt(27), math.Mod(-7, 3), math.Remainder(7, 4), math.Log2(8), math.Pow(2, 0.5) == math.Sqrt2, math.IsInf(1/math.Inf(-1), 0))
}
