package install

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// jupyter looks for Jupyter itself and for our kernelspecs.
func jupyter(ctx context.Context, h Host, binary string) []Check {
	checks := []Check{jupyterCommand(ctx)}
	dirs := jupyterPath(ctx)
	if dirs == nil {
		dirs = h.SearchPath()
	}
	found := Find(dirs)
	if len(found) == 0 {
		return append(checks, Check{
			"kernelspec", Missing, "none found in\n" + strings.Join(dirs, "\n"), "setun install",
		})
	}
	for _, f := range found {
		checks = append(checks, specCheck(f, binary))
	}
	return checks
}

func jupyterCommand(ctx context.Context) Check {
	const mend = "pip install jupyterlab; setun run works without it"
	command, err := exec.LookPath("jupyter")
	if err != nil {
		return Check{"jupyter", Missing, "no jupyter command on PATH", mend}
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, command, "--version").Output()
	if err != nil {
		return Check{"jupyter", Broken, fmt.Sprintf("%s --version: %v", command, err), "reinstall it: pip install --force-reinstall jupyterlab"}
	}
	return Check{Name: "jupyter", Found: command + jupyterVersions(string(out))}
}

// jupyterPath asks the jupyter command where it looks for kernelspecs, which
// depends on the Python it runs in; nil if there is none to ask.
func jupyterPath(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "jupyter", "--paths", "--json").Output()
	if err != nil {
		return nil
	}
	var paths struct {
		Data []string `json:"data"`
	}
	if err := json.Unmarshal(out, &paths); err != nil {
		return nil
	}
	for i, d := range paths.Data {
		paths.Data[i] = filepath.Join(d, "kernels")
	}
	return paths.Data
}

// jupyterVersions picks from jupyter --version, which prints a line
// "component : version" for each, what matters to a kernel.
func jupyterVersions(out string) string {
	var versions []string
	for line := range strings.Lines(out) {
		name, version, ok := strings.Cut(line, ":")
		name, version = strings.TrimSpace(name), strings.TrimSpace(version)
		switch name {
		case "jupyterlab", "jupyter_client", "notebook", "nbclient":
			if ok && version != "not installed" {
				versions = append(versions, name+" "+version)
			}
		}
	}
	if versions == nil {
		return ""
	}
	return " (" + strings.Join(versions, ", ") + ")"
}

func specCheck(f Found, binary string) Check {
	c := Check{Name: "kernelspec", Found: fmt.Sprintf("%s: %q starts %s", f.Dir, f.Spec.DisplayName, f.Spec.Argv[0])}
	again := "setun install --name " + f.Name
	if f.Name == DefaultName {
		again = "setun install"
	}
	fi, err := os.Stat(f.Spec.Argv[0])
	if err != nil {
		c.State = Broken
		c.Found += ", which is not there"
		c.Mend = again + " (with the options used before), or rm -r " + f.Dir
		return c
	}
	if self, err := os.Stat(binary); err == nil && !os.SameFile(fi, self) {
		c.Found += ", another binary than this one"
		c.Mend = "to use this one: " + again
	}
	return c
}
