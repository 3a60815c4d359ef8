// Package data holds labelled samples, images and text, and deals them out in
// batches.
//
// A Dataset is Splits: Train, Test and perhaps Validation. A Split keeps images
// as one byte a pixel and text as tokens, and hands either out as float32
// tensors [B, Shape…] with the labels of each sample. The order in which a Split
// is dealt out is a pure function of a seed and of how many samples were drawn
// (Sampler), so a checkpoint needs two numbers to continue exactly, and
// Dataset.Hash to know that it continues with the same data.
//
// MNIST and FashionMNIST fetch the real thing once, check every byte of it and
// keep it in the user's cache folder. Files are read with their limits known
// before anything is allocated; an error names the file and the offset.
//
// Nothing that learns may be imported here: data knows tensors and their random
// generator, no networks and no optimisers.
package data
