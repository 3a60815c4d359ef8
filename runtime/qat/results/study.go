package results

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"setun/runtime/qat/data"
)

// A Study compares arms: the same task, done in several ways.
type Study struct {
	Name  string // "mnist/h256"
	About string // one sentence: network, data, recipe
	Unit  string // of the outcomes: "% right", "nats a byte"
	// Less says that a lower outcome is better.
	Less bool
	// Baseline names the arm that the others are compared with, seed by seed.
	Baseline string
	Arms     []Arm
}

// An Arm is one way to do the task of a study.
type Arm struct {
	Name string // "b1.58"
	// Peer is what others report, in the unit of the study; 0 if nobody does.
	Peer   float64
	Source string // who, and under which conditions
	// Train does the task once and returns the outcome.
	Train func(ctx context.Context, sets *Sets, seed uint64) (float64, error)
}

// An Outcome is one run of an arm.
type Outcome struct {
	Study   string  `json:"study"`
	Arm     string  `json:"arm"`
	Seed    uint64  `json:"seed"`
	Value   float64 `json:"value"`
	Seconds float64 `json:"seconds"` // how long it took; the only part that a machine decides
}

// Sets are the data sets of a process, each loaded when the first study wants it.
type Sets struct{ loaded map[string]*data.Dataset }

// Get returns the data set that open opens, the same one each time.
func (s *Sets) Get(ctx context.Context, name string, open func(context.Context) (*data.Dataset, error)) (*data.Dataset, error) {
	if d := s.loaded[name]; d != nil {
		return d, nil
	}
	d, err := open(ctx)
	if err != nil {
		return nil, err
	}
	if s.loaded == nil {
		s.loaded = map[string]*data.Dataset{}
	}
	s.loaded[name] = d
	return d, nil
}

// An UnknownStudyError is a name that names no study.
type UnknownStudyError struct{ Name string }

func (e UnknownStudyError) Error() string { return fmt.Sprintf("there is no study %q", e.Name) }

// Hint says what there is.
func (e UnknownStudyError) Hint() string {
	var names []string
	for _, s := range Studies() {
		names = append(names, s.Name)
	}
	return "studies are " + strings.Join(names, ", ")
}

// choose returns the studies that names select: whole names, or beginnings up to a
// slash, or a study, a slash and one of its arms; all if there are no names.
func choose(names []string) ([]Study, error) {
	if len(names) == 0 {
		return Studies(), nil
	}
	var chosen []Study
	found := map[string]bool{}
	for _, s := range Studies() {
		var arms []Arm
		for _, a := range s.Arms {
			full := s.Name + "/" + a.Name
			if slices.ContainsFunc(names, func(n string) bool {
				n = strings.TrimSuffix(n, "/")
				if full != n && !strings.HasPrefix(full, n+"/") {
					return false
				}
				found[n] = true
				return true
			}) {
				arms = append(arms, a)
			}
		}
		if len(arms) > 0 {
			s.Arms = arms
			chosen = append(chosen, s)
		}
	}
	for _, n := range names {
		if !found[strings.TrimSuffix(n, "/")] {
			return nil, UnknownStudyError{n}
		}
	}
	return chosen, nil
}
