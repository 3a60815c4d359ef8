// Package runlog writes the numbers of a training to files that other programs
// read: metrics.jsonl, a line of JSON for each step, and the event files of
// TensorBoard.
//
// A [Log] is a hook of a run. What it has written stays readable however the
// process ends; a run that is resumed goes on in the same folder, and what was
// written of steps that are made again is taken back.
//
// Nothing here reads training numbers from anywhere but the loop, and nothing
// draws: package dsl does.
package runlog
