package session

import (
	"context"
	"maps"
	"slices"
	"strings"

	"setun/kernel/session/engine"
)

// engineMagic answers %engine, and %engine NAME, which starts the session anew on
// another engine: what one has in memory is nothing to another.
func engineMagic(s *Session, _ context.Context, _ Cell, name string) (Result, error) {
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
		return said("Cells run on %s. There are %s; %%engine NAME changes to another.", s.engineName, choice)
	}
	if name == "default" {
		name = defaultEngine
	}
	if name == s.engineName {
		return said("Cells run on %s already.", name)
	}
	if engines[name] == nil {
		return Result{}, magicError("there is no engine %s; there are %s", name, choice)
	}
	if err := s.useEngine(name); err != nil {
		return Result{}, magicError("%v", err)
	}
	return said("Cells run on %s from now on; what earlier cells declared is gone.", name)
}

// useEngine makes a new engine, and an empty scope for it. What the old one has
// started ends.
func (s *Session) useEngine(name string) error {
	if name == "" {
		name = defaultEngine
	}
	sources := newSources()
	e, err := newEngine(name, s.engineConfig(sources))
	if err != nil {
		return err
	}
	s.runs.Cancel(engine.ErrInterrupted)
	s.sources, s.engine, s.engineName, s.importer, s.scope = sources, e, name, e.Importer(), newScope()
	s.local, s.ran = newLoader(sources, s.importer), newProvenance()
	return nil
}

func completeEngine(*Session, string) []string {
	return append(slices.Sorted(maps.Keys(engines)), "default")
}
