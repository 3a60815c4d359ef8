package results

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"
)

// Options say what to run. The zero Options are every study with seeds 1 to 5.
type Options struct {
	Studies []string // names, or beginnings of them up to a slash; all if empty
	Seeds   int      // 5 if 0
	Log     string   // a file of outcomes: those in it are not run again, new ones are added
}

// Run runs what o says and is not in the log yet, and calls emit with each outcome
// as soon as it is there, also with those of the log.
func Run(ctx context.Context, o Options, emit func(Outcome) error) error {
	studies, err := choose(o.Studies)
	if err != nil {
		return err
	}
	if o.Seeds < 0 || o.Seeds > 1000 {
		return fmt.Errorf("%d seeds: want 1 to 1000", o.Seeds)
	}
	if o.Seeds == 0 {
		o.Seeds = 5
	}
	done, err := readLog(o.Log)
	if err != nil {
		return err
	}
	var sets Sets
	for _, s := range studies {
		for _, a := range s.Arms {
			for seed := range uint64(o.Seeds) {
				outcome := Outcome{Study: s.Name, Arm: a.Name, Seed: seed + 1}
				if i := slices.IndexFunc(done, outcome.sameRun); i >= 0 {
					if err := emit(done[i]); err != nil {
						return err
					}
					continue
				}
				start := time.Now()
				outcome.Value, err = a.Train(ctx, &sets, seed+1)
				if ctx.Err() != nil {
					return ctx.Err()
				}
				if err != nil {
					return fmt.Errorf("%s/%s, seed %d: %w", s.Name, a.Name, seed+1, err)
				}
				outcome.Seconds = time.Since(start).Round(time.Millisecond).Seconds()
				if err := errors.Join(appendLog(o.Log, outcome), emit(outcome)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (o Outcome) sameRun(p Outcome) bool {
	return o.Study == p.Study && o.Arm == p.Arm && o.Seed == p.Seed
}

//go:embed measured.jsonl
var measured []byte

// Measured returns the outcomes that RESULTS.md reports.
func Measured() []Outcome {
	outcomes, err := parseLog(bytes.NewReader(measured), "measured.jsonl")
	if err != nil {
		panic(err) // the file is part of this package
	}
	return outcomes
}

// readLog reads a log of outcomes, which need not exist; there are none in "".
func readLog(path string) ([]Outcome, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return parseLog(f, path)
}

func parseLog(r io.Reader, name string) ([]Outcome, error) {
	var outcomes []Outcome
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		var o Outcome
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		outcomes = append(outcomes, o)
	}
	return outcomes, lines.Err()
}

// appendLog adds a line in one write, so that an end of the process at any moment
// leaves whole lines.
func appendLog(path string, o Outcome) error {
	if path == "" {
		return nil
	}
	line, err := json.Marshal(o)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	return errors.Join(err, f.Close())
}
