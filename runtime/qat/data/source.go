package data

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// A source can deliver published files. What it delivers is checked by the
// caller; String names it in errors.
type source interface {
	fetch(ctx context.Context, f file) ([]byte, error)
	String() string
}

// fetchTimeout is how long one file, or one module, may take to arrive.
const fetchTimeout = 5 * time.Minute

// A mirror is an HTTP server that has each file, compressed, under URL.
type mirror struct {
	URL string
}

func (m mirror) String() string { return m.URL }

func (m mirror) fetch(ctx context.Context, f file) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, m.URL+f.Name+".gz", nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		// The address is already in String: keep what went wrong.
		if ue, ok := errors.AsType[*url.Error](err); ok {
			err = ue.Err
		}
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server answers %s", resp.Status)
	}
	// Compression makes a file longer by its header at most; a stream that goes
	// on is not this file.
	return readAll(ctx, f.Name+".gz", io.LimitReader(resp.Body, f.Size+4096), f.Size, f.Size)
}

// A goModule is a published Go module that carries the files, compressed, in
// Folder. The go command fetches it through whatever proxy the person has set
// up, into its own module cache.
type goModule struct {
	Command string // the go command
	Path    string
	Version string
	Sum     string // what go.sum would say: the hash of the whole module
	Folder  string
}

func (m goModule) String() string {
	return "go mod download " + m.Path + "@" + m.Version
}

func (m goModule) fetch(ctx context.Context, f file) ([]byte, error) {
	dir, err := m.download(ctx)
	if err != nil {
		return nil, err
	}
	return readContent(ctx, filepath.Join(dir, filepath.FromSlash(path.Join(m.Folder, f.Name+".gz"))), f.Size)
}

// download returns the folder of the module in the module cache.
func (m goModule) download(ctx context.Context) (string, error) {
	command, err := exec.LookPath(m.Command)
	if err != nil {
		return "", err
	}
	empty, err := os.MkdirTemp("", "setun-data-*")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(empty)

	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, command, "mod", "download", "-json", m.Path+"@"+m.Version)
	cmd.Dir = empty
	// The module that we happen to run in, and flags meant for it, must not
	// matter; nor is a newer toolchain needed. The sum below is the check, so
	// the checksum database need not be reachable.
	cmd.Env = append(os.Environ(), "GO111MODULE=on", "GOFLAGS=", "GOWORK=off", "GOTOOLCHAIN=local", "GOSUMDB=off")
	cmd.WaitDelay = time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	runErr := cmd.Run()

	var answer struct{ Dir, Sum, Error string }
	if err := json.Unmarshal(stdout.Bytes(), &answer); err != nil && runErr == nil {
		return "", fmt.Errorf("its answer is not JSON: %w", err)
	}
	switch {
	case answer.Error != "":
		return "", errors.New(firstLine(answer.Error))
	case runErr != nil:
		return "", fmt.Errorf("%w %s", runErr, firstLine(stderr.String()))
	case answer.Sum != m.Sum:
		return "", fmt.Errorf("the module's hash is %s, want %s", answer.Sum, m.Sum)
	}
	return answer.Dir, nil
}

// firstLine keeps an error of another program to one line.
func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
