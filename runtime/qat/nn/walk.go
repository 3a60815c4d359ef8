package nn

import (
	"fmt"
	"strconv"

	"setun/runtime/tensor"
)

// A Container is a module that runs others. A type of your own that has this
// method is walked like the ones here.
type Container interface {
	Module
	// Children returns the modules inside, in the order in which they run.
	Children() []Child
}

// A Child is a module with its name in the one that runs it; "" if it stands for
// that one.
type Child struct {
	Name   string
	Module Module
}

// Children are the layers, named by their places.
func (s *Sequential) Children() []Child {
	list := make([]Child, len(s.Layers))
	for i, layer := range s.Layers {
		list[i] = Child{strconv.Itoa(i), layer}
	}
	return list
}

// Children is the module that is computed again.
func (c *Checkpointed) Children() []Child { return []Child{{"", c.Module}} }

// Children are the blocks; embedding and head are the model's own.
func (m *BitNetLM) Children() []Child {
	list := make([]Child, len(m.run))
	for i, b := range m.run {
		list[i] = Child{fmt.Sprintf("blocks.%d", i), b}
	}
	return list
}

// Walk calls visit for m and all modules in it, each before those that it runs,
// with its place, such as 2.0; that of m is "".
func Walk(m Module, visit func(name string, m Module)) { walk("", m, visit) }

func walk(name string, m Module, visit func(name string, m Module)) {
	visit(name, m)
	c, ok := m.(Container)
	if !ok {
		return
	}
	for _, child := range c.Children() {
		walk(join(name, child.Name), child.Module, visit)
	}
}

// join is the name of a part within another.
func join(name, part string) string {
	if name == "" || part == "" {
		return name + part
	}
	return name + "." + part
}

// A Mode is a layer that computes something else in training than when it is used.
type Mode interface {
	Module
	// SetTraining says which it is from now on, and returns what it was.
	SetTraining(on bool) (was bool)
}

// SetTraining tells all layers of m that care, such as [Dropout], whether m is
// being trained from now on, as is any module that was told nothing. It reports
// whether all of them were in training before.
func SetTraining(m Module, on bool) (was bool) {
	was = true
	Walk(m, func(_ string, m Module) {
		if l, ok := m.(Mode); ok {
			was = l.SetTraining(on) && was
		}
	})
	return was
}

// LongestInput is the number of tokens in the longest sequence that m takes, 0 if
// it takes any.
func LongestInput(m Module) int {
	longest := 0
	Walk(m, func(_ string, m Module) {
		if l, ok := m.(interface{ LongestInput() int }); ok {
			if n := l.LongestInput(); longest == 0 || n < longest {
				longest = n
			}
		}
	})
	return longest
}

// LongestInput is the context.
func (m *BitNetLM) LongestInput() int { return m.Context }

// A Random layer draws random numbers.
type Random interface {
	Module
	// RNG is the generator that it draws from, always the same one.
	RNG() *tensor.RNG
	// Place makes the generator that of path in a network of that seed.
	Place(seed uint64, path string)
}

// placeRandom gives the random layers of m the generators of their places.
func placeRandom(m Module, seed uint64) {
	Walk(m, func(name string, m Module) {
		if l, ok := m.(Random); ok {
			l.Place(seed, name)
		}
	})
}

// A Stateful layer keeps something from step to step besides its parameters, such
// as a generator of random numbers: a checkpoint has to have it.
type Stateful interface {
	Module
	State() ([]byte, error)
	SetState([]byte) error
}

// A NamedState is a Stateful layer with its place in a network.
type NamedState struct {
	Name  string
	Layer Stateful
}

// NamedStates returns the layers of m that keep something besides parameters.
func NamedStates(m Module) []NamedState {
	var list []NamedState
	Walk(m, func(name string, m Module) {
		if l, ok := m.(Stateful); ok {
			list = append(list, NamedState{name, l})
		}
	})
	return list
}
