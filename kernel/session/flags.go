package session

import (
	"flag"
	"reflect"
	"slices"

	"setun/dsl/symbols"
	"setun/kernel/session/compile"
)

// defineFlags are the functions of package flag that define a flag of the command
// line, which package flag lets a program do once.
var defineFlags = []string{
	"Bool", "BoolFunc", "BoolVar", "Duration", "DurationVar", "Float64", "Float64Var", "Func",
	"Int", "Int64", "Int64Var", "IntVar", "String", "StringVar", "TextVar",
	"Uint", "Uint64", "Uint64Var", "UintVar", "Var",
}

// flags are these functions as cells have them: a cell that is run again defines
// its flags again.
func flags() map[string]func(*compile.Run) reflect.Value {
	out := map[string]func(*compile.Run) reflect.Value{}
	for _, name := range defineFlags {
		define, ok := symbols.Lookup("flag", name)
		if !ok {
			continue
		}
		t := define.Type()
		params := slices.Collect(t.Ins())
		named := slices.IndexFunc(params, func(p reflect.Type) bool { return p.Kind() == reflect.String })
		again := reflect.MakeFunc(t, func(args []reflect.Value) []reflect.Value {
			forgetFlag(args[named].String())
			return define.Call(args)
		})
		out["flag."+name] = func(*compile.Run) reflect.Value { return again }
	}
	return out
}

// forgetFlag makes the flags of the command line all but the one of a name.
func forgetFlag(name string) {
	old := flag.CommandLine
	if old.Lookup(name) == nil {
		return
	}
	rest := flag.NewFlagSet(old.Name(), old.ErrorHandling())
	rest.SetOutput(old.Output())
	rest.Usage = old.Usage
	old.VisitAll(func(f *flag.Flag) {
		if f.Name != name {
			rest.Var(f.Value, f.Name, f.Usage)
			rest.Lookup(f.Name).DefValue = f.DefValue
		}
	})
	flag.CommandLine = rest
}
