package optim

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
