package train

import (
	"context"
	"fmt"

	"setun/runtime/qat/data"
	"setun/runtime/qat/nn"
	"setun/runtime/tensor"
)

// Metrics is how well a classifier does on N labels (one a sample; of a text, one
// a token): the mean cross-entropy in nats and the share of labels whose logit is
// the largest, 0 to 1.
// The zero Metrics means: not measured.
type Metrics struct {
	Loss     float64
	Accuracy float64
	N        int
}

func (m Metrics) String() string {
	if m.N == 0 {
		return "not measured"
	}
	return fmt.Sprintf("accuracy %.2f %%, loss %.4f (%d samples)", 100*m.Accuracy, m.Loss, m.N)
}

// tally adds batches up to Metrics.
type tally struct {
	Loss    float64 `json:"loss"` // sum over labels
	Correct int     `json:"correct"`
	N       int     `json:"n"`
}

// add counts a batch: its mean loss, its logits [B, C] and labels [B].
func (t *tally) add(loss float64, logits *tensor.Tensor, y tensor.Labels) {
	t.Loss += loss * float64(len(y))
	t.Correct += correct(logits, y)
	t.N += len(y)
}

func (t *tally) metrics() Metrics {
	if t.N == 0 {
		return Metrics{}
	}
	return Metrics{Loss: t.Loss / float64(t.N), Accuracy: float64(t.Correct) / float64(t.N), N: t.N}
}

// correct counts the rows of logits [B, C] whose largest element, the first of
// equals, is at the label.
func correct(logits *tensor.Tensor, y tensor.Labels) int {
	out, hits := logits.Peek(), 0
	classes := len(out) / len(y)
	for b, label := range y {
		row := out[b*classes : (b+1)*classes]
		best := 0
		for c, v := range row {
			if v > row[best] {
				best = c
			}
		}
		if best == int(label) {
			hits++
		}
	}
	return hits
}

// Evaluate measures the classifier m on all of split, batch samples at a time
// (500 if batch is 0, fewer if they have more than a label each). If ctx ends first, the metrics are of the samples seen
// so far, and the error is the context's.
func Evaluate(ctx context.Context, m nn.Module, split *data.Split, batch int) (got Metrics, err error) {
	defer recoverError(&err)
	if batch < 0 {
		return Metrics{}, fmt.Errorf("train: batches of %d samples; want at least 1, or 0 for 500", batch)
	}
	if longest := nn.LongestInput(m); longest > 0 {
		split = split.UpTo(longest)
	}
	if batch == 0 {
		batch = max(1, 500/split.Labels())
	}
	defer nn.SetTraining(m, nn.SetTraining(m, false))
	var t tally
	scope := &tensor.Scope{Private: nn.Builtin(m), Inference: true}
	for x, y := range split.Batches(batch) {
		if ctx.Err() != nil {
			return t.metrics(), fmt.Errorf("train: evaluation: %w", context.Cause(ctx))
		}
		logits := m.Forward(scope.Enter(x))
		t.add(float64(tensor.CrossEntropy(logits, y).Item()), logits, y)
		scope.End()
	}
	return t.metrics(), nil
}
