//go:build ignore

// A program that leans on the standard library and on goroutines.
package main

import (
	"bufio"
	"bytes"
	"container/heap"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"text/template"
	"time"
)

type Item struct {
	Name  string   `json:"name"`
	Price float64  `json:"price"`
	Tags  []string `json:"tags,omitempty"`
	note  string
}

type byPrice []Item

func (b byPrice) Len() int           { return len(b) }
func (b byPrice) Less(i, j int) bool { return b[i].Price < b[j].Price }
func (b byPrice) Swap(i, j int)      { b[i], b[j] = b[j], b[i] }

type intHeap []int

func (h intHeap) Len() int           { return len(h) }
func (h intHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h intHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *intHeap) Push(x any)        { *h = append(*h, x.(int)) }
func (h *intHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

type upper struct{ r io.Reader }

func (u upper) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	copy(p, bytes.ToUpper(p[:n]))
	return n, err
}

type Temp float64

func (t Temp) MarshalJSON() ([]byte, error) { return []byte(fmt.Sprintf(`"%.1f°"`, float64(t))), nil }

type counter struct {
	sync.Mutex
	n map[string]int
}

func (c *counter) add(k string) {
	c.Lock()
	defer c.Unlock()
	c.n[k]++
}

func squares(ctx context.Context, n int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for i := 0; ; i++ {
			select {
			case out <- i * i:
				if i == n {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

func main() {
	items := []Item{{"pen", 2.5, nil, "x"}, {"ink", 1, []string{"blue"}, ""}, {"pad", 2, nil, ""}}
	sort.Sort(byPrice(items))
	out, err := json.Marshal(items)
	fmt.Println(string(out), err)
	var back []Item
	fmt.Println(json.Unmarshal(out, &back), back[1].Name, len(back))
	sort.Slice(items, func(i, j int) bool { return items[i].Name < items[j].Name })
	fmt.Println(items)

	h := &intHeap{5, 2, 8}
	heap.Init(h)
	heap.Push(h, 1)
	for h.Len() > 0 {
		fmt.Print(heap.Pop(h), " ")
	}
	fmt.Println()

	data, _ := io.ReadAll(upper{strings.NewReader("read me")})
	fmt.Println(string(data))
	sc := bufio.NewScanner(strings.NewReader("one two\nthree"))
	sc.Split(bufio.ScanWords)
	for sc.Scan() {
		fmt.Print(sc.Text(), ",")
	}
	fmt.Println()
	j, err := json.Marshal(map[string]any{"t": Temp(36.66), "n": nil, "l": []int{1}})
	fmt.Println(string(j), err)

	re := regexp.MustCompile(`(\w)(\d+)`)
	fmt.Println(re.ReplaceAllStringFunc("a12 b3", func(s string) string { return strings.ToUpper(s) + "!" }))
	tmpl := template.Must(template.New("t").Funcs(template.FuncMap{"twice": func(s string) string { return s + s }}).
		Parse("{{range .}}{{.Name | twice}}={{.Price}} {{end}}\n"))
	var b strings.Builder
	if err := tmpl.Execute(&b, items); err != nil {
		fmt.Println(err)
	}
	fmt.Print(b.String())

	rng := rand.New(rand.NewPCG(1, 2))
	fmt.Println(rng.IntN(1000), rng.Perm(5), strconv.Quote("é\n"), math.Inf(1), math.MaxInt64)
	fmt.Println(slices.Sorted(maps.Keys(map[string]int{"b": 1, "a": 2})), slices.IndexFunc(items, func(i Item) bool { return i.Name == "pen" }))

	var wg sync.WaitGroup
	var total atomic.Int64
	c := &counter{n: map[string]int{}}
	jobs := make(chan int)
	for w := range 4 {
		wg.Go(func() {
			for j := range jobs {
				total.Add(int64(j))
				c.add(fmt.Sprint("job", j%3))
			}
			_ = w
		})
	}
	for i := range 100 {
		jobs <- i
	}
	close(jobs)
	wg.Wait()
	fmt.Println(total.Load(), c.n)

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	sum := 0
	for v := range squares(ctx, 10) {
		sum += v
	}
	cancel()
	<-ctx.Done()
	fmt.Println(sum, ctx.Err())
	var once sync.Once
	for range 3 {
		once.Do(func() { fmt.Println("once") })
	}
	d := 90 * time.Second
	fmt.Println(d, d.Minutes(), time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).Format(time.RFC3339), time.March)
	fmt.Printf("%5.2f|%-6s|%06d|%x|%q|%t|%v|%p\n", 3.14159, "ab", 42, "hi", 'x', true, []string{"a"}, nil)
	next, stop := iterPull([]int{1, 2, 3})
	defer stop()
	v, ok := next()
	fmt.Println(v, ok)
	pr, pw := io.Pipe()
	go func() {
		fmt.Fprint(pw, "piped")
		pw.Close()
	}()
	data, _ = io.ReadAll(pr)
	fmt.Println(string(data))
}

func iterPull(xs []int) (func() (int, bool), func()) {
	i := 0
	return func() (int, bool) {
		if i == len(xs) {
			return 0, false
		}
		i++
		return xs[i-1], true
	}, func() { i = len(xs) }
}
