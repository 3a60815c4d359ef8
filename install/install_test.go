package install

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// binary makes a file that could be run.
func binary(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "setun")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestInstall(t *testing.T) {
	kernels, bin := t.TempDir(), binary(t)
	dir, err := Install(kernels, "setun", NewSpec(bin, DefaultDisplayName))
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "kernel.json"))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"argv":                    []any{bin, "kernel", "-f", "{connection_file}"},
		"display_name":            "Go (Setun)",
		"language":                "go",
		"interrupt_mode":          "message",
		"kernel_protocol_version": "5.5",
		"env":                     map[string]any{},
		"metadata":                map[string]any{"debugger": false, "setun": true},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("kernel.json, -want +got:\n%s", d)
	}
	for _, name := range []string{"logo-32x32.png", "logo-64x64.png", "logo-svg.svg"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}

	// Again, and with another binary: the same folder, nothing left over.
	if _, err := Install(kernels, "setun", NewSpec(bin, DefaultDisplayName)); err != nil {
		t.Errorf("again: %v", err)
	}
	other := binary(t)
	if _, err := Install(kernels, "setun", NewSpec(other, DefaultDisplayName)); err != nil {
		t.Errorf("another binary: %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 4 {
		t.Errorf("the folder holds %v (%v), want 4 files", entries, err)
	}
	found := Find([]string{filepath.Join(kernels, "nowhere"), kernels})
	if len(found) != 1 || found[0].Name != "setun" || found[0].Spec.Argv[0] != other {
		t.Errorf("found %+v", found)
	}

	if _, err := Uninstall(kernels, "setun"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
}

func TestInstallFaults(t *testing.T) {
	kernels, bin := t.TempDir(), binary(t)
	foreign := filepath.Join(kernels, "python3")
	if err := os.MkdirAll(foreign, 0o755); err != nil {
		t.Fatal(err)
	}
	spec := `{"argv":["python"],"display_name":"Python 3","language":"python"}`
	if err := os.WriteFile(filepath.Join(foreign, "kernel.json"), []byte(spec), 0o644); err != nil {
		t.Fatal(err)
	}
	plain := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(plain, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ test, name, binary, want string }{
		{"name", "Set un", bin, `"Set un" is not a kernel name`},
		{"empty name", "", bin, "is not a kernel name"},
		{"path", "..", bin, `".." is not a kernel name`},
		{"relative", "setun", "bin/setun", "needs an absolute path"},
		{"not there", "setun", filepath.Join(kernels, "gone"), "the binary to install"},
		{"not executable", "setun", plain, "not an executable file"},
		{"go run", "setun", "/tmp/go-build123/b001/exe/setun", "gone when go run ends"},
		{"foreign", "python3", bin, "holds another kernel"},
	}
	for _, tt := range tests {
		t.Run(tt.test, func(t *testing.T) {
			_, err := Install(kernels, tt.name, NewSpec(tt.binary, "x"))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
	if got, err := os.ReadFile(filepath.Join(foreign, "kernel.json")); err != nil || string(got) != spec {
		t.Errorf("the other kernel was touched: %s, %v", got, err)
	}
	for name, want := range map[string]string{"python3": "not removed", "setun": `no kernel "setun"`, "../x": "not a kernel name"} {
		if _, err := Uninstall(kernels, name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("uninstall %s: error %v, want %s", name, err, want)
		}
	}
}

func TestPaths(t *testing.T) {
	tests := []struct {
		name string
		goos string
		env  map[string]string
		want string
	}{
		{"linux", "linux", nil, "/home/a/.local/share/jupyter/kernels"},
		{"xdg", "linux", map[string]string{"XDG_DATA_HOME": "/x"}, "/x/jupyter/kernels"},
		{"macos", "darwin", nil, "/home/a/Library/Jupyter/kernels"},
		{"macos, platform folders", "darwin", map[string]string{"JUPYTER_PLATFORM_DIRS": "1"}, "/home/a/Library/Application Support/Jupyter/kernels"},
		{"platform folders off", "darwin", map[string]string{"JUPYTER_PLATFORM_DIRS": "No"}, "/home/a/Library/Jupyter/kernels"},
		{"windows", "windows", map[string]string{"APPDATA": "/roaming"}, "/roaming/jupyter/kernels"},
		{"windows, bare", "windows", nil, "/home/a/.jupyter/data/kernels"},
		{"windows, config", "windows", map[string]string{"JUPYTER_CONFIG_DIR": "/c"}, "/c/data/kernels"},
		{"windows, platform folders", "windows", map[string]string{"APPDATA": "/roaming", "LOCALAPPDATA": "/local", "JUPYTER_PLATFORM_DIRS": "1"}, "/local/Jupyter/kernels"},
		{"data dir", "darwin", map[string]string{"JUPYTER_DATA_DIR": "/d"}, "/d/kernels"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := Host{GOOS: tt.goos, Home: "/home/a", Getenv: func(k string) string { return tt.env[k] }}
			if got := filepath.ToSlash(h.UserDir()); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}

	env := map[string]string{"JUPYTER_PATH": "/p", "VIRTUAL_ENV": "/venv"}
	h := Host{GOOS: "linux", Home: "/home/a", Getenv: func(k string) string { return env[k] }}
	want := []string{
		"/p/kernels", "/home/a/.local/share/jupyter/kernels", "/venv/share/jupyter/kernels",
		"/usr/local/share/jupyter/kernels", "/usr/share/jupyter/kernels",
	}
	if d := cmp.Diff(want, h.SearchPath()); d != "" {
		t.Errorf("search path, -want +got:\n%s", d)
	}
	if got, err := h.SysPrefix(t.Context()); err != nil || got != "/venv" {
		t.Errorf("sys.prefix %s, %v", got, err)
	}
}

func TestLimits(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	tests := []struct {
		name string
		fs   fstest.MapFS
		want string
	}{
		{"none", fstest.MapFS{}, "none set by a control group"},
		{"v2", fstest.MapFS{
			"proc/self/cgroup":              file("0::/a/b\n"),
			"sys/fs/cgroup/a/b/cpu.max":     file("max 100000\n"),
			"sys/fs/cgroup/a/cpu.max":       file("150000 100000\n"),
			"sys/fs/cgroup/a/b/memory.max":  file("2147483648\n"),
			"sys/fs/cgroup/memory.max":      file("max\n"),
			"sys/fs/cgroup/a/memory.max":    file("3221225472\n"),
			"sys/fs/cgroup/unrelated/x.max": file("1\n"),
		}, "1.5 processors, 2.0 GiB of memory (control group)"},
		{"v1", fstest.MapFS{
			"proc/self/cgroup":                           file("4:cpu:/\n"),
			"sys/fs/cgroup/cpu/cpu.cfs_quota_us":         file("200000\n"),
			"sys/fs/cgroup/cpu/cpu.cfs_period_us":        file("100000\n"),
			"sys/fs/cgroup/memory/memory.limit_in_bytes": file("9223372036854771712\n"),
		}, "2 processors (control group)"},
		{"v1 without limits", fstest.MapFS{
			"sys/fs/cgroup/cpu/cpu.cfs_quota_us":  file("-1\n"),
			"sys/fs/cgroup/cpu/cpu.cfs_period_us": file("100000\n"),
		}, "none set by a control group"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := limits(tt.fs); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestJupyterVersions(t *testing.T) {
	out := "Selected Jupyter core packages...\nIPython          : 9.8.0\njupyter_client   : 8.10.0\njupyterlab       : 4.6.0\nnotebook         : not installed\n"
	if got, want := jupyterVersions(out), " (jupyter_client 8.10.0, jupyterlab 4.6.0)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestReport: what is broken is counted, what is missing is not.
func TestReport(t *testing.T) {
	var b strings.Builder
	n := Report(&b, []Section{
		{"one", []Check{{Name: "a", Found: "fine"}, {"b", Missing, "not\nthere", "get it"}}},
		{"two", []Check{{"c", Broken, "bad", "mend it"}}},
	})
	want := `one
  ok  a              fine
  --  b              not
                     there
                     → get it

two
  !!  c              bad
                     → mend it
`
	if n != 1 || b.String() != want {
		t.Errorf("%d broken, want 1; report\n%s\nwant\n%s", n, b.String(), want)
	}
}

func TestSpecCheck(t *testing.T) {
	self := binary(t)
	gone := filepath.Join(t.TempDir(), "gone")
	for _, tt := range []struct {
		argv  string
		state State
		mend  string
	}{
		{self, OK, ""},
		{binary(t), OK, "to use this one: setun install"},
		{gone, Broken, "setun install (with the options used before), or rm -r /k/setun"},
	} {
		got := specCheck(Found{"setun", "/k/setun", NewSpec(tt.argv, "Go")}, self)
		if got.State != tt.state || got.Mend != tt.mend {
			t.Errorf("%s: %+v", tt.argv, got)
		}
	}
}
