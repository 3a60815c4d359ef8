// Package token turns text into the tokens of a language model and back: bytes as
// they are, or byte pairs that were merged by how often they occur (BPE).
//
// Every text can be encoded, and decoding gives it back to the byte, whatever it
// is. Tokenizers never change; they can be shared.
//
// No networks and no tensors may be imported here.
package token
