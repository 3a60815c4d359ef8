package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/traefik/yaegi/interp"

	"setun/display"
	"setun/dsl"
	"setun/kernel/session"
	"setun/kernel/session/bench/programs"
	"setun/runtime/bench"
	"setun/runtime/tensor"
)

// Name is how people ask for the rows.
const Name = "cells"

// turn is how long a side is at it before the other takes over.
const turn = 20 * time.Millisecond

// Run measures for about the given seconds a row and calls emit with each row as
// soon as it is there.
func Run(ctx context.Context, seconds float64, emit func(bench.Row) error) error {
	if seconds <= 0 {
		seconds = 1
	}
	m := &meter{ctx: ctx, rounds: max(5, int(seconds/2/turn.Seconds()))}
	// The training loop comes first, in a process like a kernel's: dozens of sessions
	// and interpreters that other rows leave are a heap of their own.
	for _, measure := range []func() (bench.Row, error){m.training, m.smallCell} {
		row, err := measure()
		if err != nil {
			return err
		}
		if err := emit(row); err != nil {
			return err
		}
	}
	// One session for all programs, as in a notebook: each of its own would watch its
	// memory beside the others.
	c, err := newCells()
	if err != nil {
		return err
	}
	for _, p := range programs.All {
		if err := m.program(c, p, emit); err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
	}
	return nil
}

type meter struct {
	ctx    context.Context
	rounds int
}

// A side goes n times round.
type side func(n int) error

// times lets sides take turns and returns the nanoseconds that each took for one
// time round: the medians of its turns, and the turns.
func (m *meter) times(sides ...side) (medians []float64, turns [][]float64, err error) {
	counts := make([]int, len(sides))
	for i, s := range sides {
		// The first time round compiles, which would pass for a turn.
		if err := s(1); err != nil {
			return nil, nil, err
		}
		for counts[i] = 1; ; counts[i] *= 2 {
			began := time.Now()
			if err := s(counts[i]); err != nil {
				return nil, nil, err
			}
			if time.Since(began) > turn/2 {
				break
			}
		}
	}
	turns = make([][]float64, len(sides))
	for range m.rounds {
		for i, s := range sides {
			if m.ctx.Err() != nil {
				return nil, nil, m.ctx.Err()
			}
			began := time.Now()
			if err := s(counts[i]); err != nil {
				return nil, nil, err
			}
			turns[i] = append(turns[i], float64(time.Since(began).Nanoseconds())/float64(counts[i]))
		}
	}
	for _, t := range turns {
		medians = append(medians, quantile(t, 0.5))
	}
	return medians, turns, nil
}

func quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

func spread(turns []float64) float64 {
	return (quantile(turns, 0.75) - quantile(turns, 0.25)) / quantile(turns, 0.5)
}

// fast is the target of the ratio to yaegi's rate.
const fast = 5

// limits are of the nanoseconds that a turn takes, the call in it included.
var limits = map[string]float64{"compiled function": 20, "compiled method": 40}

// program compares a program in a cell with yaegi, and with what it is compiled, by
// turns a second.
func (m *meter) program(c *cells, p programs.Program, emit func(bench.Row) error) error {
	source, err := p.Source()
	if err != nil {
		return err
	}
	ours, err := c.side(source, p.Function)
	if err != nil {
		return err
	}
	theirs, err := inYaegi(source, p.Function)
	if err != nil {
		return err
	}
	t, turns, err := m.times(ours, theirs, func(n int) error { p.Run(n); return nil })
	if err != nil {
		return err
	}
	rate := func(i int) float64 { return 1e3 / t[i] }
	row := func(i int, against string) bench.Row {
		peer := rate(i)
		ratio := rate(0) / peer
		return bench.Row{
			Name: Name + "/" + p.Name, Threads: 1, Ours: rate(0), Peer: &peer, Against: against, Unit: "Mturn/s",
			Ratio: &ratio, Spread: spread(turns[0]), Rounds: m.rounds,
		}
	}
	yaegi, target := row(1, "yaegi"), float64(fast)
	yaegi.Target = &target
	if yaegi.Verdict() == "missed" {
		yaegi.Note = fmt.Sprintf("compiled Go itself is %.1f", rate(2)/rate(1))
	}
	if err := emit(yaegi); err != nil {
		return err
	}
	if err := emit(row(2, "the same, compiled")); err != nil {
		return err
	}
	limit, ok := limits[p.Name]
	if !ok {
		return nil
	}
	return emit(bench.Row{
		Name: Name + "/" + p.Name + "/time", Threads: 1, Ours: t[0], Unit: "ns", Target: &limit, AtMost: true,
		Spread: spread(turns[0]), Rounds: m.rounds, Note: "the loop around the call included",
	})
}

