package install

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// A Host is what the places of Jupyter's files depend on.
type Host struct {
	GOOS   string
	Home   string
	Getenv func(string) string
}

// ThisHost describes the running process.
func ThisHost() (Host, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return Host{}, fmt.Errorf("find the home folder: %w", err)
	}
	return Host{GOOS: runtime.GOOS, Home: home, Getenv: os.Getenv}, nil
}

// UserDir is the folder of the kernelspecs of this person, as jupyter_core
// finds it (jupyter_core/paths.py, jupyter_data_dir).
func (h Host) UserDir() string { return filepath.Join(h.dataDir(), "kernels") }

func (h Host) dataDir() string {
	if d := h.Getenv("JUPYTER_DATA_DIR"); d != "" {
		return d
	}
	platform := h.truthy("JUPYTER_PLATFORM_DIRS")
	switch h.GOOS {
	case "darwin":
		if platform {
			return filepath.Join(h.Home, "Library", "Application Support", "Jupyter")
		}
		return filepath.Join(h.Home, "Library", "Jupyter")
	case "windows":
		if d := h.Getenv("LOCALAPPDATA"); platform && d != "" {
			return filepath.Join(d, "Jupyter")
		}
		if d := h.Getenv("APPDATA"); d != "" {
			return filepath.Join(d, "jupyter")
		}
		if d := h.Getenv("JUPYTER_CONFIG_DIR"); d != "" {
			return filepath.Join(d, "data")
		}
		return filepath.Join(h.Home, ".jupyter", "data")
	}
	if d := h.Getenv("XDG_DATA_HOME"); d != "" {
		return filepath.Join(d, "jupyter")
	}
	return filepath.Join(h.Home, ".local", "share", "jupyter")
}

// truthy reads a variable as Jupyter does: set, and not one of the words for no.
func (h Host) truthy(name string) bool {
	switch strings.ToLower(h.Getenv(name)) {
	case "", "no", "n", "false", "off", "0", "0.0":
		return false
	}
	return true
}

// PrefixDir is the folder of the kernelspecs below an installation prefix, such
// as a virtual environment.
func PrefixDir(prefix string) string {
	return filepath.Join(prefix, "share", "jupyter", "kernels")
}

// SysPrefix is sys.prefix of the Python that a person would start: the active
// virtual or conda environment, else that of python3 on PATH.
func (h Host) SysPrefix(ctx context.Context) (string, error) {
	for _, name := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		if d := h.Getenv(name); d != "" {
			return d, nil
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for _, python := range []string{"python3", "python"} {
		out, err := exec.CommandContext(ctx, python, "-c", "import sys; print(sys.prefix)").Output()
		if err != nil {
			continue
		}
		if d := strings.TrimSpace(string(out)); filepath.IsAbs(d) {
			return d, nil
		}
	}
	return "", &Error{
		Err:  errors.New("--sys-prefix: no Python environment is active and there is no python3 on PATH"),
		Mend: "activate the environment first, or name it: setun install --prefix DIR",
	}
}

// SearchPath lists the folders in which Jupyter looks for kernelspecs, first
// match first: JUPYTER_PATH, the person's, the environment's, the system's.
func (h Host) SearchPath() []string {
	var dirs []string
	for _, d := range filepath.SplitList(h.Getenv("JUPYTER_PATH")) {
		dirs = append(dirs, filepath.Join(d, "kernels"))
	}
	dirs = append(dirs, h.UserDir())
	for _, name := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		if d := h.Getenv(name); d != "" {
			dirs = append(dirs, PrefixDir(d))
		}
	}
	if h.GOOS != "windows" {
		dirs = append(dirs, PrefixDir("/usr/local"), PrefixDir("/usr"))
	} else if d := h.Getenv("PROGRAMDATA"); d != "" && h.truthy("JUPYTER_USE_PROGRAMDATA") {
		dirs = append(dirs, filepath.Join(d, "jupyter", "kernels"))
	}
	seen := map[string]bool{}
	unique := dirs[:0]
	for _, d := range dirs {
		if !seen[d] {
			unique = append(unique, d)
		}
		seen[d] = true
	}
	return unique
}
