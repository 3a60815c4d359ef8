package data

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// server publishes f and counts how often it is asked.
func server(t *testing.T, content map[string][]byte) (m mirror, asked *int) {
	t.Helper()
	asked = new(int)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked++
		c, ok := content[strings.TrimPrefix(r.URL.Path, "/")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Write(c)
	}))
	t.Cleanup(s.Close)
	return mirror{URL: s.URL + "/"}, asked
}

var letter = func() file {
	sum := sha256.Sum256(twoImages)
	return file{Name: "letter-idx3-ubyte", Size: int64(len(twoImages)), SHA256: hex.EncodeToString(sum[:])}
}()

func TestFetchOnceThenCache(t *testing.T) {
	good, asked := server(t, map[string][]byte{"letter-idx3-ubyte.gz": compress(t, twoImages)})
	set := published{Name: "Letters", Dir: filepath.Join(t.TempDir(), "a", "b"), Files: []file{letter}, Sources: []source{good}}
	for range 3 {
		content, err := set.load(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(content[0], twoImages) {
			t.Fatal("got other content than the server's")
		}
	}
	if *asked != 1 {
		t.Errorf("the server was asked %d times, want once", *asked)
	}
	entries, err := os.ReadDir(set.Dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("the cache holds %v (%v), want the one file", entries, err)
	}
}

func TestCorruptCacheIsFetchedAgainOnce(t *testing.T) {
	wrong := append([]byte(nil), twoImages...)
	wrong[20] ^= 1
	tests := []struct {
		name    string
		file    string
		content []byte
		want    string
	}{
		{"flipped bit", letter.Name, wrong, "SHA-256"},
		{"truncated", letter.Name, twoImages[:9], "at byte 9: 9 bytes, want 28"},
		{"too long", letter.Name, append(wrong, 0), "longer than the 28 bytes"},
		{"truncated gzip", letter.Name + ".gz", compress(t, twoImages)[:20], "truncated"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			path := writeFile(t, dir, tt.file, tt.content)
			bad, badAsked := server(t, map[string][]byte{letter.Name + ".gz": compress(t, wrong)})
			set := published{Name: "Letters", Dir: dir, Files: []file{letter}, Sources: []source{bad}}

			_, err := set.load(context.Background())
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
				t.Fatalf("got %v, want an error with %q and %q", err, tt.want, path)
			}
			if *badAsked != 1 {
				t.Errorf("a source with the wrong bytes was asked %d times, want once", *badAsked)
			}

			good, _ := server(t, map[string][]byte{letter.Name + ".gz": compress(t, twoImages)})
			set.Sources = []source{bad, good}
			if content, err := set.load(context.Background()); err != nil || !slices.Equal(content[0], twoImages) {
				t.Fatalf("not mended from the good source: %v", err)
			}
			set.Sources = nil
			if _, err := set.load(context.Background()); err != nil {
				t.Errorf("the mended cache: %v", err)
			}
		})
	}
}

func TestOfflineWithNothingCached(t *testing.T) {
	gone, _ := server(t, nil)
	set := published{Name: "Letters", Dir: t.TempDir(), Files: []file{letter}, Sources: []source{
		goModule{Command: "setun-no-such-command", Path: "example.com/letters", Version: "v1.0.0"},
		gone,
	}}
	_, err := set.load(context.Background())
	if !errors.Is(err, fs.ErrNotExist) || !errors.Is(err, exec.ErrNotFound) {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{set.Dir, letter.Name + ".gz", "go mod download example.com/letters", gone.URL, "404", "SETUN_CACHE"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
}

func TestMirrorStops(t *testing.T) {
	arrived := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	}))
	defer s.Close()
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-arrived
		cancel()
	}()
	set := published{Name: "Letters", Dir: t.TempDir(), Files: []file{letter}, Sources: []source{mirror{URL: s.URL + "/"}}}
	if _, err := set.load(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want context.Canceled", err)
	}
}

func TestMirrorRefusesAnEndlessStream(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			w.Write(make([]byte, 1<<16))
		}
	}))
	defer s.Close()
	if _, err := (mirror{URL: s.URL + "/"}).fetch(context.Background(), letter); err == nil {
		t.Fatal("an endless stream was accepted")
	}
}

// A go command that answers with whatever the test wants.
func TestGoModuleIsChecked(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("needs a shell to play the go command")
	}
	dir := t.TempDir()
	module := filepath.Join(dir, "module")
	if err := os.MkdirAll(filepath.Join(module, "data"), 0o755); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(module, "data"), letter.Name+".gz", compress(t, twoImages))
	tests := []struct{ name, script, want string }{
		{"good", fmt.Sprintf(`echo '{"Dir": %q, "Sum": "h1:good"}'`, module), ""},
		{"other sum", fmt.Sprintf(`echo '{"Dir": %q, "Sum": "h1:bad"}'`, module), "hash is h1:bad, want h1:good"},
		{"go's error", `printf '%s' '{"Error": "dial tcp: no route\nmore"}'; exit 1`, "dial tcp: no route"},
		{"fails", `echo 'go: broken' >&2; exit 1`, "exit status 1 go: broken"},
		{"not JSON", `echo hello`, "not JSON"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			command := filepath.Join(t.TempDir(), "go")
			if err := os.WriteFile(command, []byte("#!/bin/sh\n"+tt.script+"\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			m := goModule{Command: command, Path: "example.com/letters", Version: "v1.0.0", Sum: "h1:good", Folder: "data"}
			content, err := m.fetch(context.Background(), letter)
			switch {
			case tt.want == "" && (err != nil || !slices.Equal(content, twoImages)):
				t.Errorf("got %v", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

// The real thing. It is fetched once on a machine, into the user's cache.
func TestMNIST(t *testing.T) {
	d, err := MNIST(t.Context())
	if fe, ok := errors.AsType[*FetchError](err); ok && errors.Is(fe.Cache, fs.ErrNotExist) {
		t.Skipf("no MNIST to be had here: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if d.Train.Len() != 60000 || d.Test.Len() != 10000 || d.Train.Features() != 784 || len(d.Classes) != 10 {
		t.Fatalf("got %d/%d samples of %d features, %d classes", d.Train.Len(), d.Test.Len(), d.Train.Features(), len(d.Classes))
	}
	// Known facts of MNIST: the class counts, and the mean pixel 0.1307 that
	// every tutorial normalises with.
	if got, want := d.Train.Counts(), []int{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}; !slices.Equal(got, want) {
		t.Errorf("train counts %v, want %v", got, want)
	}
	sum := 0
	for _, p := range d.Train.samples.(*images).pixels {
		sum += int(p)
	}
	if mean := float64(sum) / 255 / float64((60000 * 784)); mean < 0.13065 || mean > 0.13067 {
		t.Errorf("mean pixel %v, want 0.13066", mean)
	}
	if first := d.Train.Label(0); first != 5 {
		t.Errorf("the first training digit is a %d, want 5", first)
	}
	dir, missing, err := MNISTCache()
	if err != nil || len(missing) > 0 {
		t.Errorf("after loading, %v are missing in %s (%v)", missing, dir, err)
	}
}