// A cells is a session whose output nobody sees.
type cells struct {
	session *session.Session
	number  int
}

func newCells() (*cells, error) {
	s, err := session.New(session.Config{})
	return &cells{session: s}, err
}

func (c *cells) run(code string) error {
	c.number++
	_, err := c.session.Execute(context.Background(), session.Cell{Number: c.number, Code: code, Output: nobody{}})
	return err
}

// side is a function of a program as a side. Its turns are long beside the cell that
// calls it.
func (c *cells) side(source, function string) (side, error) {
	if err := c.run(source); err != nil {
		return nil, err
	}
	return func(n int) error { return c.run(fmt.Sprintf("%s(%d)", function, n)) }, nil
}

// yaegiSymbols is as much of the standard library as the programs use.
var yaegiSymbols = interp.Exports{
	"bytes/bytes":     {"Buffer": reflect.ValueOf((*bytes.Buffer)(nil))},
	"errors/errors":   {"New": reflect.ValueOf(errors.New)},
	"fmt/fmt":         {"Sprintf": reflect.ValueOf(fmt.Sprintf)},
	"math/math":       {"Sqrt": reflect.ValueOf(math.Sqrt)},
	"strings/strings": {"Fields": reflect.ValueOf(strings.Fields)},
}

func inYaegi(source, function string) (side, error) {
	i := interp.New(interp.Options{})
	if err := i.Use(yaegiSymbols); err != nil {
		return nil, err
	}
	if _, err := i.Eval(source); err != nil {
		return nil, err
	}
	v, err := i.Eval(function)
	if err != nil {
		return nil, err
	}
	f, ok := v.Interface().(func(int) int)
	if !ok {
		return nil, fmt.Errorf("yaegi made a %s of %s", v.Type(), function)
	}
	return func(n int) error { f(n); return nil }, nil
}

