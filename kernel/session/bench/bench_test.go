package bench

import (
	"context"
	"fmt"
	"testing"

	"setun/display"
	"setun/kernel/session"
	"setun/kernel/session/bench/programs"
	"setun/runtime/bench"
)

// Every row comes, and its numbers are some.
func TestRows(t *testing.T) {
	seen := map[string]bool{}
	err := Run(context.Background(), 0.01, func(r bench.Row) error {
		if seen[r.Name] = true; r.Ours <= 0 || r.Against != "" && (r.Peer == nil || *r.Peer <= 0) {
			t.Errorf("row %+v", r)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range programs.All {
		if !seen[Name+"/"+p.Name] {
			t.Errorf("no row for %s", p.Name)
		}
	}
	for _, name := range []string{"small cell", "training loop"} {
		if !seen[Name+"/"+name] {
			t.Errorf("no row for %s", name)
		}
	}
}

// What a program returns is the same in a cell as compiled.
func TestSame(t *testing.T) {
	for _, p := range programs.All {
		t.Run(p.Name, func(t *testing.T) {
			source, err := p.Source()
			if err != nil {
				t.Fatal(err)
			}
			c, err := newCells()
			if err != nil {
				t.Fatal(err)
			}
			if err := c.run(source); err != nil {
				t.Fatal(err)
			}
			r, err := c.session.Execute(context.Background(), session.Cell{Number: 2, Code: fmt.Sprintf("%s(1000)", p.Function), Output: nobody{}})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := r.Value.Data[display.MIMEText], fmt.Sprint(p.Run(1000)); got != want {
				t.Errorf("%s(1000) is %v in a cell and %v compiled", p.Function, got, want)
			}
		})
	}
}
