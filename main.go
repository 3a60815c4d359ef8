// Command setun is a Jupyter kernel for Go in which people build BitNet b1.58
// networks cell by cell. It also runs notebooks without Jupyter, and tells
// Jupyter where it is.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"

	"golang.org/x/term"

	"setun/install"
	"setun/kernel"
	"setun/kernel/notebook"
	"setun/kernel/session"
	cells "setun/kernel/session/bench"
	"setun/kernel/wire"
	"setun/runtime/bench"
	"setun/runtime/qat/results"
)

const usage = `Setun: a Jupyter kernel for Go, for networks with ternary weights.

Usage:
  setun run NOTEBOOK [-o OUT] [-p NAME=VALUE]... [--allow-errors] [-q]
            [-engine NAME]
        execute a notebook in a fresh kernel; write it, and an HTML page
        beside it, to OUT (default: out/ and the notebook's name)
  setun install [--user | --sys-prefix | --prefix DIR] [--name NAME]
                [--display-name TEXT]
        tell Jupyter about this binary; notebooks then offer "Go (Setun)"
  setun uninstall [--user | --sys-prefix | --prefix DIR] [--name NAME]
        remove what install wrote
  setun doctor
        say what is found, what is selected, what is missing and how to mend it
  setun kernel -f CONNECTION_FILE [-engine NAME] [-v]
        be a kernel; Jupyter calls this
  setun bench [ROW]... [--json] [--threads N,N] [--seconds S] [--peers DIR]
        measure the compute core beside the machine's ceilings and other
        libraries; rows are gemm, ternary, gemv, mlp, ..., or gemm/NT; cells,
        alone, is how fast cells run, beside yaegi and compiled Go
  setun results [STUDY]... [--seeds N] [--log FILE] [--json]
        train the networks of RESULTS.md again and print their outcomes; studies
        are mnist, mnist/h64, ..., or one arm of a study: mnist/h64/b1.58
  setun version
  setun help

Options:
  -o OUT             the executed notebook: a .ipynb file, or a folder
  -p NAME=VALUE      set a variable of the cell that is tagged "parameters"
  --allow-errors     go on after a cell that fails
  -q                 show no progress
  --user             for this person (the default)
  --sys-prefix       for the active Python environment
  --prefix DIR       for the environment in DIR
  --name NAME        the kernel's name in notebooks (default: setun)
  --display-name T   the kernel's name for people (default: Go (Setun))
  -engine NAME       what runs the cells: compiled (the default), or yaegi, which
                     is slow and there to compare with
  -v                 log what the kernel does to standard error
  --json             one object a row
  --threads N,N      numbers of threads to measure with (default: 1 and all)
  --seconds S        time for each comparison (default: 1)
  --seeds N          run with seeds 1 to N (default: 5)
  --log FILE         outcomes to keep: what is in FILE is not run again
  --peers DIR        programs of other libraries, which make bench sets up
                     (default: .cache/peers/bin)

Environment:
  SETUN_CACHE        where data sets are kept
  SETUN_CPU          force one set of compute kernels, such as go or avx2
  JUPYTER_DATA_DIR   where Jupyter keeps what belongs to a person
`

var commands = map[string]func(ctx context.Context, args []string) error{
	"run":       runCommand,
	"install":   installCommand,
	"uninstall": uninstallCommand,
	"doctor":    doctorCommand,
	"kernel":    kernelCommand,
	"bench":     benchCommand,
	"results":   resultsCommand,
	"version":   versionCommand,
	"help":      helpCommand,
}

func main() { os.Exit(setun(os.Args[1:])) }

// setun runs one subcommand and returns the exit code: 0, 1 if it failed, 2 if
// it was called wrongly.
func setun(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if len(args) == 0 {
		fmt.Fprint(os.Stderr, usage)
		return 2
	}
	name := args[0]
	if name == "-h" || name == "-help" || name == "--help" {
		name = "help"
	}
	command := commands[name]
	if command == nil {
		return report(badUsage("there is no command %q", name))
	}
	err := command(ctx, args[1:])
	if errors.Is(err, flag.ErrHelp) {
		err = helpCommand(ctx, nil)
	}
	return report(err)
}

// A usageError is a command that was called wrongly.
type usageError struct{ error }

func (usageError) Hint() string { return "setun help shows all commands and options" }

