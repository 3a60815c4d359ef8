//go:build ignore

// Sorting algorithms by hand, generic and not, checked against package sort.
package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

type sorter[T cmp.Ordered] func([]T)

func bubble[T cmp.Ordered](s []T) {
	for swapped := true; swapped; {
		swapped = false
		for i := 1; i < len(s); i++ {
			if s[i-1] > s[i] {
				s[i-1], s[i] = s[i], s[i-1]
				swapped = true
			}
		}
	}
}

func insertion[T cmp.Ordered](s []T) {
	for i := range s {
		for j := i; j > 0 && s[j] < s[j-1]; j-- {
			s[j], s[j-1] = s[j-1], s[j]
		}
	}
}

func quick[T cmp.Ordered](s []T) {
	if len(s) < 2 {
		return
	}
	p := s[len(s)/2]
	i, j := 0, len(s)-1
	for i <= j {
		for s[i] < p {
			i++
		}
		for s[j] > p {
			j--
		}
		if i <= j {
			s[i], s[j] = s[j], s[i]
			i++
			j--
		}
	}
	quick(s[:j+1])
	quick(s[i:])
}

func merge[T cmp.Ordered](s []T) {
	if len(s) < 2 {
		return
	}
	m := len(s) / 2
	l, r := slices.Clone(s[:m]), slices.Clone(s[m:])
	merge(l)
	merge(r)
	for k := range s {
		if len(r) == 0 || len(l) > 0 && l[0] <= r[0] {
			s[k], l = l[0], l[1:]
		} else {
			s[k], r = r[0], r[1:]
		}
	}
}

func heapsort[T cmp.Ordered](s []T) {
	down := func(i, n int) {
		for {
			c := 2*i + 1
			if c >= n {
				return
			}
			if c+1 < n && s[c+1] > s[c] {
				c++
			}
			if s[i] >= s[c] {
				return
			}
			s[i], s[c] = s[c], s[i]
			i = c
		}
	}
	for i := len(s)/2 - 1; i >= 0; i-- {
		down(i, len(s))
	}
	for n := len(s) - 1; n > 0; n-- {
		s[0], s[n] = s[n], s[0]
		down(0, n)
	}
}

func radix(s []int) {
	for shift := 0; shift < 16; shift += 4 {
		var buckets [16][]int
		for _, v := range s {
			b := v >> shift & 15
			buckets[b] = append(buckets[b], v)
		}
		k := 0
		for _, b := range buckets {
			k += copy(s[k:], b)
		}
	}
}

func main() {
	in := make([]int, 200)
	x := uint32(1)
	for i := range in {
		x = x*1664525 + 1013904223
		in[i] = int(x >> 17)
	}
	want := slices.Clone(in)
	slices.Sort(want)
	algos := []struct {
		name string
		f    sorter[int]
	}{{"bubble", bubble[int]}, {"insertion", insertion[int]}, {"quick", quick[int]}, {"merge", merge[int]}, {"heap", heapsort[int]}, {"radix", radix}}
	for _, a := range algos {
		s := slices.Clone(in)
		a.f(s)
		fmt.Println(a.name, slices.Equal(s, want))
	}
	w := strings.Fields("pear apple fig kiwi")
	quick(w)
	fmt.Println(w, want[:5])
}
