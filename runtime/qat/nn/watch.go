package nn

import (
	"strconv"

	"setun/runtime/tensor"
)

// Watch calls see with the result of every layer whenever m computes it, by the
// names of [Walk]: the layers of Sequentials, the blocks of a language model and
// their projections. A result is there until see returns; Keep it, or Hold it for
// the time of the step, to look at it later. Blocks that are computed again for
// the backward are seen again.
//
// stop ends the watching. A model is watched by one at a time: the last Watch is
// the one that counts, until it stops.
func Watch(m Module, see func(name string, y *tensor.Tensor)) (stop func()) {
	var all []*watched
	Walk(m, func(name string, m Module) {
		if w, ok := m.(interface{ watch() *watched }); ok {
			at := w.watch()
			at.see = func(part string, y *tensor.Tensor) { see(join(name, part), y) }
			all = append(all, at)
		}
	})
	return func() {
		for _, at := range all {
			at.see = nil
		}
	}
}

// watched is embedded by what runs layers.
type watched struct {
	see func(part string, y *tensor.Tensor)
}

func (w *watched) watch() *watched { return w }

// show is called with the result of a part.
func (w *watched) show(part string, y *tensor.Tensor) {
	if w.see != nil {
		w.see(part, y)
	}
}

// showLayer is show for a layer that has a number.
func (w *watched) showLayer(i int, y *tensor.Tensor) {
	if w.see != nil {
		w.see(strconv.Itoa(i), y)
	}
}
