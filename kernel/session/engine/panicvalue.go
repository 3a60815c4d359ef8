package engine

import (
	"fmt"
	"reflect"
	"strconv"
)

// PanicMessage is what Go prints about a panic value, without the goroutines. Of
// structs and the like Go has no more than their address: it tells their fields.
func PanicMessage(v any) string {
	switch v := v.(type) {
	case error:
		return v.Error()
	case fmt.Stringer:
		return v.String()
	case string:
		return v
	case fmt.Formatter:
		return fmt.Sprint(v)
	}
	text, ok := printed(reflect.ValueOf(v))
	switch t := reflect.TypeOf(v); {
	case !ok:
		return fmt.Sprintf("%T: %v", v, v)
	case t.PkgPath() == "":
		return text
	case t.Kind() == reflect.Complex64 || t.Kind() == reflect.Complex128:
		return t.String() + text
	default:
		return t.String() + "(" + text + ")"
	}
}

// printed is what the builtin print makes of a value, or a string in quotes; not
// ok if it has no words for the value.
func printed(v reflect.Value) (text string, ok bool) {
	switch {
	case v.Kind() == reflect.Bool:
		return strconv.FormatBool(v.Bool()), true
	case v.CanInt():
		return strconv.FormatInt(v.Int(), 10), true
	case v.CanUint():
		return strconv.FormatUint(v.Uint(), 10), true
	case v.CanFloat():
		return strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits()), true
	case v.CanComplex():
		return strconv.FormatComplex(v.Complex(), 'g', -1, v.Type().Bits()), true
	case v.Kind() == reflect.String:
		return `"` + v.String() + `"`, true
	}
	return "", false
}
