package dsl

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The limits of a value shown as text: what is beyond is counted, not shown.
const (
	maxDepth   = 8    // of values in values
	maxEntries = 100  // of a slice or a map
	maxFields  = 64   // of a struct
	maxString  = 2000 // bytes of a string inside another value
	maxBudget  = 2000 // values in all
	maxWidth   = 88   // columns of a line; longer values take a line an entry
)

// valueText writes v as Go would be written, with its type where the type is
// not obvious. Maps are in the order of their keys; there are no addresses.
func valueText(v any) string {
	r := reflect.ValueOf(v)
	if s, ok := v.(string); ok {
		return cut(quote(s), maxText)
	}
	w := valueWriter{budget: maxBudget}
	return cut(w.value(r, place{}), maxText)
}

// A valueWriter writes one value and counts what it has written of it.
type valueWriter struct {
	budget int
	path   []visit // the pointers, maps and slices that it is inside of
}

// A visit is a reference that is being written; meeting it again is a cycle.
type visit struct {
	at  uintptr
	len int
	typ reflect.Type
}

// A place is where a value stands in the one that is being written.
type place struct {
	tabs  int  // indentation
	depth int  // values that it is in
	typed bool // its type follows from where it stands
}

// value writes v at a place.
func (w *valueWriter) value(v reflect.Value, at place) string {
	if !v.IsValid() {
		return "nil"
	}
	w.budget--
	if w.budget < 0 || at.depth > maxDepth {
		return "…"
	}
	if s, ok := ownText(v, at.depth); ok {
		return s
	}
	if isNil(v) {
		return nilText(v.Type(), at.typed)
	}
	switch v.Kind() {
	case reflect.Bool:
		return at.named(v, strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return at.named(v, strconv.FormatInt(v.Int(), 10))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return at.named(v, strconv.FormatUint(v.Uint(), 10))
	case reflect.Float32, reflect.Float64:
		return at.named(v, strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits()))
	case reflect.Complex64, reflect.Complex128:
		return at.named(v, strconv.FormatComplex(v.Complex(), 'g', -1, v.Type().Bits()))
	case reflect.String:
		return at.named(v, strconv.Quote(cut(v.String(), maxString)))
	case reflect.Chan:
		return fmt.Sprintf("%s (%d of %d waiting)", typeName(v.Type()), v.Len(), v.Cap())
	case reflect.Interface:
		return w.value(v.Elem(), place{at.tabs, at.depth, false})
	case reflect.Pointer:
		return w.inside(visit{v.Pointer(), 0, v.Type()}, func() string {
			return "&" + w.value(v.Elem(), place{at.tabs, at.depth + 1, false})
		})
	case reflect.Slice:
		return w.inside(visit{v.Pointer(), v.Len(), v.Type()}, func() string { return w.list(v, at) })
	case reflect.Array:
		return w.list(v, at)
	case reflect.Map:
		return w.inside(visit{v.Pointer(), 0, v.Type()}, func() string { return w.mapping(v, at) })
	case reflect.Struct:
		return w.structure(v, at)
	case reflect.UnsafePointer: // how the session keeps pointers of recursive types
		return "&…"
	}
	return typeName(v.Type()) // a function
}

func isNil(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Func, reflect.Chan, reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface, reflect.UnsafePointer:
		return v.IsNil()
	}
	return false
}

func nilText(t reflect.Type, typed bool) string {
	switch {
	case typed || t.Kind() == reflect.Interface:
		return "nil"
	case t.Kind() == reflect.Pointer:
		return "(" + typeName(t) + ")(nil)"
	}
	return typeName(t) + "(nil)"
}

// inside writes a reference unless it is already being written.
func (w *valueWriter) inside(at visit, write func() string) string {
	if slices.Contains(w.path, at) {
		return "…(itself)"
	}
	w.path = append(w.path, at)
	defer func() { w.path = w.path[:len(w.path)-1] }()
	return write()
}

func (w *valueWriter) list(v reflect.Value, at place) string {
	n := v.Len()
	var entries []string
	for i := 0; i < n && i < maxEntries && w.budget > 0; i++ {
		if e := v.Index(i); e.CanFloat() && n > exactFloats {
			w.budget--
			entries = append(entries, shortFloat(e))
		} else {
			entries = append(entries, w.value(e, at.inside()))
		}
	}
	return braces(at.typeName(v), entries, n-len(entries), at.tabs, scalar(v.Type().Elem().Kind()))
}

// exactFloats is how many floats a list may have to be written exactly.
const exactFloats = 8

// shortFloat is eight significant digits.
func shortFloat(v reflect.Value) string {
	exact := strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits())
	if len(exact) <= 10 {
		return exact
	}
	return strconv.FormatFloat(v.Float(), 'g', 8, 64)
}

// inside is the place of an entry of a value whose entries show no type.
func (at place) inside() place { return place{at.tabs + 1, at.depth + 1, true} }

