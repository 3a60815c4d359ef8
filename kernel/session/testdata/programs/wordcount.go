//go:build ignore

// Words: scanners, maps, sorting by count, runes, regexps.
package main

import (
	"bufio"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

const text = `It was the best of times, it was the worst of times,
it was the age of wisdom, it was the age of foolishness…
Ünïcödé wörds änd 日本語 too; it's "quoted" — dashes-too.`

func main() {
	count := map[string]int{}
	sc := bufio.NewScanner(strings.NewReader(text))
	lines := 0
	for sc.Scan() {
		lines++
		for _, w := range strings.FieldsFunc(strings.ToLower(sc.Text()), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }) {
			count[w]++
		}
	}
	type kv struct {
		k string
		v int
	}
	var list []kv
	for k, v := range count {
		list = append(list, kv{k, v})
	}
	sort.Slice(list, func(i, j int) bool {
		if list[i].v != list[j].v {
			return list[i].v > list[j].v
		}
		return list[i].k < list[j].k
	})
	for _, e := range list[:8] {
		fmt.Printf("%-8s %d %s\n", e.k, e.v, strings.Repeat("*", e.v))
	}
	fmt.Println(lines, len(list), len(text), utf8.RuneCountInString(text))
	re := regexp.MustCompile(`(?i)\b(the|of)\s+(\w+)`)
	for _, m := range re.FindAllStringSubmatch(text, 3) {
		fmt.Printf("%q\n", m)
	}
	fmt.Println(re.ReplaceAllString("The end of days", "${2}_$1"), re.FindStringIndex(text), re.NumSubexp())
	longest := slices.MaxFunc(list, func(a, b kv) int { return cmp.Compare(utf8.RuneCountInString(a.k), utf8.RuneCountInString(b.k)) })
	fmt.Println(longest.k, strings.Title("ünder"), strings.ToUpper("straße"), strings.EqualFold("Σ", "ς"))
	br := bufio.NewReader(strings.NewReader("line one\nline two"))
	for {
		s, err := br.ReadString('\n')
		fmt.Printf("%q %v\n", s, err)
		if err != nil {
			break
		}
	}
}
