// Package penalty holds the terms that a loss gets beside what the labels say:
// about the weights (their size, their distance from the levels that they are
// rounded to, how many are not 0) and about the size of activations.
//
// Each is a hook of a training loop. A term of the weights puts its gradient
// straight into theirs; that of the activations goes through the graph. Weight
// decay as optimisers have it is not here: it is no part of the loss.
package penalty
