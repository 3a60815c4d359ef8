package session

import (
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

// CheckEngine is the error for a name that is not one of an engine; "" is the
// default one.
func CheckEngine(name string) error {
	if name == "" || engines[name] != nil {
		return nil
	}
	return fmt.Errorf("there is no engine %q; there are %s", name, strings.Join(slices.Sorted(maps.Keys(engines)), ", "))
}

func newEngine(name string, c engine.Config) (engine.Engine, error) {
	if err := CheckEngine(name); err != nil {
		return nil, err
	}
	if name == "" {
		name = defaultEngine
	}
	return engines[name](c)
}
