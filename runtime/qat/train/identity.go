package train

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"

	"setun/runtime/qat/nn"
	"setun/runtime/qat/optim"
	"setun/runtime/tensor"
)

// An Identity is a training run of a small network from made-up data whose
// weights after it are the same bits on every machine, with every kernel and with
// any number of workers.
type Identity struct {
	Name   string
	SHA256 string // of the weights after Train, in hexadecimal

	model nn.Module
	batch func(rng *tensor.RNG) (*tensor.Tensor, tensor.Labels)
}

// identitySteps is how long the runs are.
const identitySteps = 200

// Identities returns the runs that are to be the same everywhere: a network of
// BitLinear layers and a BitNet transformer, large enough that their work is
// split among workers.
func Identities() []Identity {
	return []Identity{
		{
			Name:   "MLP 40-96-64-5",
			SHA256: "9da720d49f8e90c995811c5d2580ad81c9c42eef0e1d2e732b74d968f1200cb2",
			model:  nn.MLP(40, 96, 64, 5).Init(7),
			batch:  clouds,
		},
		{
			Name:   "BitNet transformer, width 32, 2 layers",
			SHA256: "767128b8cef58bd8f78779dbfc823c19101997e8fe7b4bd98c396ff9d011f2c9",
			model: nn.NewBitNetLM(nn.Transformer{
				Vocab: 17, Context: 16, Width: 32, Layers: 2, Heads: 4, Groups: 2, Hidden: 64,
			}).Init(7),
			batch: sentences,
		},
	}
}

// Train makes 200 steps with AdamW along a cosine and returns the SHA-256 of all
// weights, which is that of the Identity or shows a mistake in a kernel. An
// Identity is trained once.
func (i Identity) Train() string {
	opt := optim.NewAdamW(3e-3, optim.Decay(0.1)).For(i.model)
	scope := &tensor.Scope{Private: nn.Builtin(i.model)}
	data := tensor.NewRNG(7).Split("data")
	for step := range identitySteps {
		x, y := i.batch(data)
		opt.SetLR(3e-3 * optim.Cosine(step, identitySteps))
		tensor.CrossEntropy(i.model.Forward(scope.Enter(x)), y).Backward()
		opt.Step()
		scope.End()
	}
	h := sha256.New()
	for _, p := range i.model.Params() {
		var word [4]byte
		for _, w := range p.Data() {
			binary.LittleEndian.PutUint32(word[:], math.Float32bits(w))
			h.Write(word[:])
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// clouds returns 96 points of 40 features around 5 centres, and which.
func clouds(rng *tensor.RNG) (*tensor.Tensor, tensor.Labels) {
	x, y := tensor.New(96, 40), make(tensor.Labels, 96)
	for b := range y {
		y[b] = int32(rng.IntN(5))
		row := x.Data()[b*40 : (b+1)*40]
		for k := range row {
			row[k] = rng.Normal()
		}
		row[y[b]] += 3
	}
	return x, y
}

// sentences returns 8 sequences of 16 tokens in which two tokens can follow each,
// and the tokens that follow.
func sentences(rng *tensor.RNG) (*tensor.Tensor, tensor.Labels) {
	const batch, length, vocab = 8, 16, 17
	x, y := tensor.New(batch, length), make(tensor.Labels, batch*length)
	for b := range batch {
		token := rng.IntN(vocab)
		for t := range length {
			x.Data()[b*length+t] = float32(token)
			token = (3*token + 1 + rng.IntN(2)) % vocab
			y[b*length+t] = int32(token)
		}
	}
	return x, y
}
