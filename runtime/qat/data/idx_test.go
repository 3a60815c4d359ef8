package data

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// idx builds an IDX file.
func idx(magic uint32, dims []uint32, elements []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, magic)
	for _, d := range dims {
		b = binary.BigEndian.AppendUint32(b, d)
	}
	return append(b, elements...)
}

func compress(t *testing.T, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func writeFile(t *testing.T, dir, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// Two images of 2×3 pixels.
var (
	twoImages = idx(idxImages, []uint32{2, 2, 3}, []byte{0, 51, 102, 153, 204, 255, 255, 0, 255, 0, 255, 0})
	twoLabels = idx(idxLabels, []uint32{2}, []byte{1, 0})
)

func TestReadIDX(t *testing.T) {
	dir := t.TempDir()
	images := writeFile(t, dir, "images.gz", compress(t, twoImages))
	labels := writeFile(t, dir, "labels", twoLabels)
	s, err := ReadIDX(context.Background(), images, labels)
	if err != nil {
		t.Fatal(err)
	}
	height, width := s.Pixels()
	if s.Len() != 2 || height != 2 || width != 3 || s.Label(0) != 1 || s.Label(1) != 0 {
		t.Fatalf("got %d samples of %d×%d, labels %d %d", s.Len(), height, width, s.Label(0), s.Label(1))
	}
	x, y := s.Batch([]int{0, 1})
	want := []float32{0, 0.2, 0.4, 0.6, 0.8, 1, 1, 0, 1, 0, 1, 0}
	for i, v := range x.Data() {
		if v != want[i] {
			t.Errorf("x[%d] = %v, want %v", i, v, want[i])
		}
	}
	if y[0] != 1 || y[1] != 0 {
		t.Errorf("y = %v", y)
	}
}

func TestBadIDX(t *testing.T) {
	tests := []struct {
		name           string
		images, labels []byte
		compressed     bool
		offset         int64
		want           string
	}{
		{name: "empty", images: nil, labels: twoLabels, offset: 0, want: "truncated inside its header"},
		{name: "header cut", images: twoImages[:11], labels: twoLabels, offset: 11, want: "truncated inside its header"},
		{name: "labels for images", images: twoLabels[:4:4], labels: twoLabels, offset: 4, want: "truncated inside its header"},
		{name: "wrong magic", images: append([]byte("PK\x03\x04"), twoImages[4:]...), labels: twoLabels, offset: 0, want: "0x504b0304"},
		{name: "pixels cut", images: twoImages[:len(twoImages)-1], labels: twoLabels, offset: 27, want: "12 bytes announced after the header, 11 there"},
		{name: "pixels too many", images: append(twoImages[:len(twoImages):len(twoImages)], 0), labels: twoLabels, offset: 28, want: "1 bytes more"},
		{name: "hostile count", images: idx(idxImages, []uint32{1 << 31, 1 << 16, 1 << 16}, nil), labels: twoLabels, offset: 4, want: "announces more than"},
		{name: "hostile product", images: idx(idxImages, []uint32{1 << 20, 1 << 20, 1 << 30}, nil), labels: twoLabels, offset: 8, want: "announces more than"},
		{name: "flat images", images: idx(idxImages, []uint32{2, 0, 3}, nil), labels: twoLabels, offset: 8, want: "image side of 0"},
		{name: "no samples", images: idx(idxImages, []uint32{0, 2, 3}, nil), labels: idx(idxLabels, []uint32{0}, nil), offset: -1, want: "without samples"},
		{name: "other count", images: twoImages, labels: idx(idxLabels, []uint32{3}, []byte{0, 1, 2}), offset: 4, want: "3 labels for the 2 images"},
		{name: "gzip cut", images: compress(t, twoImages)[:30], labels: twoLabels, compressed: true, offset: 10, want: "truncated"},
		{name: "not gzip", images: twoImages, labels: twoLabels, compressed: true, offset: 0, want: "invalid header"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			name := "images"
			if tt.compressed {
				name += ".gz"
			}
			images := writeFile(t, dir, name, tt.images)
			_, err := ReadIDX(context.Background(), images, writeFile(t, dir, "labels", tt.labels))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got error %v, want one with %q", err, tt.want)
			}
			fe, ok := errors.AsType[*FileError](err)
			if ok != (tt.offset >= 0) || ok && !tt.compressed && fe.Offset != tt.offset {
				t.Errorf("got %+v, want offset %d", fe, tt.offset)
			}
		})
	}
}

func TestReadStopsWithContext(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := ReadIDX(ctx, writeFile(t, dir, "images", twoImages), writeFile(t, dir, "labels", twoLabels))
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want context.Canceled", err)
	}
}

func TestReadIsLimited(t *testing.T) {
	bomb := compress(t, make([]byte, 1<<20))
	path := writeFile(t, t.TempDir(), "bomb.gz", bomb)
	_, err := readContent(context.Background(), path, 1000)
	fe, ok := errors.AsType[*FileError](err)
	if !ok || fe.Offset != 1000 {
		t.Fatalf("got %v, want a FileError at byte 1000", err)
	}
}

// Whatever the files hold, the answer is a split that fits together or an error.
func FuzzParseSplit(f *testing.F) {
	f.Add(twoImages, twoLabels)
	f.Add(twoImages[:20], twoLabels)
	f.Add(idx(idxImages, []uint32{1 << 31, 1, 1}, nil), twoLabels)
	f.Add(idx(idxImages, []uint32{0, 2, 3}, nil), idx(idxLabels, []uint32{0}, nil))
	f.Fuzz(func(t *testing.T, images, labels []byte) {
		s, err := parseSplit("images", images, "labels", labels)
		if err != nil {
			return
		}
		if s.Len() < 1 || s.Len()*s.Features() != len(images)-16 || s.Len() != len(labels)-8 {
			t.Fatalf("%d samples of %v from files of %d and %d bytes", s.Len(), s.Shape(), len(images), len(labels))
		}
		s.Next(2)
	})
}
