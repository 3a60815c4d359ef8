package session

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"setun/display"
)

// engineMagic answers %engine, and %engine NAME, which starts the session anew on
// another engine: what one has in memory is nothing to another.
func (s *Session) engineMagic(name string) (*display.Bundle, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, n := range slices.Sorted(maps.Keys(engines)) {
		if n == defaultEngine {
			n += " (default)"
		}
		names = append(names, n)
	}
	choice := strings.Join(names, ", ")
	if name == "" {
		b := display.Text(fmt.Sprintf("Cells run on %s. There are %s; %%engine NAME changes to another.", s.engineName, choice))
		return &b, nil
	}
	if name == "default" {
		name = defaultEngine
	}
	if name == s.engineName {
		b := display.Text("Cells run on " + name + " already.")
		return &b, nil
	}
	if engines[name] == nil {
		msg := fmt.Sprintf("there is no engine %s; there are %s", name, choice)
		return nil, &Error{Name: "CompileError", Message: msg, Traceback: []string{msg}}
	}
	if err := s.useEngine(name); err != nil {
		return nil, &Error{Name: "Error", Message: err.Error(), Traceback: []string{err.Error()}}
	}
	b := display.Text("Cells run on " + name + " from now on; what earlier cells declared is gone.")
	return &b, nil
}

// useEngine makes a new engine, and an empty scope for it.
func (s *Session) useEngine(name string) error {
	if name == "" {
		name = defaultEngine
	}
	e, err := newEngine(name, s.engineConfig())
	if err != nil {
		return err
	}
	s.engine, s.engineName, s.importer, s.scope = e, name, e.Importer(), newScope()
	return nil
}
