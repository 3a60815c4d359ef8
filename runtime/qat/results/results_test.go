package results

import (
	"context"
	"errors"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestIntervalOverSeeds(t *testing.T) {
	// t of 4 degrees at 97.5 % is 2.776; the standard deviation of 1…5 is √2.5.
	got := interval([]float64{1, 2, 3, 4, 5})
	if want := 2.7764451 * math.Sqrt(2.5/5); got.Mean != 3 || math.Abs(got.Half-want) > 1e-6 || got.N != 5 {
		t.Errorf("interval of 1 to 5: %+v, want 3 ± %g", got, want)
	}
	if one := interval([]float64{7}); one.Mean != 7 || !math.IsNaN(one.Half) {
		t.Errorf("interval of a single 7: %+v", one)
	}
}

func TestNamesChooseStudiesAndArms(t *testing.T) {
	for _, c := range []struct {
		names []string
		arms  int // in all
	}{
		{[]string{"mnist/h64"}, len(mustStudy(t, "mnist/h64").Arms)},
		{[]string{"mnist/h64/b1.58"}, 1},
		{[]string{"mnist/h64/FP", "mnist/h64/b1.58"}, 2},
	} {
		chosen, err := choose(c.names)
		arms := 0
		for _, s := range chosen {
			arms += len(s.Arms)
		}
		if err != nil || arms != c.arms {
			t.Errorf("%v: %d arms, %v; want %d", c.names, arms, err, c.arms)
		}
	}
	_, err := choose([]string{"mnist/h64", "mnist/h63"})
	if unknown, ok := errors.AsType[UnknownStudyError](err); !ok || unknown.Name != "mnist/h63" || !strings.Contains(unknown.Hint(), "mnist/h64") {
		t.Errorf("a study that is not there: %v", err)
	}
}

func mustStudy(t *testing.T, name string) Study {
	t.Helper()
	for _, s := range Studies() {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no study %s", name)
	return Study{}
}

func TestNamesAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Studies() {
		baseline := false
		for _, a := range s.Arms {
			full := s.Name + "/" + a.Name
			if seen[full] {
				t.Errorf("%s is there twice", full)
			}
			seen[full] = true
			baseline = baseline || a.Name == s.Baseline
		}
		if s.Baseline != "" && !baseline {
			t.Errorf("%s: there is no arm %q to compare with", s.Name, s.Baseline)
		}
	}
	for _, o := range Measured() {
		if !seen[o.Study+"/"+o.Arm] {
			t.Errorf("measured.jsonl has an outcome of %s/%s, which nothing measures", o.Study, o.Arm)
		}
	}
}

func TestLogIsNotRunAgain(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log.jsonl")
	line := `{"study":"mnist/h64","arm":"FP","seed":1,"value":12.5,"seconds":1}` + "\n"
	if err := os.WriteFile(log, []byte(line), 0o644); err != nil {
		t.Fatal(err)
	}
	var got []Outcome
	err := Run(t.Context(), Options{Studies: []string{"mnist/h64/FP"}, Seeds: 1, Log: log}, func(o Outcome) error {
		got = append(got, o)
		return nil
	})
	if err != nil || len(got) != 1 || got[0].Value != 12.5 {
		t.Errorf("%v, %v; want the outcome of the log", got, err)
	}
	if err := os.WriteFile(log, []byte(line+"{\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Run(t.Context(), Options{Log: log}, nil); err == nil || !strings.Contains(err.Error(), "log.jsonl:2") {
		t.Errorf("a torn log: %v, want the file and the line", err)
	}
}

// The promise of measured.jsonl: the same command gives the same number, on every
// machine. This is the cheapest of its runs that trains a ternary network.
func TestMeasuredAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for seconds")
	}
	var want *Outcome
	for _, o := range Measured() {
		if o.Study == "mnist/h64" && o.Arm == "b1.58" && o.Seed == 1 {
			want = &o
		}
	}
	if want == nil {
		t.Fatal("measured.jsonl lacks mnist/h64/b1.58, seed 1")
	}
	err := Run(context.Background(), Options{Studies: []string{"mnist/h64/b1.58"}, Seeds: 1}, func(o Outcome) error {
		if o.Value != want.Value {
			t.Errorf("%v %% right, measured.jsonl says %v", o.Value, want.Value)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

var update = flag.Bool("update", false, "write the tables of RESULTS.md anew")

// RESULTS.md says what measured.jsonl says. After setun results --log
// runtime/qat/results/measured.jsonl, go test ./runtime/qat/results -run ResultsFile -update writes its
// tables anew.
func TestResultsFile(t *testing.T) {
	text, err := os.ReadFile("../../../RESULTS.md")
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	if err := WriteTable(&want, Measured()); err != nil {
		t.Fatal(err)
	}
	prose, tables, found := strings.Cut(string(text), "## Tables\n\n")
	if found && *update {
		tables = want.String()
		if err := os.WriteFile("../../../RESULTS.md", []byte(prose+"## Tables\n\n"+tables), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if !found || strings.TrimSpace(tables) != strings.TrimSpace(want.String()) {
		t.Errorf("RESULTS.md has other tables than those of measured.jsonl:\n%s", want.String())
	}
}

func TestConvergence(t *testing.T) {
	outcomes := []Outcome{
		{Study: "mnist/h64", Arm: "FP+RMSNorm", Seed: 1, Value: 97},
		{Study: "mnist/h64", Arm: "FP+RMSNorm", Seed: 2, Value: 97},
		{Study: "mnist/h64", Arm: "b1.58", Seed: 1, Value: 96},
		{Study: "mnist/h64", Arm: "b1.58", Seed: 2, Value: 95.99},
		{Study: "mnist/h64", Arm: "b1.58", Seed: 3, Value: 99}, // without a baseline
		{Study: "variants/h64", Arm: "median scale", Seed: 1, Value: 99},
	}
	if got := convergence(outcomes); got != (converged{runs: 2, near: 1}) {
		t.Errorf("%+v, want 1 of 2", got)
	}
}

func TestTable(t *testing.T) {
	outcomes := []Outcome{
		{Study: "mnist/h64", Arm: "FP+RMSNorm", Seed: 1, Value: 97},
		{Study: "mnist/h64", Arm: "FP+RMSNorm", Seed: 2, Value: 98},
		{Study: "mnist/h64", Arm: "b1.58", Seed: 2, Value: 97.5},
		{Study: "mnist/h64", Arm: "b1.58", Seed: 1, Value: 96.5},
	}
	var b strings.Builder
	if err := WriteTable(&b, outcomes); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"`setun results mnist/h64`",
		"| FP+RMSNorm | 97.50 ± 6.35 | 2 | 97.00 98.00 |  | 97.29 (PyTorch, 2 seeds) |",
		"| b1.58 | 97.00 ± 6.35 | 2 | 96.50 97.50 | −0.50 ± 0.00 | 96.33 (PyTorch, 2 seeds) |",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, b.String())
		}
	}
}
