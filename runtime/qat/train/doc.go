// Package train runs the training loop: Fit draws shuffled batches, steps an
// optimiser along a learning-rate schedule, measures on the test split after
// every epoch, and keeps the history of all of it in a Run.
//
// A run is named by its configuration and two seeds, the model's (its first
// weights) and the run's (the order of the samples); the same names give the
// same bits on every machine. Nothing is shared between runs.
//
// No drawing and no printing here: Fit reports to an observer, and package dsl
// decides what a person sees.
package train
