package bench

import (
	"context"
	"testing"

	"setun/runtime/bench"
)

// Every row comes, and its numbers are some.
func TestRows(t *testing.T) {
	seen := map[string]bool{}
	err := Run(context.Background(), 0.01, func(r bench.Row) error {
		if seen[r.Name] = true; r.Ours <= 0 || r.Target == nil || r.Against != "" && (r.Peer == nil || *r.Peer <= 0) {
			t.Errorf("row %+v", r)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range programs {
		if !seen[Name+"/"+p.name] {
			t.Errorf("no row for %s", p.name)
		}
	}
	for _, name := range []string{"small cell", "training loop"} {
		if !seen[Name+"/"+name] {
			t.Errorf("no row for %s", name)
		}
	}
}
