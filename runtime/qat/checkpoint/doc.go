// Package checkpoint keeps the state of a training on disk so that no crash at
// any moment costs more than the steps since the last file.
//
// A checkpoint is one file, in the safetensors format: every reader of that
// format opens the weights in it. What makes it a checkpoint stands in the
// metadata of its header: a description in JSON and the SHA-256 of every section
// and of the header itself, so that a flipped bit anywhere is noticed and named.
//
// A file appears under its name only when all of it is on the disk. A file that
// cannot be trusted is refused, with its name and the offset, before memory is
// allocated for what it claims to hold.
//
// No training here: package train says what is in a checkpoint, and when one is
// written.
package checkpoint
