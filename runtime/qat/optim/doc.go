// Package optim holds what turns gradients into new weights: the update rules
// AdamW, Adam, SGD and Lion, groups of parameters with rules of their own, the
// clipping of gradients, the running average of weights, and schedules of the
// learning rate and the weight decay.
//
// An optimiser belongs to the parameters that it was made for and holds its own
// state; a [Spec] is the recipe for one, a plain value. Loops, data and losses
// stay outside: package train joins them.
package optim
