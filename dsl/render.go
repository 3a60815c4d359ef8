package dsl

import (
	"fmt"
	"image"
	"reflect"
	"time"

	"setun/display"
	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/qat/train"
	"setun/runtime/tensor"
)

// Render says how a value is shown: a model as the table of its layers, a run as
// its chart, a tensor with its statistics, a data set by samples of it, an image
// as a picture, a value with a method Display() by that, and any other Go value
// as text that reads like Go. Large values are cut, and say so.
//
// It never panics: a String or Display method that does is shown as what it
// panicked with.
func Render(v any, opts ...CellOption) (b display.Bundle) {
	defer func() {
		if p := recover(); p != nil {
			b = display.Text(fmt.Sprintf("%s (showing it panicked: %v)", reflect.TypeOf(v), p))
		}
	}()
	switch v := v.(type) {
	case nil:
		return display.Text("nil")
	case display.Bundle:
		return v
	case time.Duration, time.Time: // by their String, not by their fields
		return valueBundle(v)
	}
	if isNilPointer(v) {
		return valueBundle(v)
	}
	switch v := v.(type) {
	case display.Displayer:
		return v.Display()
	case *tensor.Tensor:
		return display.Text(tensorText(v))
	case nn.Module:
		return modelTable(v).Display()
	case *Run:
		if cellOf(opts).Shown.has(v) { // its chart stands above
			return epochTable(v.Run).Display()
		}
		return runBundle(v.Run)
	case *train.Run:
		return runBundle(v)
	case train.Metrics:
		return display.Text(v.String())
	case *data.Dataset:
		return datasetBundle(v)
	case *data.Split:
		return splitBundle(v)
	case *optim.Optimizer:
		return display.Text(v.String())
	case image.Image:
		return imageBundle(v)
	case error:
		return display.Text(cut(v.Error(), maxText))
	case []byte:
		return display.Text(bytesText(v))
	case fmt.Stringer:
		return display.Text(cut(v.String(), maxText))
	case fmt.Formatter:
		return display.Text(cut(fmt.Sprintf("%+v", v), maxText))
	}
	if t := structTable(v); t != nil {
		return t.Display()
	}
	return valueBundle(v)
}

func valueBundle(v any) display.Bundle { return display.Text(valueText(v)) }

func isNilPointer(v any) bool {
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Pointer && r.IsNil()
}

// maxText bounds the text of one value.
const maxText = 20_000

// cut shortens s to about n bytes, at the end of a rune, and says by how much.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	i := n
	for i > 0 && s[i]&0xc0 == 0x80 {
		i--
	}
	return s[:i] + fmt.Sprintf("… (%s bytes more)", count(len(s)-i))
}
