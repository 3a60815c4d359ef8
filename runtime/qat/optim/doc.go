// Package optim holds what turns gradients into new weights: the update rules
// AdamW and SGD, and schedules of the learning rate.
//
// An optimiser belongs to the parameters that it was made for and holds its own
// state; a [Spec] is the recipe for one, a plain value. Loops, data and losses
// stay outside: package train joins them.
package optim
