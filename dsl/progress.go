package dsl

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"setun/runtime/qat/train"
)

// progressText is a running Fit in one line, as it stands in a terminal and as
// the first line of the live chart's text.
func progressText(p train.Progress) string {
	parts := []string{
		fmt.Sprintf("epoch %d/%d", p.Epoch, p.Epochs),
		fmt.Sprintf("step %s/%s", count(p.Step), count(p.Steps)),
		"loss " + lossText(p.Run.Train.Loss, 3),
	}
	parts = append(parts, measuredText(p.Run)...)
	return strings.Join(append(parts,
		count(int(p.SamplesPerSecond))+" samples/s",
		"ETA "+clock(p.ETA)), " · ")
}

// runText is a run that has ended in one line. It says nothing of time: a
// notebook that is executed again is to be the same.
func runText(r *train.Run) string {
	var parts []string
	switch {
	case r.Interrupted:
		parts = append(parts, "interrupted")
	case r.Stopped != "":
		parts = append(parts, "stopped: "+r.Stopped)
	}
	if r.Steps == r.Planned {
		parts = append(parts, plural((r.Steps+r.StepsPerEpoch-1)/max(1, r.StepsPerEpoch), "epoch"), plural(r.Steps, "step"))
	} else {
		parts = append(parts, fmt.Sprintf("step %s of %s", count(r.Steps), count(r.Planned)))
	}
	if r.Train.N > 0 {
		parts = append(parts, "loss "+lossText(r.Train.Loss, 3))
	}
	return strings.Join(append(parts, measuredText(r)...), " · ")
}

// measuredText is how good the model was when it was last measured.
func measuredText(r *train.Run) (parts []string) {
	if r.Validation.N > 0 {
		parts = append(parts, "validation "+percent(r.Validation.Accuracy))
	}
	if r.Test.N > 0 {
		parts = append(parts, "test "+percent(r.Test.Accuracy))
	}
	return parts
}

// paceText is how fast a run that has ended was.
func paceText(r *train.Run) string {
	return count(int(r.SamplesPerSecond)) + " samples/s · " + clock(time.Duration(r.Seconds*float64(time.Second)))
}

// count writes n with commas: 60,000.
func count(n int) string {
	s := strconv.Itoa(n)
	digits := strings.TrimPrefix(s, "-")
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if n < 0 {
		return "-" + digits
	}
	return digits
}

// plural is "1 epoch", "5 epochs".
func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return count(n) + " " + noun
}

// lossText writes a loss with so many decimals, or a huge one with an exponent.
func lossText(loss float64, decimals int) string {
	if math.Abs(loss) >= 1e5 {
		return fmt.Sprintf("%.3g", loss)
	}
	return fmt.Sprintf("%.*f", decimals, loss)
}

// percent writes a share of one: 0.9741 reads 97.41 %.
func percent(share float64) string { return fmt.Sprintf("%.2f %%", 100*share) }

// clock writes a duration as a clock does: 0:12, 1:02:03.
func clock(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}
