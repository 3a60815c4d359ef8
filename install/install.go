package install

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
)

// Install writes the kernelspec name below the folder kernels and returns its
// folder. Doing it twice changes nothing; a kernelspec of that name that is not
// ours is an error, and so is a binary that is not there to stay.
func Install(kernels, name string, spec Spec) (string, error) {
	if err := checkName(name); err != nil {
		return "", err
	}
	if err := checkBinary(spec.Argv[0]); err != nil {
		return "", err
	}
	dir := filepath.Join(kernels, name)
	if old, err := readSpec(dir); err == nil && !old.ours() {
		return "", &Error{
			Err:  fmt.Errorf("%s holds another kernel, %q", dir, old.DisplayName),
			Mend: "choose another name: setun install --name NAME",
		}
	}
	files, err := spec.files()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", unwritable(err)
	}
	for _, f := range files {
		if err := replace(filepath.Join(dir, f.name), f.data); err != nil {
			return "", unwritable(err)
		}
	}
	return dir, nil
}

func unwritable(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return &Error{Err: err, Mend: "install for yourself (--user, the default) or into an environment you own (--prefix DIR)"}
	}
	return err
}

// replace writes data to file in one step, unless it is there already.
func replace(file string, data []byte) error {
	if old, err := os.ReadFile(file); err == nil && bytes.Equal(old, data) {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails after the rename, which is meant
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return os.Rename(f.Name(), file)
}

// goRun matches the place where go run puts a binary, which is removed when it
// ends.
var goRun = regexp.MustCompile(`[/\\]go-build[0-9]+[/\\].*[/\\]exe[/\\]`)

// checkBinary reports why a kernelspec that starts binary would not work.
func checkBinary(binary string) error {
	if !filepath.IsAbs(binary) {
		return fmt.Errorf("%s: a kernelspec needs an absolute path", binary)
	}
	if goRun.MatchString(binary) {
		return &Error{
			Err:  errors.New("a kernelspec cannot point at what go run built: it is gone when go run ends"),
			Mend: "build first: make build && bin/setun install",
		}
	}
	fi, err := os.Stat(binary)
	if err != nil {
		return fmt.Errorf("the binary to install: %w", err)
	}
	if !fi.Mode().IsRegular() || runtime.GOOS != "windows" && fi.Mode()&0o111 == 0 {
		return fmt.Errorf("%s: not an executable file", binary)
	}
	return nil
}

// Uninstall removes the kernelspec name from the folder kernels and returns its
// folder. Only a kernelspec that Install wrote is removed.
func Uninstall(kernels, name string) (string, error) {
	if err := checkName(name); err != nil {
		return "", err
	}
	dir := filepath.Join(kernels, name)
	spec, err := readSpec(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return "", &Error{
			Err:  fmt.Errorf("no kernel %q in %s", name, kernels),
			Mend: "setun doctor lists the kernelspecs it finds",
		}
	}
	if err != nil {
		return "", err
	}
	if !spec.ours() {
		return "", &Error{
			Err:  fmt.Errorf("%s is another kernel, %q: not removed", dir, spec.DisplayName),
			Mend: "jupyter kernelspec remove " + name,
		}
	}
	// Without kernel.json the folder is no kernelspec any more, so an
	// interruption leaves nothing that Jupyter would try to start.
	if err := os.Remove(filepath.Join(dir, "kernel.json")); err != nil {
		return "", err
	}
	return dir, os.RemoveAll(dir)
}

// A Found is a kernelspec of ours on the search path.
type Found struct {
	Name string
	Dir  string
	Spec Spec
}

// Find lists our kernelspecs in the folders of dirs, in their order.
func Find(dirs []string) []Found {
	var found []Found
	for _, d := range dirs {
		entries, err := os.ReadDir(d)
		if err != nil {
			continue // most of the search path need not exist
		}
		for _, e := range entries {
			dir := filepath.Join(d, e.Name())
			if s, err := readSpec(dir); err == nil && s.ours() && len(s.Argv) > 0 {
				found = append(found, Found{e.Name(), dir, s})
			}
		}
	}
	return found
}
