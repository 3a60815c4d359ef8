//go:build ignore

// Embedded interfaces and decorators: a store behind layers that log, cache, retry
// and time out; sort.Interface reversed; Stringers and Formatters; flag values; slog.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"sort"
	"strings"
)

type Store interface {
	Get(ctx context.Context, key string) (string, error)
	Put(key, val string)
}

type memory map[string]string

func (m memory) Get(_ context.Context, k string) (string, error) {
	if v, ok := m[k]; ok {
		return v, nil
	}
	return "", &missing{k}
}
func (m memory) Put(k, v string) { m[k] = v }

type missing struct{ key string }

func (m *missing) Error() string { return "missing " + m.key }

type logged struct {
	Store
	w io.Writer
}

func (l logged) Get(ctx context.Context, k string) (v string, err error) {
	defer func() { fmt.Fprintf(l.w, "get %s = %q, %v\n", k, v, err) }()
	return l.Store.Get(ctx, k)
}

type cached struct {
	Store
	hits, misses int
	seen         map[string]string
}

func (c *cached) Get(ctx context.Context, k string) (string, error) {
	if v, ok := c.seen[k]; ok {
		c.hits++
		return v, nil
	}
	c.misses++
	v, err := c.Store.Get(ctx, k)
	if err == nil {
		if c.seen == nil {
			c.seen = make(map[string]string)
		}
		c.seen[k] = v
	}
	return v, err
}

type flaky struct {
	Store
	every, calls int
}

var errFlaky = errors.New("flaky")

func (f *flaky) Get(ctx context.Context, k string) (string, error) {
	if f.calls++; f.calls%f.every != 0 {
		return "", errFlaky
	}
	return f.Store.Get(ctx, k)
}

type retry struct {
	Store
	times int
}

func (r retry) Get(ctx context.Context, k string) (v string, err error) {
	for i := range r.times {
		if err = ctx.Err(); err != nil {
			return
		}
		if v, err = r.Store.Get(ctx, k); !errors.Is(err, errFlaky) {
			return
		}
		err = fmt.Errorf("try %d: %w", i+1, err)
	}
	return
}

type part struct {
	name  string
	count int
}

func (p part) Format(s fmt.State, verb rune) {
	w, hasWidth := s.Width()
	switch {
	case verb == 'v' && s.Flag('+'):
		fmt.Fprintf(s, "%d of %s", p.count, p.name)
	case verb == 's' && hasWidth:
		fmt.Fprintf(s, "%-*s|", w, p.name)
	default:
		fmt.Fprintf(s, "%%!%c(part %s)", verb, p.name)
	}
}

func (p part) LogValue() slog.Value {
	return slog.GroupValue(slog.String("name", p.name), slog.Int("count", p.count))
}

type parts []part

func (p parts) Len() int           { return len(p) }
func (p parts) Less(i, j int) bool { return p[i].count < p[j].count }
func (p parts) Swap(i, j int)      { p[i], p[j] = p[j], p[i] }

type byName struct{ parts }

func (b byName) Less(i, j int) bool { return b.parts[i].name < b.parts[j].name }

type hex int

func (h hex) GoString() string { return fmt.Sprintf("hex(%#x)", int(h)) }

type tags []string

func (t *tags) String() string { return strings.Join(*t, "+") }
func (t *tags) Set(s string) error {
	if s == "" {
		return errors.New("empty tag")
	}
	*t = append(*t, s)
	return nil
}

func main() {
	base := memory{"a": "1"}
	base.Put("b", "2")
	c := &cached{Store: retry{&flaky{Store: base, every: 3}, 3}}
	var s Store = logged{c, os.Stdout}
	ctx, cancel := context.WithCancel(context.Background())
	for _, k := range strings.Fields("a a b c a") {
		_, err := s.Get(ctx, k)
		if m := (*missing)(nil); errors.As(err, &m) {
			fmt.Println("no", m.key)
		}
	}
	s.Put("d", "4")
	cancel()
	_, err := s.Get(ctx, "d")
	fmt.Println(c.hits, c.misses, err, base["d"])
	_, err = retry{&flaky{Store: base, every: 9}, 2}.Get(context.Background(), "a")
	fmt.Println(err)
	func() {
		defer func() { fmt.Println("recovered:", recover()) }()
		logged{w: io.Discard}.Put("x", "y")
	}()

	ps := parts{{"nut", 5}, {"bolt", 3}, {"cog", 9}}
	sort.Sort(sort.Reverse(ps))
	fmt.Printf("%+v %8s %d %v\n", ps, ps[0], ps[1], ps[2])
	sort.Stable(byName{ps})
	fmt.Printf("%+v %v\n", ps, sort.IsSorted(ps))
	best := slices.MaxFunc(ps, func(a, b part) int { return cmp.Compare(a.count, b.count) })
	fmt.Printf("%+v %#v %#v %v\n", best, hex(255), []any{hex(1), struct{ H hex }{2}}, hex(3))

	h := slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelInfo, ReplaceAttr: func(g []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}})
	l := slog.New(h).With("app", "inv").WithGroup("g")
	l.Info("stock", "part", best, "err", err)
	l.Debug("unseen", "part", best)
	l.Warn("odd", slog.Any("tags", tags{"x"}), slog.Group("in", "n", 1))

	fs := flag.NewFlagSet("inv", flag.ContinueOnError)
	fs.SetOutput(os.Stdout)
	var t tags
	fs.Var(&t, "tag", "a `label` to add")
	n := fs.Int("n", 3, "how many")
	fs.Func("upper", "shout", func(s string) error { fmt.Println(strings.ToUpper(s)); return nil })
	fmt.Println(fs.Parse([]string{"-tag", "x", "-tag=y", "-upper", "hey", "-n", "7", "rest", "-n"}), t.String(), *n, fs.Args())
	fmt.Println(fs.Parse([]string{"-tag", ""}))
	fs.VisitAll(func(f *flag.Flag) { fmt.Println(f.Name, f.Value, f.DefValue) })
}