func badUsage(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

// report prints err, and what to do about it where the error knows.
func report(err error) int {
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "setun: error:", err)
	if h, ok := errors.AsType[interface {
		error
		Hint() string
	}](err); ok && h.Hint() != "" {
		fmt.Fprintln(os.Stderr, "setun: hint:", h.Hint())
	}
	if _, ok := errors.AsType[usageError](err); ok {
		return 2
	}
	return 1
}

// parse parses flags wherever they stand and returns the other arguments, of
// which there must be want, or any number if want is negative.
func parse(fs *flag.FlagSet, args []string, want int, what string) ([]string, error) {
	fs.SetOutput(io.Discard)
	var rest []string
	for {
		if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
			return nil, err
		} else if err != nil {
			return nil, badUsage("%s: %w", fs.Name(), err)
		}
		if fs.NArg() == 0 {
			break
		}
		rest = append(rest, fs.Arg(0))
		args = fs.Args()[1:]
	}
	if len(rest) < want {
		return nil, badUsage("%s: %s is missing", fs.Name(), what)
	}
	if want >= 0 && len(rest) > want {
		return nil, badUsage("%s: what is %q?", fs.Name(), rest[want])
	}
	return rest, nil
}

func newFlags(name string) *flag.FlagSet { return flag.NewFlagSet(name, flag.ContinueOnError) }

func runCommand(ctx context.Context, args []string) error {
	fs := newFlags("run")
	out := fs.String("o", "out"+string(filepath.Separator), "")
	allowErrors := fs.Bool("allow-errors", false, "")
	quiet := fs.Bool("q", false, "")
	engine := fs.String("engine", "", "")
	var params []notebook.Param
	fs.Func("p", "", func(s string) error {
		p, err := notebook.ParseParam(s)
		params = append(params, p)
		return err
	})
	rest, err := parse(fs, args, 1, "the notebook")
	if err != nil {
		return err
	}
	if err := session.CheckEngine(*engine); err != nil {
		return badUsage("run: %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this binary: %w", err)
	}
	command := []string{self, "kernel"}
	if *engine != "" {
		command = append(command, "-engine", *engine)
	}
	job := notebook.Job{
		Input: rest[0], Output: *out, Params: params, Note: "Executed by Setun " + version() + ": every cell, in order, in a fresh kernel.",
		Options: notebook.Options{Command: command, AllowErrors: *allowErrors},
	}
	if !*quiet {
		job.Options.Progress = terminal(os.Stderr)
	}
	// The first Ctrl-C interrupts the cell, the second ends the kernel: not the
	// runner, which still writes what there is.
	interrupts := make(chan os.Signal, 2)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	job.Options.Interrupt = interrupts
	return job.Do(ctx)
}

// terminal shows progress on f.
func terminal(f *os.File) *notebook.Progress {
	p := &notebook.Progress{W: f, TTY: term.IsTerminal(int(f.Fd()))}
	if p.TTY {
		p.Width, _, _ = term.GetSize(int(f.Fd()))
	}
	return p
}

// place adds the flags that say where a kernelspec lives; the function it
// returns gives the folder.
func place(fs *flag.FlagSet) func(context.Context) (string, error) {
	user := fs.Bool("user", false, "")
	sys := fs.Bool("sys-prefix", false, "")
	prefix := fs.String("prefix", "", "")
	return func(ctx context.Context) (string, error) {
		h, err := install.ThisHost()
		if err != nil {
			return "", err
		}
		switch {
		case *user && (*sys || *prefix != "") || *sys && *prefix != "":
			return "", badUsage("%s: --user, --sys-prefix and --prefix exclude each other", fs.Name())
		case *sys:
			if *prefix, err = h.SysPrefix(ctx); err != nil {
				return "", err
			}
		case *prefix == "":
			return h.UserDir(), nil
		}
		dir, err := filepath.Abs(*prefix)
		return install.PrefixDir(dir), err
	}
}

func installCommand(ctx context.Context, args []string) error {
	fs := newFlags("install")
	folder := place(fs)
	name := fs.String("name", install.DefaultName, "")
	display := fs.String("display-name", install.DefaultDisplayName, "")
	if _, err := parse(fs, args, 0, ""); err != nil {
		return err
	}
	dir, err := folder(ctx)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this binary: %w", err)
	}
	dir, err = install.Install(dir, *name, install.NewSpec(self, *display))
	if err != nil {
		return err
	}
	fmt.Printf("installed %q in %s\n", *display, dir)
	return nil
}

