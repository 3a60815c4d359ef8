package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
)

// A Row is one comparison: ours and a peer at the same work, as rates, so that
// more is better, unless the unit says that it counts something to have little of.
type Row struct {
	Name    string   `json:"name"` // "gemm/NT/64x512x784"
	Threads int      `json:"threads"`
	Ours    float64  `json:"ours"`
	Peer    *float64 `json:"peer"` // null: there is none, or it is missing
	Against string   `json:"against,omitempty"`
	Unit    string   `json:"unit"`
	Ratio   *float64 `json:"ratio"`  // ours/peer
	Target  *float64 `json:"target"` // of the ratio, or of ours where there is no peer
	AtMost  bool     `json:"at_most,omitempty"`
	// Spread is how far the middle half of our turns reaches, as a share of their
	// median; Rounds how many turns there were.
	Spread float64 `json:"spread,omitempty"`
	Rounds int     `json:"rounds,omitempty"`
	Value  string  `json:"value,omitempty"` // what is not a number: a hash
	Note   string  `json:"note,omitempty"`
}

// Verdict is "reached", "missed", or "" where there is no target, or nothing to
// hold against it.
func (r Row) Verdict() string {
	if r.Target == nil {
		return ""
	}
	got := r.Ours
	if r.Against != "" {
		if r.Ratio == nil {
			return ""
		}
		got = *r.Ratio
	}
	if r.AtMost && got <= *r.Target || !r.AtMost && got >= *r.Target {
		return "reached"
	}
	return "missed"
}

// WriteJSON writes the row as a line.
func (r Row) WriteJSON(w io.Writer) error { return json.NewEncoder(w).Encode(r) }

// Table writes rows for people, each as it comes. The rows of one measurement
// stand together and name it once.
func Table(w io.Writer) func(Row) error {
	var last Row
	line := func(cells ...any) error {
		_, err := fmt.Fprintf(w, "%-38s %2v  %10s %-10s  %-28s %10s %7s %8s  %s\n", cells...)
		return err
	}
	return func(r Row) error {
		if last.Name == "" {
			if err := line("", "T", "ours", "", "against", "", "ratio", "target", ""); err != nil {
				return err
			}
		}
		name, threads, ours, unit := r.Name, fmt.Sprint(r.Threads), short(r.Ours), r.Unit
		if r.Value != "" {
			ours = r.Value
		}
		if last.Name == r.Name && last.Threads == r.Threads && last.Ours == r.Ours {
			name, threads, ours, unit = "", "", "", ""
		}
		last = r
		return line(name, threads, ours, unit, r.Against, number(r.Peer, short), number(r.Ratio, ratio), r.target(), r.remark())
	}
}

func (r Row) target() string {
	if r.Target == nil {
		return ""
	}
	sign := "≥ "
	if r.AtMost {
		sign = "≤ "
	}
	return sign + ratio(*r.Target)
}

func (r Row) remark() string {
	verdict := r.Verdict()
	if verdict != "" && r.Note != "" {
		verdict += "; "
	}
	return verdict + r.Note
}

func number(v *float64, format func(float64) string) string {
	if v == nil {
		return ""
	}
	return format(*v)
}

// short writes v with three digits that count.
func short(v float64) string {
	digits := 0
	if a := math.Abs(v); a > 0 && a < 100 {
		digits = max(0, min(9, 2-int(math.Floor(math.Log10(a)))))
	}
	return fmt.Sprintf("%.*f", digits, v)
}

func ratio(v float64) string { return fmt.Sprintf("%.2f", v) }
