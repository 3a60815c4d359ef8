// Package curriculum decides what a network learns from first: easy samples before
// hard ones (Bengio et al., Curriculum Learning, 2009), short sequences before long
// ones. Each is a hook of a training loop, and depends on the number of the step
// alone, so that a run continues anywhere.
package curriculum
