// Package distill trains a network to do what another, its teacher, does: a
// quantised one after its float twin, a small one after a large one.
//
// A [Hook] joins a training loop and changes its loss: logits.go by the teacher's
// softened output (Hinton et al.), features.go by what layers inside make,
// relations.go by how tokens attend to each other (MiniLM). The teacher runs once
// for each batch, without gradients, and is never changed.
//
// Losses that know nothing of teachers belong to package loss.
package distill
