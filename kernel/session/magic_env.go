package session

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// cdMagic is %cd: the folder is that of the process, as os.Chdir changes it.
func cdMagic(_ *Session, _ context.Context, _ Cell, dir string) (Result, error) {
	if dir != "" {
		if rest, ok := strings.CutPrefix(dir, "~"); ok && (rest == "" || rest[0] == '/') {
			home, err := os.UserHomeDir()
			if err != nil {
				return Result{}, magicError("%%cd %s: %v", dir, err)
			}
			dir = filepath.Join(home, rest)
		}
		if err := os.Chdir(dir); err != nil {
			var p *os.PathError
			if errors.As(err, &p) {
				err = p.Err
			}
			return Result{}, magicError("%%cd %s: %v", dir, err)
		}
	}
	now, err := os.Getwd()
	if err != nil {
		return Result{}, magicError("%%cd: %v", err)
	}
	return said("%s", now)
}

// envMagic is %env: the variables are those of the process, and cells and the
// commands that they run see them.
func envMagic(_ *Session, _ context.Context, _ Cell, arg string) (Result, error) {
	if arg == "" {
		list := os.Environ()
		slices.Sort(list)
		return said("%s", strings.Join(list, "\n"))
	}
	name, value, set := strings.Cut(arg, "=")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if set {
		if err := os.Setenv(name, value); err != nil {
			return Result{}, magicError("%%env %s: %v", arg, err)
		}
		return said("%s=%s", name, value)
	}
	value, ok := os.LookupEnv(name)
	if !ok {
		return Result{}, magicError("%%env: there is no variable %s; %%env %s=VALUE sets it", name, name)
	}
	return said("%s", value)
}

func completeEnv(*Session, string) []string {
	var names []string
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		names = append(names, name)
	}
	return names
}

// completeFolders lists the folders that begin with what has been typed.
func completeFolders(_ *Session, typed string) []string {
	dir, _ := filepath.Split(typed)
	in := dir
	if in == "" {
		in = "."
	}
	// A folder that cannot be read completes to nothing.
	entries, _ := os.ReadDir(in)
	var names []string
	for _, e := range entries {
		if info, err := os.Stat(filepath.Join(in, e.Name())); err == nil && info.IsDir() {
			names = append(names, dir+e.Name()+string(filepath.Separator))
		}
	}
	return names
}