// typeName is the type of v, if it has to be said.
func (at place) typeName(v reflect.Value) string {
	if at.typed {
		return ""
	}
	return typeName(v.Type())
}

func (w *valueWriter) mapping(v reflect.Value, at place) string {
	type pair struct{ key, value reflect.Value }
	var pairs []pair
	for i := v.MapRange(); i.Next(); {
		pairs = append(pairs, pair{i.Key(), i.Value()})
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return compareValues(a.key, b.key) })
	var entries []string
	for _, p := range pairs {
		if len(entries) == maxEntries || w.budget <= 0 {
			break
		}
		entries = append(entries, w.value(p.key, at.inside())+": "+w.value(p.value, at.inside()))
	}
	return braces(at.typeName(v), entries, len(pairs)-len(entries), at.tabs, false)
}

func (w *valueWriter) structure(v reflect.Value, at place) string {
	t := v.Type()
	var entries []string
	for i := 0; i < t.NumField() && i < maxFields && w.budget > 0; i++ {
		// Go wants the types of composite fields said; a reader does not want
		// to read those of nil.
		field := v.Field(i)
		inner := at.inside()
		inner.typed = isNil(field)
		entries = append(entries, t.Field(i).Name+": "+w.value(field, inner))
	}
	return braces(at.typeName(v), entries, t.NumField()-len(entries), at.tabs, false)
}

// braces joins entries on one line if they fit; else they get a line each, or,
// if flowing, as many to a line as fit.
func braces(typ string, entries []string, left, tabs int, flowing bool) string {
	if left > 0 {
		entries = append(entries, fmt.Sprintf("… %s more", count(left)))
	}
	line := typ + "{" + strings.Join(entries, ", ") + "}"
	if 4*tabs+utf8.RuneCountInString(line) <= maxWidth && !strings.Contains(line, "\n") {
		return line
	}
	indent := strings.Repeat("\t", tabs+1)
	var b strings.Builder
	b.WriteString(typ + "{")
	room := 0
	for _, e := range entries {
		n := utf8.RuneCountInString(e) + 2
		if !flowing || room < n {
			b.WriteString("\n" + indent)
			room = maxWidth - 4*(tabs+1)
		} else {
			b.WriteString(" ")
		}
		b.WriteString(e + ",")
		room -= n
	}
	b.WriteString("\n" + strings.Repeat("\t", tabs) + "}")
	return b.String()
}

func scalar(k reflect.Kind) bool { return k <= reflect.Complex128 }

// ownText is what a value inside another says of itself by Error or String, if
// it does. A method that panics is named.
func ownText(v reflect.Value, depth int) (text string, ok bool) {
	if !v.CanInterface() || v.Kind() == reflect.Pointer && v.IsNil() || v.Kind() == reflect.Interface {
		return "", false
	}
	own := v.Interface()
	defer func() {
		if p := recover(); p != nil {
			text, ok = fmt.Sprintf("%s (String panicked: %v)", typeName(v.Type()), p), true
		}
	}()
	switch own := own.(type) {
	case error:
		return cut(own.Error(), maxString), true
	case time.Time:
		return own.String(), true
	case fmt.Stringer:
		s := own.String()
		if depth > 0 && strings.Contains(s, "\n") { // a whole table, say
			return typeName(v.Type()), true
		}
		return cut(s, maxString), true
	case fmt.Formatter: // as the session puts values of types that cells declared
		return cut(fmt.Sprintf("%+v", own), maxString), true
	}
	return "", false
}

// named puts the type around a value that does not show it: Weekday(3).
func (at place) named(v reflect.Value, text string) string {
	if at.typed || v.Type().PkgPath() == "" {
		return text
	}
	return typeName(v.Type()) + "(" + text + ")"
}

// quote writes s as a Go string: in backquotes if it has several lines.
func quote(s string) string {
	if strings.Contains(s, "\n") && strconv.CanBackquote(strings.ReplaceAll(s, "\n", "")) {
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}

// compareValues orders map keys: numbers by value, strings, then the rest by
// what they look like.
func compareValues(a, b reflect.Value) int {
	for a.Kind() == reflect.Interface && b.Kind() == reflect.Interface {
		a, b = a.Elem(), b.Elem()
	}
	if a.Kind() == b.Kind() {
		switch {
		case a.CanInt():
			return cmp.Compare(a.Int(), b.Int())
		case a.CanUint():
			return cmp.Compare(a.Uint(), b.Uint())
		case a.CanFloat():
			return cmp.Compare(a.Float(), b.Float())
		case a.Kind() == reflect.String:
			return cmp.Compare(a.String(), b.String())
		}
	}
	write := func(v reflect.Value) string {
		w := valueWriter{budget: 50}
		return w.value(v, place{})
	}
	return cmp.Or(cmp.Compare(a.Kind(), b.Kind()), cmp.Compare(write(a), write(b)))
}
