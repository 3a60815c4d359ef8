// Package nn holds layers and networks: values with parameters and a Forward.
//
// A layer is a plain struct over the operations of packages tensor and qat;
// there is no mathematics here beyond their order. Optimisers, data and losses
// stay outside.
//
// The layers of this package hold no tensor beyond a step and say, by
// [tensor.Done], when they need a result no more; [Builtin] networks can train in
// a private [tensor.Scope]. Transformers are in block.go and transformer.go.
//
// Layers that are [Quantized] compute by a qat.Scheme, which [With] changes;
// [Quantize] makes them of float layers after training.
//
// Weights are latent float32 [out×in], a row for each output. They are drawn
// when they are first looked at, from the network's seed and the layer's place
// in it, so that a network is the same numbers wherever and whenever it is
// built (see [Sequential.Init]).
package nn
