// Package train runs the training loop: Fit draws shuffled batches, steps an
// optimiser along a learning-rate schedule, measures on the way, and keeps the
// history of all of it in a Run.
//
// A run is named by its Settings and two seeds, the model's (its first weights)
// and the run's (the order of the samples); the same names give the same bits on
// every machine. Nothing is shared between runs. A run that was interrupted goes
// on with Continue, and one whose process ended with Config.Resume, from what
// Checkpoints wrote; both end with the bits of a run that was never stopped.
//
// Whatever takes part in a run is a Hook: what adds to the loss, changes the model
// between steps, watches (Monitor), stops (EarlyStop) or writes (Checkpoints, and
// package runlog). The order of their calls stands in hook.go, that of a step in
// step.go, that of a run in loop.go.
//
// No drawing and no printing here: Fit reports to an observer, and package dsl
// decides what a person sees.
package train
