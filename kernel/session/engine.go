package session

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"setun/kernel/session/engine"
	"setun/kernel/session/yaegi"
)

// defaultEngine runs cells unless Config.Engine says otherwise.
const defaultEngine = "compiled"

// engines makes the engines that a session can be made with, by name.
var engines = map[string]func(engine.Config) (engine.Engine, error){
	"compiled": newCompile,
	"yaegi":    yaegi.New,
}

func newEngine(name string, c engine.Config) (engine.Engine, error) {
	if name == "" {
		name = defaultEngine
	}
	make := engines[name]
	if make == nil {
		return nil, fmt.Errorf("session: there is no engine %q, but %s", name, strings.Join(slices.Sorted(maps.Keys(engines)), ", "))
	}
	return make(c)
}

// runContext is ctx for what a cell starts: it ends when ctx does while the cell
// runs, and not when the cell is over.
func runContext(ctx context.Context) (run context.Context, detach func()) {
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, cancel)
	return run, func() { stop() }
}