func uninstallCommand(ctx context.Context, args []string) error {
	fs := newFlags("uninstall")
	folder := place(fs)
	name := fs.String("name", install.DefaultName, "")
	if _, err := parse(fs, args, 0, ""); err != nil {
		return err
	}
	dir, err := folder(ctx)
	if err != nil {
		return err
	}
	if dir, err = install.Uninstall(dir, *name); err != nil {
		return err
	}
	fmt.Println("removed", dir)
	return nil
}

func doctorCommand(ctx context.Context, args []string) error {
	if _, err := parse(newFlags("doctor"), args, 0, ""); err != nil {
		return err
	}
	h, err := install.ThisHost()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this binary: %w", err)
	}
	start := func(ctx context.Context) (string, error) {
		return notebook.Try(ctx, []string{self, "kernel"}, "6 * 7", "42")
	}
	broken := install.Report(os.Stdout, install.Doctor(ctx, h, self, version(), start))
	if broken > 0 {
		return fmt.Errorf("%d broken; each !! above says how to mend it", broken)
	}
	return nil
}

func kernelCommand(ctx context.Context, args []string) error {
	fs := newFlags("kernel")
	file := fs.String("f", "", "")
	verbose := fs.Bool("v", false, "")
	engine := fs.String("engine", "", "")
	if _, err := parse(fs, args, 0, ""); err != nil {
		return err
	}
	if err := session.CheckEngine(*engine); err != nil {
		return badUsage("kernel: %w", err)
	}
	if *file == "" {
		return badUsage("kernel: -f CONNECTION_FILE is missing")
	}
	conn, err := wire.ReadConnection(*file)
	if err != nil {
		return err
	}
	level := slog.LevelWarn
	if *verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	s, err := session.New(session.Config{Engine: *engine})
	if err != nil {
		return err
	}
	return kernel.Serve(ctx, conn, s, log)
}

func benchCommand(ctx context.Context, args []string) error {
	fs := newFlags("bench")
	var o bench.Options
	asJSON := fs.Bool("json", false, "")
	fs.Float64Var(&o.Seconds, "seconds", 1, "")
	fs.StringVar(&o.Peers, "peers", filepath.Join(".cache", "peers", "bin"), "")
	fs.Func("threads", "", func(s string) (err error) {
		o.Threads, err = bench.ParseThreads(s)
		return err
	})
	var err error
	if o.Rows, err = parse(fs, args, -1, ""); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	emit := bench.Table(os.Stdout)
	if *asJSON {
		emit = func(r bench.Row) error { return r.WriteJSON(os.Stdout) }
	}
	if slices.Equal(o.Rows, []string{cells.Name}) {
		return cells.Run(ctx, o.Seconds, emit)
	}
	return bench.Run(ctx, o, emit)
}

// resultsCommand prints outcomes to standard error as they come, and at the end the
// tables of RESULTS.md to standard output.
func resultsCommand(ctx context.Context, args []string) error {
	fs := newFlags("results")
	var o results.Options
	asJSON := fs.Bool("json", false, "")
	fs.IntVar(&o.Seeds, "seeds", 5, "")
	fs.StringVar(&o.Log, "log", "", "")
	var err error
	if o.Studies, err = parse(fs, args, -1, ""); err != nil {
		return err
	}
	if o.Seeds < 1 {
		return badUsage("results: %d seeds; want at least 1", o.Seeds)
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	if *asJSON {
		enc := json.NewEncoder(os.Stdout)
		return results.Run(ctx, o, func(out results.Outcome) error { return enc.Encode(out) })
	}
	var outcomes []results.Outcome
	err = results.Run(ctx, o, func(out results.Outcome) error {
		outcomes = append(outcomes, out)
		fmt.Fprintf(os.Stderr, "%s/%s, seed %d: %.4g (%.1f s)\n", out.Study, out.Arm, out.Seed, out.Value, out.Seconds)
		return nil
	})
	return errors.Join(err, results.WriteTable(os.Stdout, outcomes))
}

func versionCommand(_ context.Context, args []string) error {
	if _, err := parse(newFlags("version"), args, 0, ""); err != nil {
		return err
	}
	fmt.Println("setun", version())
	return nil
}

// version says what this binary was built from and with.
func version() string {
	return fmt.Sprintf("%s (%s %s/%s)", kernel.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

func helpCommand(context.Context, []string) error {
	fmt.Print(usage)
	return nil
}
