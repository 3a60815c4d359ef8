package bench

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// Options say what to measure. The zero Options are everything, on one thread
// and on all, without peers.
type Options struct {
	Rows    []string // names of groups or rows, or beginnings of them up to a slash; all if empty
	Threads []int    // 1 and GOMAXPROCS if empty
	Seconds float64  // for each comparison, 1 if 0
	Peers   string   // the folder with the peers' programs
}

// ParseThreads reads numbers of threads with commas between them.
func ParseThreads(s string) ([]int, error) {
	var threads []int
	for _, f := range strings.Split(s, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(f))
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%q is not a number of threads", f)
		}
		threads = append(threads, n)
	}
	return threads, nil
}

// A group is some rows about one thing.
type group struct {
	name, about string
	rows        []row
}

// A row is what is measured by itself: one comparison for each number of threads.
type row struct {
	name    string // "gemm/NT/64x512x784", in groups without the group's
	measure func(b *bench, name string) error
}

// groups are all there is to measure, in the order of the report.
func groups() []group {
	all := []group{
		{"peak", "what the machine can do", peakRows()},
		{"gemm", "products of float32 matrices", gemmRows()},
		{"ternary", "int8 activations × ternary weights", ternaryRows()},
		{"gemv", "one token or a few × packed ternary weights", append(gemvRows(), tokensRows()...)},
		{"quantise", "activations to int8, weights to ternary", quantiseRows()},
		{"attention", "causal attention, forward and backward", attentionRows()},
		{"mlp", "a training step of 784-512-512-10, batch 64", mlpRows()},
		{"lenet", "a training step of LeNet (32 and 64 kernels of 5×5, 512 features), batch 128", lenetRows()},
		{"lm", "a training step of a language model: width 256, 4 layers, context 128, batch 8", lmRows()},
		{"sizes", "what quantisation costs a training step of networks of several sizes", sizesRows()},
		{"validation", "a measurement on the way, of networks of 10 million parameters", validationRows()},
		{"generate", "text from language models, token by token", generateRows()},
		{"identity", "the weights after 200 steps of training, as SHA-256", identityRows()},
	}
	for _, g := range all {
		for i := range g.rows {
			g.rows[i].name = g.name + "/" + g.rows[i].name
		}
	}
	return all
}

// Groups names the groups and says what each is about.
func Groups() (names, about []string) {
	for _, g := range groups() {
		names, about = append(names, g.name), append(about, g.about)
	}
	return names, about
}

// An UnknownRowError is a name that names nothing to measure.
type UnknownRowError struct{ Name string }

func (e UnknownRowError) Error() string { return fmt.Sprintf("there is no row %q", e.Name) }

// Hint says what there is.
func (e UnknownRowError) Hint() string {
	names, _ := Groups()
	group, _, _ := strings.Cut(e.Name, "/")
	for _, g := range groups() {
		if g.name == group {
			names = nil
			for _, r := range g.rows {
				names = append(names, r.name)
			}
		}
	}
	return "rows are " + strings.Join(names, ", ")
}

// bench is one run.
type bench struct {
	ctx     context.Context
	threads []int
	pace    pace
	peers   map[string]*Peer
	emit    func(Row) error
}

// Run measures what o says, and calls emit with each row as soon as it is there.
// It sets GOMAXPROCS and puts it back: nothing else should run meanwhile.
func Run(ctx context.Context, o Options, emit func(Row) error) error {
	chosen, err := choose(o.Rows)
	if err != nil {
		return err
	}
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	b := &bench{ctx: ctx, threads: o.Threads, pace: pace{turn: 0.03, rounds: 5, budget: o.Seconds}, emit: emit}
	if len(b.threads) == 0 {
		b.threads = slices.Compact([]int{1, before})
	}
	for _, t := range b.threads {
		if t < 1 || t > runtime.NumCPU() {
			return fmt.Errorf("%d threads: this machine has 1 to %d", t, runtime.NumCPU())
		}
	}
	if b.pace.budget < 0 {
		return fmt.Errorf("%g seconds for each comparison: there must be some", b.pace.budget)
	}
	if b.pace.budget == 0 {
		b.pace.budget = 1
	}
	if o.Peers != "" {
		peers, err := OpenPeers(ctx, o.Peers)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		b.peers = peers
		for _, p := range peers {
			defer p.Close()
		}
		if err != nil {
			if err := emit(Row{Name: "peers", Note: strings.ReplaceAll(err.Error(), "\n", "; ")}); err != nil {
				return err
			}
		}
	}
	for _, r := range chosen {
		if err := r.measure(b, r.name); err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
	}
	return nil
}