// smallCell is what a cell costs that hardly does anything: a variable anew, and
// an expression of it, in turns.
func (m *meter) smallCell() (bench.Row, error) {
	c, err := newCells()
	if err != nil {
		return bench.Row{}, err
	}
	_, turns, err := m.times(func(n int) error {
		for i := range n {
			code := fmt.Sprintf("x := %d", i)
			if i%2 == 1 {
				code = "x + 1"
			}
			if err := c.run(code); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return bench.Row{}, err
	}
	target := 100.0
	return bench.Row{
		Name: Name + "/small cell", Threads: 1, Ours: quantile(turns[0], 0.5) / 1e3, Unit: "µs", Target: &target, AtMost: true,
		Spread: spread(turns[0]), Rounds: m.rounds,
	}, nil
}

// The loop of training, as people write it: once in cells, once compiled into this
// binary. A learning rate of 0 keeps the work the same however long it goes on.
const trainingCells = `func input() (*tensor.Tensor, tensor.Labels) {
	values, y := make([]float32, 64*256), make(tensor.Labels, 64)
	for i := range values {
		values[i] = float32(i*37%101)/101 - 0.5
	}
	for i := range y {
		y[i] = int32(i % 10)
	}
	return tensor.From(values, 64, 256), y
}
model := MLP(256, 128, 10)
opt := AdamW(0).For(model)
x, y := input()
func f(n int) int {
	for range n {
		loss := CrossEntropy(model.Forward(x), y)
		loss.Backward()
		opt.Step()
	}
	return n
}`

func trainingInput() (*tensor.Tensor, tensor.Labels) {
	values, y := make([]float32, 64*256), make(tensor.Labels, 64)
	for i := range values {
		values[i] = float32(i*37%101)/101 - 0.5
	}
	for i := range y {
		y[i] = int32(i % 10)
	}
	return tensor.From(values, 64, 256), y
}

// training is on one processor, as its row says: how soon helpers wake would be
// most of what turns differ by. Where the tensors of a model happen to lie makes two
// models of one program differ by more than cells and compiled code do, so there are
// pairs of fresh models. The two of a pair take turns, either first in half of the
// rounds; neighbouring turns give a ratio, a pair the median of its ratios, and the
// row is the median of the pairs.
func (m *meter) training() (bench.Row, error) {
	defer tensor.LimitWorkers(tensor.LimitWorkers(1))
	var times [2][]float64
	var ratios []float64
	for pair := range max(3, m.rounds/2) {
		sides, err := trainingPair(pair%2 == 0)
		if err != nil {
			return bench.Row{}, err
		}
		runtime.GC() // what the pair before has left is none of this one's
		var among []float64
		for round := range 7 {
			var took [2]float64
			for i := range sides {
				i = (i + round + pair) % len(sides)
				if m.ctx.Err() != nil {
					return bench.Row{}, m.ctx.Err()
				}
				began := time.Now()
				if err := sides[i](trainingSteps); err != nil {
					return bench.Row{}, err
				}
				took[i] = float64(time.Since(began).Nanoseconds()) / trainingSteps / 1e3
			}
			if round < 2 { // code and caches are cold
				continue
			}
			for i := range times {
				times[i] = append(times[i], took[i])
			}
			among = append(among, took[0]/took[1])
		}
		ratios = append(ratios, quantile(among, 0.5))
	}
	peer, ratio, target := quantile(times[1], 0.5), quantile(ratios, 0.5), 1.05
	return bench.Row{
		Name: Name + "/training loop", Threads: 1, Ours: quantile(times[0], 0.5), Peer: &peer, Against: "the same, compiled", Unit: "µs/step",
		Ratio: &ratio, Target: &target, AtMost: true, Spread: spread(ratios), Rounds: len(ratios),
		Note: "the ratio is the median of pairs of models",
	}, nil
}

// trainingSteps are the steps of a turn, enough that the cell that calls f is
// little beside them.
const trainingSteps = 256

// trainingPair is the loop in a cell and compiled, the one made before the other.
func trainingPair(cellFirst bool) (sides [2]side, err error) {
	if !cellFirst {
		sides[1] = trainingCompiled()
	}
	c, err := newCells()
	if err != nil {
		return sides, err
	}
	if sides[0], err = c.side(trainingCells, "f"); err != nil {
		return sides, err
	}
	if cellFirst {
		sides[1] = trainingCompiled()
	}
	return sides, nil
}

func trainingCompiled() side {
	model := dsl.MLP(256, 128, 10)
	opt := dsl.AdamW(0).For(model)
	x, y := trainingInput()
	return func(n int) error {
		for range n {
			loss := dsl.CrossEntropy(model.Forward(x), y)
			loss.Backward()
			opt.Step()
		}
		return nil
	}
}

// nobody is the Output of cells that are measured.
type nobody struct{}

func (nobody) Stream(string, string)              {}
func (nobody) Display(display.Bundle, string)     {}
func (nobody) Update(display.Bundle, string)      {}
func (nobody) Clear(bool)                         {}
func (nobody) Input(string, bool) (string, error) { return "", fmt.Errorf("nobody is there to ask") }
