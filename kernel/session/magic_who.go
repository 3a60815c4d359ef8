package session

import (
	"context"
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"setun/display"
	"setun/dsl"
	"setun/kernel/session/engine"
)

// maxSummary is how much of a value %who shows.
const maxSummary = 48

// whoMagic is %who: a table of what cells have declared.
func whoMagic(s *Session, _ context.Context, _ Cell, arg string) (Result, error) {
	if arg != "" {
		return Result{}, magicError("%%who lists everything; %%help %s tells about one name", arg)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t := display.Table{Columns: []display.Column{{Name: "name"}, {Name: "type"}, {Name: "memory", Right: true}, {Name: "value"}}}
	groups := map[string][][]string{}
	for _, name := range s.scope.names() {
		obj := s.scope.objects[name]
		row := []string{name, "", "", ""}
		kind := kindOfObject(obj)
		switch obj := obj.(type) {
		case *types.Var:
			row[1] = shortType(obj.Type())
			if v, ok := s.engine.Get(obj); ok {
				row[2] = byteSize(memoryOf(v))
				row[3] = s.summary(obj.Type(), v)
			}
		case *types.Const:
			row[1], row[3] = shortType(obj.Type()), obj.Val().String()
		case *types.Func:
			row[1] = shortType(obj.Type())
		case *types.TypeName:
			row[1] = typeSummary(obj)
		}
		groups[kind] = append(groups[kind], row)
	}
	var counts []string
	for _, kind := range []string{"variable", "constant", "function", "type"} {
		rows := groups[kind]
		if kind != "variable" && len(rows) > 0 {
			for i := range rows {
				rows[i][0] = map[string]string{"constant": "const ", "function": "func ", "type": "type "}[kind] + rows[i][0]
			}
		}
		t.Rows = append(t.Rows, rows...)
		if n := len(rows); n == 1 {
			counts = append(counts, "1 "+kind)
		} else if n > 1 {
			counts = append(counts, fmt.Sprintf("%d %ss", n, kind))
		}
	}
	if len(t.Rows) == 0 {
		return said("No cell has declared anything.")
	}
	t.Summary = strings.Join(counts, ", ")
	b := t.Display()
	return Result{Value: &b}, nil
}

// shortType is a type as a cell would write it.
func shortType(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if isCell(p) {
			return ""
		}
		return p.Name()
	})
}

func typeSummary(obj *types.TypeName) string {
	text := shortType(obj.Type().Underlying())
	switch u := obj.Type().Underlying().(type) {
	case *types.Struct:
		text = fmt.Sprintf("struct of %d fields", u.NumFields())
		if u.NumFields() == 1 {
			text = "struct of 1 field"
		}
	case *types.Interface:
		text = fmt.Sprintf("interface of %d methods", u.NumMethods())
		if u.NumMethods() == 1 {
			text = "interface of 1 method"
		}
	}
	if named, ok := obj.Type().(*types.Named); ok && named.NumMethods() > 0 {
		var names []string
		for m := range named.Methods() {
			names = append(names, m.Name())
		}
		slices.Sort(names)
		text += "; methods " + strings.Join(names, ", ")
	}
	return text
}

// summary is a value on one line.
func (s *Session) summary(t types.Type, v reflect.Value) string {
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.Chan:
		if n := v.Len(); n > 8 {
			return fmt.Sprintf("%d elements", n)
		}
	case reflect.Func:
		return ""
	}
	exported := s.engine.Exported(engine.Value{Type: t, Value: v})
	text, _ := dsl.Render(exported).Data[display.MIMEText].(string)
	text = strings.TrimSpace(text)
	if _, ok := exported.(fmt.Stringer); ok && strings.Contains(text, "\n") {
		text = fmt.Sprint(exported) // a model is a table when it is shown, but has a short name
	}
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > maxSummary {
		text = string(r[:maxSummary-1]) + "…"
	}
	return text
}

// maxVisits bounds how much of a value is walked to tell its memory.
const maxVisits = 100_000

// memoryOf is how many bytes a variable occupies with all that it leads to.
// Arrays without pointers count whole, also where the slice is a part; what is
// reached on two ways counts once. It stops after maxVisits values.
func memoryOf(v reflect.Value) uint64 {
	w := memoryWalk{seen: map[uintptr]bool{}}
	w.walk(v)
	return w.bytes + uint64(v.Type().Size())
}

type memoryWalk struct {
	seen   map[uintptr]bool
	visits int
	bytes  uint64
}

// first reports whether memory at p is met for the first time.
func (w *memoryWalk) first(p uintptr) bool {
	if p == 0 || w.seen[p] {
		return false
	}
	w.seen[p] = true
	return true
}

// walk adds what v leads to, but not v itself.
func (w *memoryWalk) walk(v reflect.Value) {
	if w.visits++; w.visits > maxVisits {
		return
	}
	switch v.Kind() {
	case reflect.String:
		w.bytes += uint64(v.Len())
	case reflect.Pointer:
		if w.first(v.Pointer()) {
			w.bytes += uint64(v.Type().Elem().Size())
			w.walk(v.Elem())
		}
	case reflect.Interface:
		if e := v.Elem(); e.IsValid() {
			w.bytes += uint64(e.Type().Size())
			w.walk(e)
		}
	case reflect.Slice:
		if !w.first(v.Pointer()) {
			return
		}
		w.bytes += uint64(v.Cap()) * uint64(v.Type().Elem().Size())
		w.elements(v)
	case reflect.Array:
		w.elements(v)
	case reflect.Map:
		if !w.first(v.Pointer()) {
			return
		}
		w.bytes += uint64(v.Len()) * uint64(v.Type().Key().Size()+v.Type().Elem().Size()+1)
		for it := v.MapRange(); it.Next() && w.visits < maxVisits; {
			w.walk(it.Key())
			w.walk(it.Value())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			w.walk(v.Field(i))
		}
	}
}

func (w *memoryWalk) elements(v reflect.Value) {
	if !leadsOn(v.Type().Elem()) {
		return
	}
	for i := 0; i < v.Len() && w.visits < maxVisits; i++ {
		w.walk(v.Index(i))
	}
}

// leadsOn reports whether a value of type t can lead to other memory.
func leadsOn(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Array:
		return leadsOn(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if leadsOn(t.Field(i).Type) {
				return true
			}
		}
		return false
	}
	return t.Kind() > reflect.Complex128 && t.Kind() != reflect.UnsafePointer
}
