package dsl

import (
	"encoding/hex"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"setun/display"
)

// maxRows is how many rows of a table are shown.
const maxRows = 50

// structTable is a slice of structs of plain fields (numbers, strings, what has
// a String) as a table; nil if v is none.
func structTable(v any) *display.Table {
	r := reflect.ValueOf(v)
	if r.Kind() != reflect.Slice || r.Len() == 0 || r.Type().Elem().Kind() != reflect.Struct {
		return nil
	}
	elem := r.Type().Elem()
	if elem.NumField() == 0 || elem.NumField() > 12 {
		return nil
	}
	t := &display.Table{}
	for i := range elem.NumField() {
		f := elem.Field(i)
		kind := f.Type.Kind()
		number := kind >= reflect.Int && kind <= reflect.Complex128
		plain := number || kind == reflect.Bool || kind == reflect.String || f.Type.Implements(reflect.TypeFor[fmt.Stringer]())
		if !plain || !f.IsExported() && cellTypeName(elem) == "" {
			return nil
		}
		t.Columns = append(t.Columns, display.Column{Name: f.Name, Right: number})
	}
	n := min(r.Len(), maxRows)
	for i := range n {
		row := make([]string, len(t.Columns))
		for c := range row {
			row[c] = cell(r.Index(i).Field(c))
		}
		t.Rows = append(t.Rows, row)
	}
	t.Summary = fmt.Sprintf("%s of %s", plural(r.Len(), "row"), typeName(r.Type()))
	if typeName(elem) == "" {
		t.Summary = plural(r.Len(), "row")
	}
	if n < r.Len() {
		t.Summary += fmt.Sprintf(" (the first %d shown)", n)
	}
	return t
}

// cell is a field of a row: strings as they are, floats with six digits.
func cell(v reflect.Value) string {
	if s, ok := ownText(v, 1); ok {
		return s
	}
	switch {
	case v.Kind() == reflect.String:
		return cut(v.String(), maxString)
	case v.CanFloat():
		return strconv.FormatFloat(v.Float(), 'g', 6, 64)
	}
	return fmt.Sprint(v)
}

// bytesText is bytes as text if they are text, and else as a hex dump of the
// first ones.
func bytesText(b []byte) string {
	if len(b) == 0 {
		return valueText(b)
	}
	head := plural(len(b), "byte") + "\n"
	printable := utf8.Valid(b) && !strings.ContainsFunc(string(b), func(r rune) bool {
		return !strconv.IsPrint(r) && r != '\n' && r != '\t' && r != '\r'
	})
	if printable {
		return head + cut(string(b), maxText)
	}
	const shown = 256
	dump := head + hex.Dump(b[:min(len(b), shown)])
	if len(b) > shown {
		dump += fmt.Sprintf("… %s more", plural(len(b)-shown, "byte"))
	}
	return strings.TrimSuffix(dump, "\n")
}
