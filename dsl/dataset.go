package dsl

import (
	"setun/runtime/qat/data"
	"setun/runtime/qat/token"
)

// MNIST is the handwritten digits 0 to 9: 60,000 images to train with and 10,000
// to test with, 28×28 grey pixels, in batches x [B, 784] in [0, 1] and labels
// y [B]. The first call on a machine fetches it into the user's cache folder
// (SETUN_CACHE moves it); every call verifies it.
//
//	mnist := MNIST()
//	x, y := mnist.Train.Next(128)
func MNIST(opts ...CellOption) *data.Dataset {
	d, err := data.MNIST(cellOf(opts).context())
	if err != nil {
		panic(err)
	}
	return d
}

// FashionMNIST is photographs of ten kinds of clothing, in the sizes of [MNIST] and
// harder (Xiao, Rasul and Vollgraf, 1708.07747). The first call on a machine
// fetches it into the user's cache folder (SETUN_CACHE moves it); every call
// verifies it.
//
//	Fit(MLP(784, 256, 10), FashionMNIST())
func FashionMNIST(opts ...CellOption) *data.Dataset {
	d, err := data.FashionMNIST(cellOf(opts).context())
	if err != nil {
		panic(err)
	}
	return d
}

// Text is a text to learn a language model from: "opticks", which is Newton's
// Opticks (1730; 567,198 bytes, in the binary), or a file by its path. The first
// nine tenths are to train with, the rest to test with, in sequences of
// [Context](256) tokens x [B, T] with the tokens y [B·T] that follow.
//
//	Fit(BitNetLM(), Text("opticks"), Steps(2000), Batch(8))
//	Text("./letters.txt", Context(64))
func Text(name string, opts ...TextOption) *data.Dataset {
	var t texting
	for _, o := range opts {
		o.applyText(&t)
	}
	d, err := data.Text(t.cell.context(), name, t.config)
	if err != nil {
		panic(err)
	}
	return d
}

// texting is what the options of one Text add up to.
type texting struct {
	cell   Cell
	config data.TextConfig
}

func (c Cell) applyText(t *texting) { t.cell = c }

// BPE is a tokenizer of so many tokens for a text, named as for [Text]: bytes, and
// pairs that occur most often (Sennrich, Haddow and Birch, 1508.07909). Its methods
// Save and token.LoadBPE keep it in a file.
//
//	bpe := BPE("opticks", 512)
//	bpe.Encode("The rays of light")
func BPE(name string, vocab int, opts ...CellOption) *token.BPE {
	text, err := data.ReadText(cellOf(opts).context(), name)
	if err != nil {
		panic(err)
	}
	b, err := token.TrainBPE(text, vocab)
	if err != nil {
		panic(err)
	}
	return b
}
