package data

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// archive is a tar archive of files with the given names and contents, and of
// their folder.
func archive(t *testing.T, files ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Name: "./usr/share/letters/", Typeflag: tar.TypeDir}); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(files); i += 2 {
		content := files[i+1].([]byte)
		if err := w.WriteHeader(&tar.Header{Name: files[i].(string), Typeflag: tar.TypeReg, Size: int64(len(content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// An apt-get and a dpkg-deb that do what the test wants.
func TestDebianPackage(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("needs a shell to play apt-get")
	}
	good := archive(t, "./usr/share/doc/letter-idx3-ubyte.gz", []byte("other"), "./usr/share/letters/"+letter.Name+".gz", compress(t, twoImages))
	tests := []struct {
		name, get string
		packed    []byte
		want      string
	}{
		{"good", "touch letters_1_all.deb; echo once >> $COUNT", good, ""},
		{"unknown", "echo 'W: other' >&2; echo 'E: Unable to locate package letters' >&2; exit 100", good, "exit status 100 E: Unable to locate package letters (if it does not know the package, run "},
		{"nothing", "exit 0", good, "it left 0 packages behind"},
		{"truncated", "touch letters_1_all.deb", good[:len(good)/2], "unexpected EOF"},
		{"without the file", "touch letters_1_all.deb", archive(t), "the package has no /usr/share/letters/letter-idx3-ubyte.gz"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			count := filepath.Join(dir, "count")
			t.Setenv("COUNT", count)
			script := func(name, text string) string {
				path := filepath.Join(dir, name)
				if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
					t.Fatal(err)
				}
				return path
			}
			packed := writeFile(t, dir, "packed.tar", tt.packed)
			d := &debianPackage{
				Get: script("get", tt.get), Unpack: script("unpack", fmt.Sprintf("cat %q", packed)),
				Name: "letters", Folder: "/usr/share/letters",
			}
			for range 2 {
				content, err := d.fetch(context.Background(), letter)
				switch {
				case tt.want == "" && (err != nil || !slices.Equal(content, twoImages)):
					t.Errorf("got %v", err)
				case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
					t.Errorf("got %v, want an error with %q", err, tt.want)
				}
			}
			if tt.want == "" {
				if got, err := os.ReadFile(count); err != nil || string(got) != "once\n" {
					t.Errorf("for two files it was fetched %q times (%v)", got, err)
				}
			}
		})
	}
}

func TestInstalled(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, dir, letter.Name+".gz", compress(t, twoImages))
	if content, err := (installed{dir}).fetch(context.Background(), letter); err != nil || !slices.Equal(content, twoImages) {
		t.Errorf("got %v", err)
	}
	if _, err := (installed{t.TempDir()}).fetch(context.Background(), letter); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// The real thing. It is fetched once on a machine, into the user's cache.
func TestFashionMNIST(t *testing.T) {
	d, err := FashionMNIST(t.Context())
	if fe, ok := errors.AsType[*FetchError](err); ok && errors.Is(fe.Cache, fs.ErrNotExist) {
		t.Skipf("no Fashion-MNIST to be had here: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if d.Train.Len() != 60000 || d.Test.Len() != 10000 || d.Train.Features() != 784 || len(d.Classes) != 10 {
		t.Fatalf("got %d/%d samples of %d features, %d classes", d.Train.Len(), d.Test.Len(), d.Train.Features(), len(d.Classes))
	}
	// Known facts of Fashion-MNIST: every class has as many samples, the first is
	// a boot, and the mean pixel is 0.2860.
	for _, s := range []*Split{d.Train, d.Test} {
		for c, n := range s.Counts() {
			if n != s.Len()/10 {
				t.Errorf("%d samples of class %d, want %d", n, c, s.Len()/10)
			}
		}
	}
	sum := 0
	for _, p := range d.Train.samples.(*images).pixels {
		sum += int(p)
	}
	if mean := float64(sum) / 255 / (60000 * 784); mean < 0.28603 || mean > 0.28605 {
		t.Errorf("mean pixel %v, want 0.28604", mean)
	}
	if first := d.Classes[d.Train.Label(0)]; first != "ankle boot" {
		t.Errorf("the first training image is a %s", first)
	}
	dir, missing, err := FashionMNISTCache()
	if err != nil || len(missing) > 0 {
		t.Errorf("after loading, %v are missing in %s (%v)", missing, dir, err)
	}
}
