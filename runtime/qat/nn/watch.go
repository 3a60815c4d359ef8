package nn

import (
	"slices"
	"strconv"

	"setun/runtime/tensor"
)

// Watch calls see with the result of every layer whenever m computes it, by the
// names of [Walk]: the layers of Sequentials, the blocks of a language model and
// their projections. A result is there until see returns; Keep it, or Hold it for
// the time of the step, to look at it later. Blocks that are computed again for
// the backward are seen again.
//
// stop ends the watching. Several can watch a model at once; they see a result in
// the order in which they began.
func Watch(m Module, see func(name string, y *tensor.Tensor)) (stop func()) {
	var stops []func()
	Walk(m, func(name string, m Module) {
		if w, ok := m.(interface{ watch() *watched }); ok {
			stops = append(stops, w.watch().add(func(part string, y *tensor.Tensor) { see(join(name, part), y) }))
		}
	})
	return func() {
		for _, stop := range stops {
			stop()
		}
	}
}

// watched is embedded by what runs layers.
type watched struct {
	watchers []*watcher
}

type watcher struct {
	see func(part string, y *tensor.Tensor)
}

func (w *watched) watch() *watched { return w }

func (w *watched) add(see func(part string, y *tensor.Tensor)) (stop func()) {
	one := &watcher{see}
	w.watchers = append(slices.Clip(w.watchers), one)
	return func() {
		w.watchers = slices.DeleteFunc(slices.Clone(w.watchers), func(o *watcher) bool { return o == one })
	}
}

// show is called with the result of a part.
func (w *watched) show(part string, y *tensor.Tensor) {
	for _, o := range w.watchers {
		o.see(part, y)
	}
}

// showLayer is show for a part that has a number.
func (w *watched) showLayer(prefix string, i int, y *tensor.Tensor) {
	if len(w.watchers) > 0 {
		w.show(prefix+strconv.Itoa(i), y)
	}
}
