package bench

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// clockwork is a side that claims to need so many seconds a piece, and writes its
// turns down.
func clockwork(name string, work, seconds float64, turns *[]string) *side {
	return &side{name: name, work: work, time: func(_ context.Context, n int) (float64, error) {
		*turns = append(*turns, name)
		return seconds * float64(n), nil
	}}
}

func TestTakeTurns(t *testing.T) {
	var turns []string
	// b needs twice as long for a piece, which is four times the work.
	a, b := clockwork("a", 1, 0.001, &turns), clockwork("b", 4, 0.002, &turns)
	if err := takeTurns(context.Background(), []*side{a, b}, pace{turn: 0.03, rounds: 3}); err != nil {
		t.Fatal(err)
	}
	if a.pieces != 30 || b.pieces != 15 {
		t.Errorf("%d and %d pieces in a turn, want 30 and 15", a.pieces, b.pieces)
	}
	if a.rate() != 1000 || b.rate() != 2000 {
		t.Errorf("rates %v and %v, want 1000 and 2000", a.rate(), b.rate())
	}
	if got := strings.Join(turns, ""); !strings.HasSuffix(got, "ababab") {
		t.Errorf("turns %s do not end in three rounds", got)
	}
}

func TestTakeTurnsDropsWhoFails(t *testing.T) {
	var turns []string
	a := clockwork("a", 1, 0.001, &turns)
	broken := errors.New("broken")
	calls := 0
	late := &side{name: "late", work: 1, time: func(_ context.Context, n int) (float64, error) {
		if calls++; calls > 3 {
			return 0, broken
		}
		return 0.03, nil
	}}
	never := &side{name: "never", work: 1, time: func(context.Context, int) (float64, error) { return 0, broken }}
	idle := &side{name: "idle", work: 1, time: func(context.Context, int) (float64, error) { return 0, nil }}
	if err := takeTurns(context.Background(), []*side{a, late, never, idle}, pace{turn: 0.03, rounds: 4}); err != nil {
		t.Fatal(err)
	}
	if a.failed != nil || len(a.rates) != 4 {
		t.Errorf("a had %d turns and %v, want 4", len(a.rates), a.failed)
	}
	if !errors.Is(late.failed, broken) || !errors.Is(never.failed, broken) || idle.failed == nil {
		t.Errorf("failures %v, %v, %v", late.failed, never.failed, idle.failed)
	}
}

func TestTakeTurnsEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s := &side{name: "s", work: 1}
	s.time = func(context.Context, int) (float64, error) {
		cancel()
		return 1, nil
	}
	if err := takeTurns(ctx, []*side{s}, pace{turn: 1, rounds: 1000}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
}

func TestContest(t *testing.T) {
	var turns []string
	var rows []Row
	b := &bench{ctx: context.Background(), threads: []int{1}, pace: pace{rounds: 2}, emit: func(r Row) error {
		rows = append(rows, r)
		return nil
	}}
	err := b.contest("race", "m/s", func(int) (*side, []rival) {
		return clockwork("ours", 6, 2, &turns), []rival{
			{clockwork("tortoise", 1, 1, &turns), 4},
			{b.peer("hare", "race 1", 1, 1), 2},
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 {
		t.Fatalf("%d rows, want 2", len(rows))
	}
	if r := rows[0]; r.Ours != 3 || *r.Peer != 1 || *r.Ratio != 3 || *r.Target != 4 || r.Verdict() != "missed" || r.Rounds != 2 {
		t.Errorf("against the tortoise: %+v", r)
	}
	if r := rows[1]; r.Ours != 3 || r.Peer != nil || r.Ratio != nil || *r.Target != 2 || r.Verdict() != "" || r.Note != "not here: make bench brings it" {
		t.Errorf("against the hare, which is not there: %+v", r)
	}
}
