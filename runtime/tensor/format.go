package tensor

import (
	"fmt"
	"strings"
)

// edge is how many entries String writes at either end of a long dimension.
const edge = 3

// String writes the shape and the values, long dimensions shortened.
func (t *Tensor) String() string {
	var b strings.Builder
	b.WriteString("Tensor ")
	if t.name != "" {
		fmt.Fprintf(&b, "%s ", t.name)
	}
	b.WriteString(FormatShape(t.shape[:t.dims]))
	b.WriteByte('\n')
	writeValues(&b, t.Peek(), t.shape[:t.dims], " ")
	return b.String()
}

func writeValues(b *strings.Builder, data []float32, shape []int, indent string) {
	stride := len(data) / shape[0]
	separator := " "
	if len(shape) > 1 {
		separator = "\n" + indent
	}
	b.WriteByte('[')
	for i := 0; i < shape[0]; i++ {
		if i > 0 {
			b.WriteString(separator)
		}
		if i == edge && shape[0] > 2*edge {
			b.WriteString("…" + separator)
			i = shape[0] - edge
		}
		if len(shape) == 1 {
			fmt.Fprintf(b, "%.4g", data[i])
		} else {
			writeValues(b, data[i*stride:(i+1)*stride], shape[1:], indent+" ")
		}
	}
	b.WriteByte(']')
}
