package nn

import (
	"fmt"
	"strconv"
	"strings"

	"setun/runtime/qat"
	"setun/runtime/tensor"
)

// An Info is one row of the table that shows a network: one layer.
type Info struct {
	Name    string // its place: 2, or 2.0 in a nested Sequential
	Kind    string // BitLinear, ReLU, or the type of a layer of your own
	In, Out string // features a row takes and gives, "" if unknown
	Params  int    // numbers that are learnt

	// BitsPerWeight is the information in one weight at inference: log₂ 3 ≈ 1.58
	// for a ternary one, 1 for a binary one, n for one of n bits, 32 for a float;
	// 0 without weights.
	BitsPerWeight float64

	// Scheme says how a layer is quantised, "" for b1.58 and for layers that never
	// are.
	Scheme string

	// Bytes is what the weights take at inference as they are stored: ternary
	// ones at 2 bits, others at theirs, each row in whole bytes, and 4 bytes for
	// each scale; floats at 4 bytes. (In training every weight is a latent float of 4 bytes.)
	Bytes int
}

// A Describer is a layer that says itself how it is shown. Name is filled in.
type Describer interface{ Describe() Info }

// BitsTernary is the information in a ternary weight, log₂ 3 bits.
var BitsTernary = qat.WeightQuantizer{}.BitsPerWeight()

// Describe returns a row for each layer of m.
func Describe(m Module) []Info {
	return describe(nil, "", m, 0)
}

// describe appends the rows of m, whose input has width features (0: unknown).
func describe(rows []Info, name string, m Module, width int) []Info {
	if c, ok := m.(*Checkpointed); ok {
		return describe(rows, name, c.Module, width)
	}
	if r, ok := m.(*Residual); ok {
		return describe(rows, name, r.Body, width)
	}
	if s, ok := m.(*Sequential); ok {
		for i, layer := range s.Layers {
			inner := strconv.Itoa(i)
			if name != "" {
				inner = name + "." + inner
			}
			rows = describe(rows, inner, layer, width)
			width = 0
			if len(rows) > 0 {
				width, _ = strconv.Atoi(rows[len(rows)-1].Out)
			}
		}
		return rows
	}
	switch m := m.(type) {
	case *BitNetLM:
		return m.describe(rows, name)
	case *Block:
		return describeProjections(rows, name, m.Children())
	case *Attention:
		return describeProjections(rows, name, m.Children())
	case *FeedForward:
		return describeProjections(rows, name, m.Children())
	}
	var row Info
	if d, ok := m.(Describer); ok {
		row = d.Describe()
	} else {
		row = describeFloats(m, width)
	}
	row.Name = name
	return append(rows, row)
}

// Describe is the layer's row in the table.
func (l *BitLinear) Describe() Info {
	row := Info{
		Kind: "BitLinear", In: strconv.Itoa(l.In), Out: strconv.Itoa(l.Out),
		Params: countParams(l.Params()),
	}
	schemeInfo(&row, l.Scheme(), l.In, l.Out)
	if l.Bias != nil {
		row.Bytes += 4 * l.Out
	}
	return row
}

// describeFloats is the row of a layer about which no more is known than that
// its parameters are floats.
func describeFloats(m Module, width int) Info {
	row := Info{Kind: kind(m)}
	if in, out := widthsOf(m); in > 0 {
		row.In, row.Out = strconv.Itoa(in), strconv.Itoa(out)
	} else if width > 0 && keepsWidth(m) {
		row.In, row.Out = strconv.Itoa(width), strconv.Itoa(width)
	}
	row.Params = countParams(tensor.Distinct(m.Params()))
	if row.Params > 0 {
		row.BitsPerWeight = 32
		row.Bytes = 4 * row.Params
	}
	return row
}

// kind is the name of a layer's type, without package and pointer.
func kind(m Module) string {
	t := fmt.Sprintf("%T", m)
	return t[strings.LastIndexAny(t, ".*")+1:]
}
