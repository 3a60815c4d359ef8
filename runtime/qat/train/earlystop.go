package train

import (
	"encoding/json"
	"fmt"
)

// EarlyStop is a hook that ends a run when it gets no better: on the loss of the
// validation split (or where there is none, of the test split, which then is no
// longer a test of anything unseen), or when the weights have settled.
type EarlyStop struct {
	NoHook
	// Patience is how many measurements may pass without a smaller loss; 0: any.
	Patience int
	// Delta is how much smaller a loss has to be to count.
	Delta float64
	// Flips ends the run when less than this share of the quantised weights has
	// changed its code from one measurement to the next; 0: never.
	Flips float64

	state earlyState
	flips flips
}

// earlyState is what EarlyStop remembers.
type earlyState struct {
	Best   float64           `json:"best"`
	Seen   int               `json:"seen"`   // measurements
	Waited int               `json:"waited"` // since the best
	Codes  map[string][]byte `json:"codes,omitempty"`
}

// Name is the hook's.
func (e *EarlyStop) Name() string { return "EarlyStop" }

// Recipe is the hook as a cell writes it.
func (e *EarlyStop) Recipe() string {
	if e.Patience < 1 {
		return ""
	}
	text := fmt.Sprintf("EarlyStop(%d", e.Patience)
	if e.Delta != 0 {
		text += fmt.Sprintf(", By(%g)", e.Delta)
	}
	if e.Flips != 0 {
		text += fmt.Sprintf(", Settled(%g)", e.Flips)
	}
	return text + ")"
}

// Start refuses what makes no sense.
func (e *EarlyStop) Start(l *Loop) error {
	if e.Patience < 0 || e.Delta < 0 || e.Flips < 0 || e.Patience == 0 && e.Flips == 0 {
		return fmt.Errorf("patience for %d measurements, steps of %v in the loss, %v of the weights; want one of patience and weights above 0, and nothing below", e.Patience, e.Delta, e.Flips)
	}
	if e.Patience > 0 && l.Data.Validation == nil && l.Data.Test == nil {
		return fmt.Errorf("there is no validation or test split to measure the loss on")
	}
	return nil
}

// BeforeStep takes the first look at the codes, unless they are known from the
// last measurement of a run that is resumed.
func (e *EarlyStop) BeforeStep(l *Loop) error {
	if e.Flips > 0 && e.flips.before == nil {
		e.flips.look(l.Model)
	}
	return nil
}

// Measured stops the run if it is time.
func (e *EarlyStop) Measured(l *Loop, stat EpochStat) error {
	s := &e.state
	s.Seen++
	if m := stat.Measured(); e.Patience > 0 && m.N > 0 {
		if s.Seen == 1 || m.Loss < s.Best-e.Delta {
			s.Best, s.Waited = m.Loss, 0
		} else if s.Waited++; s.Waited >= e.Patience {
			l.Stop(fmt.Sprintf("the loss has not fallen below %.4g for %d measurements", s.Best, s.Waited))
		}
	}
	if e.Flips > 0 {
		all := total(e.flips.look(l.Model))
		if rate := share(all.flips, all.weights); all.weights > 0 && rate < e.Flips {
			l.Stop(fmt.Sprintf("%.3g of the quantised weights changed since the last measurement", rate))
		}
	}
	return nil
}

// State is what has been seen, with the codes of the weights at that time.
func (e *EarlyStop) State() ([]byte, error) {
	s := e.state
	s.Codes = map[string][]byte{}
	for name, codes := range e.flips.before {
		b := make([]byte, len(codes))
		for i, c := range codes {
			b[i] = byte(c)
		}
		s.Codes[name] = b
	}
	return json.Marshal(s)
}

// SetState takes back what State returned.
func (e *EarlyStop) SetState(state []byte) error {
	var s earlyState
	if err := json.Unmarshal(state, &s); err != nil {
		return fmt.Errorf("what it remembers: %w", err)
	}
	e.flips.before = nil
	if len(s.Codes) > 0 {
		e.flips.before = map[string][]int8{}
	}
	for name, b := range s.Codes {
		codes := make([]int8, len(b))
		for i, c := range b {
			codes[i] = int8(c)
		}
		e.flips.before[name] = codes
	}
	s.Codes = nil
	e.state = s
	return nil
}
