package install

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// DefaultName is the kernel name that notebooks store in metadata.kernelspec.
const DefaultName = "setun"

// DefaultDisplayName is what Jupyter's launcher shows.
const DefaultDisplayName = "Go (Setun)"

// protocol is the version of the Jupyter messaging protocol that the kernel
// speaks.
const protocol = "5.5"

// A Spec is the content of kernel.json.
type Spec struct {
	Argv          []string       `json:"argv"`
	DisplayName   string         `json:"display_name"`
	Env           map[string]any `json:"env"`
	InterruptMode string         `json:"interrupt_mode"`
	Protocol      string         `json:"kernel_protocol_version"`
	Language      string         `json:"language"`
	Metadata      map[string]any `json:"metadata"`
}

// NewSpec returns the kernelspec that starts binary.
func NewSpec(binary, displayName string) Spec {
	return Spec{
		Argv:          []string{binary, "kernel", "-f", "{connection_file}"},
		DisplayName:   displayName,
		Env:           map[string]any{},
		InterruptMode: "message",
		Protocol:      protocol,
		Language:      "go",
		Metadata:      map[string]any{"debugger": false, "setun": true},
	}
}

// ours reports whether the kernelspec was written by Install: nobody else's is
// ever replaced or removed.
func (s Spec) ours() bool { return s.Metadata["setun"] == true }

// readSpec reads dir/kernel.json.
func readSpec(dir string) (Spec, error) {
	file := filepath.Join(dir, "kernel.json")
	data, err := os.ReadFile(file)
	if err != nil {
		return Spec{}, err
	}
	var s Spec
	if err := json.Unmarshal(data, &s); err != nil {
		return Spec{}, fmt.Errorf("%s: %w", file, err)
	}
	return s, nil
}

//go:embed logo
var logos embed.FS

// files returns the content of the kernelspec's folder; kernel.json, which
// makes the folder a kernelspec, comes last.
func (s Spec) files() ([]file, error) {
	var fs []file
	entries, err := logos.ReadDir("logo")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		data, err := logos.ReadFile("logo/" + e.Name())
		if err != nil {
			return nil, err
		}
		fs = append(fs, file{e.Name(), data})
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetIndent("", " ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return nil, err
	}
	return append(fs, file{"kernel.json", buf.Bytes()}), nil
}

type file struct {
	name string
	data []byte
}

// validName is jupyter_client's rule for kernel names; lower case, because
// front ends fold case.
var validName = regexp.MustCompile(`^[a-z0-9._-]+$`)

func checkName(name string) error {
	if validName.MatchString(name) && strings.Trim(name, ".") != "" {
		return nil
	}
	return &Error{
		Err:  fmt.Errorf("%q is not a kernel name", name),
		Mend: "use lower-case letters, digits, '.', '_' and '-'",
	}
}

// An Error is a failure together with what a person can do about it.
type Error struct {
	Err  error
	Mend string
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// Hint returns the remedy.
func (e *Error) Hint() string { return e.Mend }
