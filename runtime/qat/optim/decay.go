package optim

import "fmt"

// Decay is the weight decay of AdamW and Lion (decoupled), of Adam and SGD (added
// to the gradient). It is for matrices alone: biases, gains, and the scales and zero
// points that a quantiser learns stay as the loss has them. A bias has nothing to
// overfit with, and a scale that is pulled to 0 rounds other numbers. So does nanoGPT,
// and so do the trainers of language models since; torch.optim decays everything,
// which here is [DecayAll]. What a [Group] takes decays as its recipe says.
type Decay float64

// DecayAll is [Decay] for all parameters, as PyTorch's optimisers have it.
type DecayAll float64

func (d Decay) adamW(a *AdamW) { a.Decay, a.Vectors = float64(d), false }
func (d Decay) adam(a *Adam)   { a.Decay, a.Vectors = float64(d), false }
func (d Decay) lion(l *Lion)   { l.Decay, l.Vectors = float64(d), false }
func (d Decay) sgd(s *SGD)     { s.Decay, s.Vectors = float64(d), false }

func (d DecayAll) adamW(a *AdamW) { a.Decay, a.Vectors = float64(d), true }
func (d DecayAll) adam(a *Adam)   { a.Decay, a.Vectors = float64(d), true }
func (d DecayAll) lion(l *Lion)   { l.Decay, l.Vectors = float64(d), true }
func (d DecayAll) sgd(s *SGD)     { s.Decay, s.Vectors = float64(d), true }

// decayText is the option that says it, where it is not usual.
func decayText(decay float64, vectors bool, usual float64) string {
	switch {
	case vectors && decay != 0:
		return fmt.Sprintf(", DecayAll(%g)", decay)
	case decay != usual:
		return fmt.Sprintf(", Decay(%g)", decay)
	}
	return ""
}

// TwoStageDecay is BitNet's schedule of the weight decay: all of it in the first
// half, none in the second (The Era of 1-bit LLMs: Training Tips, Code and FAQ,
// section 3). Latent weights then settle instead of being pulled over a rounding
// boundary and back. Its learning rate is [TwoStage]'s.
func TwoStageDecay(step, total int) float64 {
	if 2*step < total {
		return 1
	}
	return 0
}