// choose returns the rows that names select.
func choose(names []string) ([]row, error) {
	var chosen []row
	found := map[string]bool{}
	for _, g := range groups() {
		for _, r := range g.rows {
			wanted := len(names) == 0
			for _, n := range names {
				if r.name == n || strings.HasPrefix(r.name, strings.TrimSuffix(n, "/")+"/") {
					found[n], wanted = true, true
				}
			}
			if wanted {
				chosen = append(chosen, r)
			}
		}
	}
	for _, n := range names {
		if !found[n] {
			return nil, UnknownRowError{n}
		}
	}
	return chosen, nil
}

// A rival is whom ours is compared with.
type rival struct {
	*side
	target float64 // of ours/rival; 0: there is none
}

// contest compares ours with its rivals in one interleaved run for each number of
// threads, and emits a row for each rival.
func (b *bench) contest(name, unit string, sides func(threads int) (ours *side, rivals []rival)) error {
	for _, threads := range b.threads {
		runtime.GOMAXPROCS(threads)
		ours, rivals := sides(threads)
		all := []*side{ours}
		for _, r := range rivals {
			all = append(all, r.side)
		}
		if err := takeTurns(b.ctx, all, b.pace); err != nil {
			return err
		}
		if ours.failed != nil {
			return ours.failed
		}
		r := Row{
			Name: name, Threads: threads, Ours: ours.rate(), Unit: unit,
			Spread: spread(ours.rates), Rounds: len(ours.rates),
		}
		rows := []Row{r}
		if len(rivals) > 0 {
			rows = nil
		}
		for _, v := range rivals {
			rows = append(rows, r.against(v))
		}
		for _, r := range rows {
			if err := b.emit(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// each emits a row for each number of threads, of what is no contest.
func (b *bench) each(measure func(threads int) Row) error {
	for _, threads := range b.threads {
		runtime.GOMAXPROCS(threads)
		if err := b.emit(measure(threads)); err != nil {
			return err
		}
		if b.ctx.Err() != nil {
			return b.ctx.Err()
		}
	}
	return nil
}

// against completes the row with what the rival did.
func (r Row) against(v rival) Row {
	r.Against = v.name
	if v.target != 0 {
		r.Target = &v.target
	}
	if v.failed != nil {
		r.Note = v.failed.Error()
		return r
	}
	peer := v.rate()
	share := r.Ours / peer
	r.Peer, r.Ratio = &peer, &share
	return r
}

// errAbsent is why a peer that is not there does not take part.
var errAbsent = errors.New("not here: make bench brings it")

// peer is the side of another library, asked for a case whose work is given.
func (b *bench) peer(name, ask string, work float64, threads int) *side {
	p := b.peers[name]
	s := &side{name: name, work: work}
	if p == nil {
		s.time = func(context.Context, int) (float64, error) { return 0, absent(name) }
		return s
	}
	s.name = p.About
	s.time = func(ctx context.Context, n int) (float64, error) { return p.time(ctx, threads, n, ask) }
	return s
}

// absent says how to get a peer.
func absent(name string) error {
	if name == "bitnet.cpp" {
		return errors.New("not here: runtime/bench/_peers/README.md says how to add it")
	}
	return errAbsent
}
