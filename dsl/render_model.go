package dsl

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"setun/display"
	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// modelTable is a network, a layer a row: what it takes and gives, how many
// parameters it has, and how large they are at inference.
func modelTable(m nn.Module) *display.Table {
	t := &display.Table{
		Columns: []display.Column{
			{Name: "layer"},
			{Name: "shape"},
			{Name: "parameters", Right: true},
			{Name: "bits/weight", Right: true},
			{Name: "size", Right: true},
		},
	}
	rows := nn.Describe(m)
	schemes := slices.ContainsFunc(rows, func(l nn.Info) bool { return l.Scheme != "" })
	if schemes {
		t.Columns = append(t.Columns, display.Column{Name: "scheme"})
	}
	params, size, bits := 0, 0, 0.0
	for _, l := range rows {
		name := l.Kind
		if l.Name != "" {
			name = l.Name + " " + l.Kind
		}
		shape := ""
		if l.In != "" || l.Out != "" {
			shape = l.In + " → " + l.Out
		}
		row := []string{name, shape, "", "", ""}
		if l.Params > 0 {
			row = []string{name, shape, count(l.Params), bitsText(l.BitsPerWeight), bytesSize(l.Bytes)}
		}
		if schemes {
			row = append(row, l.Scheme)
		}
		t.Rows = append(t.Rows, row)
		params += l.Params
		size += l.Bytes
		bits += l.BitsPerWeight * float64(l.Params)
	}
	if params > 0 {
		t.Footer = []string{"total", "", count(params), bitsText(bits / float64(params)), bytesSize(size)}
		if schemes {
			t.Footer = append(t.Footer, "")
		}
		t.Summary = fmt.Sprintf("%s as float32", bytesSize(4*params))
	}
	return t
}

func bitsText(bits float64) string {
	if bits == math.Trunc(bits) {
		return fmt.Sprintf("%.0f", bits)
	}
	return fmt.Sprintf("%.2f", bits)
}

// bytesSize writes a number of bytes: 512 B, 67.1 kB, 1.20 MB.
func bytesSize(n int) string {
	v, unit := float64(n), "B"
	for _, next := range []string{"kB", "MB", "GB", "TB"} {
		if v < 1000 {
			break
		}
		v, unit = v/1000, next
	}
	switch {
	case unit == "B":
		return fmt.Sprintf("%d B", n)
	case v < 10:
		return fmt.Sprintf("%.2f %s", v, unit)
	case v < 100:
		return fmt.Sprintf("%.1f %s", v, unit)
	}
	return fmt.Sprintf("%.0f %s", v, unit)
}

// tensorText is a tensor's shape, statistics and first and last values.
func tensorText(t *tensor.Tensor) string {
	values := t.Data()
	if len(values) == 1 {
		return strings.TrimSpace(t.String())
	}
	lo, hi := float64(values[0]), float64(values[0])
	var sum, squares float64
	bad := 0
	for _, f := range values {
		v := float64(f)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			bad++
			continue
		}
		if math.IsNaN(lo) || math.IsInf(lo, 0) {
			lo, hi = v, v
		}
		lo, hi = min(lo, v), max(hi, v)
		sum += v
		squares += v * v
	}
	head, grid, _ := strings.Cut(t.String(), "\n")
	if n := float64(len(values) - bad); n > 0 {
		mean := sum / n
		head += fmt.Sprintf("  min %.4g  mean %.4g  max %.4g  std %.4g", lo, mean, hi, math.Sqrt(max(0, squares/n-mean*mean)))
	}
	if bad > 0 {
		head += fmt.Sprintf("  (%s of %s values are NaN or infinite)", count(bad), count(len(values)))
	}
	return head + "\n" + grid
}
