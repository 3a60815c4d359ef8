package main

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes this test binary the setun command of the scripts, and the
// kernel that they start.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"setun": main})
}

// TestScripts runs testdata/script: every subcommand and every error, as a
// person types and sees it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			// A machine without Jupyter and with an empty home: nothing of the
			// real one may be seen or touched.
			self, err := exec.LookPath("setun")
			if err != nil {
				return err
			}
			e.Setenv("PATH", filepath.Dir(self))
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("JUPYTER_DATA_DIR", filepath.Join(e.WorkDir, "jupyter"))
			e.Setenv("SETUN_CACHE", filepath.Join(e.WorkDir, "cache"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			// code N COMMAND... runs a command that must end with exit code N.
			"code": func(ts *testscript.TestScript, _ bool, args []string) {
				want, err := strconv.Atoi(args[0])
				ts.Check(err)
				err = ts.Exec(args[1], args[2:]...)
				var exit *exec.ExitError
				if !errors.As(err, &exit) || exit.ExitCode() != want {
					ts.Fatalf("%v, want exit code %d", err, want)
				}
			},
		},
	})
}
