package notebook

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A Job is what setun run does: read a notebook, set its parameters, execute
// it, write it and its page.
type Job struct {
	Input   string
	Output  string // a .ipynb file, or a folder
	Params  []Param
	Note    string // goes to the foot of the page
	Options Options
}

// Do does the job. A notebook that fails is written too, up to and including
// the cell that failed; the error says where.
func (j Job) Do(ctx context.Context) error {
	start := time.Now()
	n, err := ReadFile(j.Input)
	if err != nil {
		return err
	}
	if err := n.checkLanguage(j.Input); err != nil {
		return err
	}
	if err := n.Inject(j.Params); err != nil {
		return fmt.Errorf("%s: %w", j.Input, err)
	}
	out, err := outputFile(j.Output, j.Input)
	if err != nil {
		return err
	}
	// As in Jupyter, relative paths in cells start at the notebook.
	dir, err := filepath.Abs(filepath.Dir(j.Input))
	if err != nil {
		return err
	}
	j.Options.Dir = dir

	// An output that cannot be written is told now and not after an hour.
	if err := tryFolder(filepath.Dir(out)); err != nil {
		return fmt.Errorf("the output: %w", err)
	}
	failed := Run(ctx, n, j.Options)
	page := Page{
		Title:     strings.TrimSuffix(filepath.Base(j.Input), filepath.Ext(j.Input)),
		Dir:       dir,
		Note:      j.Note,
		TrustHTML: true,
	}
	err = errors.Join(n.WriteFile(out), page.WriteFile(PageName(out), n))
	if err == nil && j.Options.Progress != nil {
		j.Options.Progress.wrote(out, PageName(out), time.Since(start))
	}
	if failed != nil {
		failed = fmt.Errorf("%s: %w", j.Input, failed)
	}
	return errors.Join(failed, err)
}

// tryFolder makes a folder, if need be, and a file in it.
func tryFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".setun-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// outputFile says where the executed notebook goes.
func outputFile(out, in string) (string, error) {
	fi, err := os.Stat(out)
	if err == nil && fi.IsDir() || strings.HasSuffix(out, "/") || strings.HasSuffix(out, string(filepath.Separator)) {
		name := strings.TrimSuffix(filepath.Base(in), filepath.Ext(in)) + ".ipynb"
		return filepath.Join(out, name), nil
	}
	if filepath.Ext(out) != ".ipynb" {
		return "", &Error{
			Err:  fmt.Errorf("the output %s is neither a folder nor a .ipynb file", out),
			Mend: "the HTML page is written beside the notebook by itself: -o NAME.ipynb",
		}
	}
	return out, nil
}

// checkLanguage refuses a notebook that says it is not Go: every cell of it
// would fail.
func (n *Notebook) checkLanguage(file string) error {
	spec, _ := n.Metadata["kernelspec"].(map[string]any)
	language, _ := spec["language"].(string)
	if language == "" || strings.EqualFold(language, "go") {
		return nil
	}
	return &Error{
		Err:  fmt.Errorf("%s is a notebook for the language %q, not for Go", file, language),
		Mend: "choose the kernel Go (Setun) in Jupyter and save it, if its cells are Go",
	}
}

// Try starts a kernel, evaluates one expression in it, and says how long that
// took. It fails if the value does not show as want.
func Try(ctx context.Context, command []string, expr, want string) (string, error) {
	start := time.Now()
	n := &Notebook{Cells: []*Cell{{Type: Code, ID: "try", Source: expr}}}
	if err := Run(ctx, n, Options{Command: command}); err != nil {
		return "", err
	}
	took := time.Since(start)
	for _, o := range n.Cells[0].Outputs {
		if got := plain(o); o.Type == Result && got == want {
			return fmt.Sprintf("starts, computes %s = %s, and ends within %s", expr, got, round(took)), nil
		}
	}
	return "", fmt.Errorf("the kernel starts, but %s does not show as %s", expr, want)
}
