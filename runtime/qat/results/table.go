package results

import (
	"fmt"
	"io"
	"math"
	"strings"
)

// WriteTable writes the outcomes as the tables of RESULTS.md: a study each, with a
// row for each arm.
func WriteTable(w io.Writer, outcomes []Outcome) error {
	var b strings.Builder
	for _, s := range Studies() {
		rows := s.rows(outcomes)
		if rows == "" {
			continue
		}
		fmt.Fprintf(&b, "### %s\n\n%s `setun results %s`\n\n", s.Name, s.About, s.Name)
		fmt.Fprintf(&b, "| | %s, mean ± 95 %% | seeds | each seed | against %s | others |\n|---|---|---|---|---|---|\n%s\n", s.Unit, s.Baseline, rows)
	}
	if c := convergence(outcomes); c.runs > 0 {
		fmt.Fprintf(&b, "### convergence\n\nOf %d ternary runs (architecture × data × seed) of the studies above, %d reach the float network of the same seed, normalised in the same places, within one point: %.0f %%. `setun results mnist fashion`\n", c.runs, c.near, 100*float64(c.near)/float64(c.runs))
	}
	_, err := io.WriteString(w, strings.TrimSuffix(b.String(), "\n"))
	return err
}

// converged counts ternary runs, and those which are within one point of their
// float baseline.
type converged struct{ runs, near int }

// convergence compares the ternary runs of classifiers with the float runs of the
// same seed.
func convergence(outcomes []Outcome) (c converged) {
	for _, s := range Studies() {
		if s.Baseline != "FP+RMSNorm" {
			continue
		}
		base := valuesOf(outcomes, s.Name, s.Baseline)
		for seed, v := range valuesOf(outcomes, s.Name, "b1.58") {
			against, ok := base[seed]
			if !ok {
				continue
			}
			c.runs++
			if v >= against-1 {
				c.near++
			}
		}
	}
	return c
}

func (s Study) rows(outcomes []Outcome) string {
	var b strings.Builder
	base := valuesOf(outcomes, s.Name, s.Baseline)
	for _, a := range s.Arms {
		values := valuesOf(outcomes, s.Name, a.Name)
		if len(values) == 0 {
			continue
		}
		var each, differences []float64
		for seed := uint64(1); len(each) < len(values); seed++ {
			v, ok := values[seed]
			if !ok {
				continue
			}
			each = append(each, v)
			if against, ok := base[seed]; ok && a.Name != s.Baseline {
				differences = append(differences, v-against)
			}
		}
		others := a.Source
		if a.Peer != 0 {
			others = fmt.Sprintf("%s (%s)", s.number(a.Peer), a.Source)
		}
		difference := ""
		if len(differences) > 0 {
			difference = s.signed(interval(differences))
		}
		var list []string
		for _, v := range each {
			list = append(list, s.number(v))
		}
		fmt.Fprintf(&b, "| %s | %s | %d | %s | %s | %s |\n", a.Name, s.spread(interval(each)), len(each), strings.Join(list, " "), difference, others)
	}
	return b.String()
}

// valuesOf returns the outcomes of an arm by seed.
func valuesOf(outcomes []Outcome, study, arm string) map[uint64]float64 {
	values := map[uint64]float64{}
	for _, o := range outcomes {
		if o.Study == study && o.Arm == arm {
			values[o.Seed] = o.Value
		}
	}
	return values
}

// number writes percentages with two digits, and losses, which are better when
// they are less, with three.
func (s Study) number(v float64) string {
	if s.Less {
		return fmt.Sprintf("%.3f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func (s Study) spread(i Interval) string {
	if math.IsNaN(i.Half) {
		return s.number(i.Mean)
	}
	return s.number(i.Mean) + " ± " + s.number(i.Half)
}

func (s Study) signed(i Interval) string {
	sign := "+"
	if i.Mean < 0 {
		sign, i.Mean = "−", -i.Mean
	}
	return sign + s.spread(i)
}
