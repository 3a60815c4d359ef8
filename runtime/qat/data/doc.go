// Package data holds labelled sets of images and deals them out in batches.
//
// A Dataset is two Splits, Train and Test; a Split keeps its images as one byte
// a pixel and hands them out as float32 tensors in [0, 1]. The order in which a
// Split is dealt out is a pure function of a seed and of how many samples were
// drawn (Sampler), so a checkpoint needs two numbers to continue exactly.
//
// MNIST fetches the real thing once, checks every byte of it and keeps it in
// the user's cache folder. Files are read with their limits known before
// anything is allocated; an error names the file and the offset.
//
// Nothing that learns may be imported here: data knows tensors and their
// random generator, no networks and no optimisers.
package data
