// Package loss holds what training makes small, beside the plain cross-entropy
// that lives with the tensors.
//
// classes.go has the losses of classifiers, as functions of logits and labels,
// which is what a training loop takes; pairs.go those of two tensors, for
// regression and for own loops; divergence.go the Kullback-Leibler divergence that
// distillation is made of. All are means, all give a tensor of length 1, and no
// gradient flows into a target.
//
// Terms that look at the weights instead are not losses but penalties.
package loss
