package curriculum

import (
	"fmt"

	"setun/runtime/qat/train"
)

// Length lets a language model learn from the beginnings of sequences first, and
// from longer and longer ones until they are whole (Li et al., The
// Stability-Efficiency Dilemma, 2108.06084, which found that it allows larger
// batches and rates). Attention costs the square of the length.
type Length struct {
	train.NoHook
	First    int // tokens to begin with; an eighth of the whole if 0
	Steps    int // until sequences are whole; half of the run if 0
	Multiple int // lengths are multiples of it; 8 if 0
}

// Name is the hook's name in errors.
func (*Length) Name() string { return "curriculum of lengths" }

// Recipe is the hook as a cell writes it.
func (c *Length) Recipe() string {
	if c.First < 1 || c.Steps < 1 || c.Multiple != 0 {
		return ""
	}
	return fmt.Sprintf("ShortFirst(%d, %d)", c.First, c.Steps)
}

// Start checks the numbers.
func (c *Length) Start(l *train.Loop) error {
	if c.First < 0 || c.Steps < 0 || c.Multiple < 0 {
		return fmt.Errorf("%d tokens at first, %d steps, multiples of %d; want none below 0", c.First, c.Steps, c.Multiple)
	}
	if l.Data.Train.Labels() < 2 {
		return fmt.Errorf("%s is no text, whose samples could be shorter", l.Data.Name)
	}
	return nil
}

// Length is that of the sequences of a step.
func (c *Length) Length(l *train.Loop, whole int) int {
	first, over, multiple := c.First, c.Steps, c.Multiple
	if first == 0 {
		first = whole / 8
	}
	if over == 0 {
		over = max(1, l.Steps/2)
	}
	if multiple == 0 {
		multiple = 8
	}
	share := min(1, float64(l.Step-1)/float64(over))
	n := first + int(share*float64(whole-first))
	if n < whole {
		n = max(1, n/multiple*multiple)
	}
	return min(n, whole)
}
