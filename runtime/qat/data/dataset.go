package data

import (
	"crypto/sha256"
	"fmt"
	"slices"

	"setun/runtime/qat/token"
	"setun/runtime/tensor"
)

// A Dataset is labelled samples in parts: Train to learn from, Test to measure
// with at the end, and Validation, if there is one, to measure with on the way.
// Classes names the labels in order; of a text, Tokenizer says what they are.
type Dataset struct {
	Name       string
	Train      *Split
	Validation *Split // nil: none
	Test       *Split
	Classes    []string
	Tokenizer  token.Tokenizer // nil: not a text
}

// WithValidation returns the data set with n samples of Train, drawn by seed,
// set apart as Validation. The samples themselves are shared.
func (d *Dataset) WithValidation(n int, seed uint64) (*Dataset, error) {
	if d.Train == nil || n < 1 || n >= d.Train.Len() {
		have := 0
		if d.Train != nil {
			have = d.Train.Len()
		}
		return nil, fmt.Errorf("data: %d of the %d training samples of %s to validate with; want at least 1, and some left to train with", n, have, d.Name)
	}
	order := tensor.NewRNG(seed).Split("validation").Perm(d.Train.Len())
	// In their old order: what is neighbouring in memory stays so.
	slices.Sort(order[:n])
	slices.Sort(order[n:])
	apart := *d
	var err error
	if apart.Validation, err = d.Train.Select(order[:n]); err != nil {
		return nil, err
	}
	if apart.Train, err = d.Train.Select(order[n:]); err != nil {
		return nil, err
	}
	return &apart, nil
}

// UpTo is the data set with sequences of at most length tokens, any if it is 0;
// see [Split.UpTo].
func (d *Dataset) UpTo(length int) *Dataset {
	if length == 0 {
		return d
	}
	shorter, changed := *d, false
	for _, s := range []**Split{&shorter.Train, &shorter.Validation, &shorter.Test} {
		if *s != nil {
			was := *s
			*s = was.UpTo(length)
			changed = changed || *s != was
		}
	}
	if !changed {
		return d
	}
	return &shorter
}

// Hash is the SHA-256 of all samples and labels, part by part: what a checkpoint
// names its data by. Names do not enter it.
func (d *Dataset) Hash() [32]byte {
	h := sha256.New()
	for i, s := range []*Split{d.Train, d.Validation, d.Test} {
		if s != nil {
			sum := s.Hash()
			h.Write([]byte{byte(i)})
			h.Write(sum[:])
		}
	}
	return [32]byte(h.Sum(nil))
}
