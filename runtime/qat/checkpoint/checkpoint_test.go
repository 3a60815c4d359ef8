package checkpoint_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"setun/runtime/qat/checkpoint"
)

// sample is a checkpoint with a section of every kind, one of them longer than
// what is written at once.
func sample() *checkpoint.File {
	long := make([]float32, 100_003)
	for i := range long {
		long[i] = float32(i) / 7
	}
	return &checkpoint.File{
		Description: json.RawMessage(`{"step":3,"note":"\"header\":\"<é>"}`),
		Sections: []checkpoint.Section{
			{Name: "loss", Float64: []float64{math.Pi, math.Inf(1), math.Copysign(0, -1)}},
			{Name: "0.weight", Shape: []int{2, 3}, Float32: []float32{1, 2, 3, 4, 5, float32(math.NaN())}},
			{Name: "long", Float32: long},
			{Name: "header", Bytes: []byte("any bytes\x00")},
			{Name: "nothing", Bytes: []byte{}},
		},
	}
}

func written(t testing.TB, f *checkpoint.File) (path string, content []byte) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "runs", "a.safetensors")
	if err := checkpoint.Write(path, f); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, content
}

func TestWhatIsReadIsWhatWasWritten(t *testing.T) {
	want := sample()
	path, _ := written(t, want)
	got, err := checkpoint.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Description, want.Description) || len(got.Sections) != len(want.Sections) {
		t.Fatalf("got %s and %d sections", got.Description, len(got.Sections))
	}
	for i, s := range got.Sections {
		w := want.Sections[i]
		if s.Name != w.Name || fmt.Sprint(s.Float32, s.Float64, s.Bytes) != fmt.Sprint(w.Float32, w.Float64, w.Bytes) {
			t.Errorf("section %d is %q, want %q", i, s.Name, w.Name)
		}
	}
	if shape := got.Sections[1].Shape; !reflect.DeepEqual(shape, []int{2, 3}) {
		t.Errorf("shape %v", shape)
	}
	if err := checkpoint.Verify(path); err != nil {
		t.Error(err)
	}
	d, err := checkpoint.Describe(path)
	if err != nil || !bytes.Equal(d, want.Description) {
		t.Errorf("described as %s, %v", d, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o444 != 0o444 {
		t.Errorf("mode %v, %v: nobody else can read it", info.Mode(), err)
	}
}

// The same state is the same file.
func TestFilesAreReproducible(t *testing.T) {
	_, a := written(t, sample())
	_, b := written(t, sample())
	if !bytes.Equal(a, b) {
		t.Error("two files of one state differ")
	}
}

// refused reads content as a checkpoint, which must be an error that names the
// file, and returns it.
func refused(t *testing.T, content []byte) *checkpoint.FileError {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bad.safetensors")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := checkpoint.Read(path)
	bad, ok := errors.AsType[*checkpoint.FileError](err)
	if !ok || !strings.HasPrefix(err.Error(), path+": at byte ") {
		t.Fatalf("got %v, want a *FileError", err)
	}
	if again := checkpoint.Verify(path); again == nil || again.Error() != err.Error() {
		t.Errorf("Verify says %v, Read says %v", again, err)
	}
	if bad.Offset < 0 || bad.Offset > int64(len(content)) {
		t.Errorf("at byte %d of %d", bad.Offset, len(content))
	}
	return bad
}

func TestTruncatedFilesAreRefused(t *testing.T) {
	_, content := written(t, sample())
	header := 8 + int(binary.LittleEndian.Uint64(content))
	for _, n := range []int{0, 1, 7, 8, 9, header - 1, header, header + 1, header + 24, len(content) / 2, len(content) - 1} {
		refused(t, content[:n])
	}
	refused(t, append(bytes.Clone(content), 0))
}

// A flipped bit anywhere is noticed; one in a section names it and where it
// begins.
func TestFlippedBitsAreRefused(t *testing.T) {
	_, content := written(t, sample())
	header := 8 + int(binary.LittleEndian.Uint64(content))
	step := 1
	for at := 0; at < len(content); at += step {
		if at > header+64 {
			step = 9973
		} else if at > 8 {
			step = 13
		}
		flipped := bytes.Clone(content)
		flipped[at] ^= 1 << (at % 8)
		if bad := refused(t, flipped); at >= header+48 && (bad.Offset != int64(header+48) && !strings.Contains(bad.Error(), `"header"`) ||
			!strings.Contains(bad.Error(), "SHA-256 differs")) {
			t.Errorf("byte %d flipped: %v", at, bad)
		}
	}
}

// hostile is a file with this header, whose checksum is right, and so many bytes
// of data.
func hostile(t *testing.T, edit func(header map[string]any, meta map[string]string)) []byte {
	t.Helper()
	_, content := written(t, &checkpoint.File{
		Description: json.RawMessage("{}"),
		Sections:    []checkpoint.Section{{Name: "w", Float32: []float32{1, 2}}, {Name: "b", Bytes: []byte{7}}},
	})
	end := 8 + int(binary.LittleEndian.Uint64(content))
	var header map[string]any
	if err := json.Unmarshal(content[8:end], &header); err != nil {
		t.Fatal(err)
	}
	meta := map[string]string{}
	for k, v := range header["__metadata__"].(map[string]any) {
		meta[k] = v.(string)
	}
	header["__metadata__"] = meta
	edit(header, meta)
	meta["header"] = strings.Repeat("0", 64)
	return checkpoint.Sealed(t, header, content[end:])
}

func TestHostileHeadersAreRefused(t *testing.T) {
	entry := func(dtype string, shape []any, lo, hi int64) map[string]any {
		return map[string]any{"dtype": dtype, "shape": shape, "data_offsets": []int64{lo, hi}}
	}
	type object = map[string]any
	cases := map[string]struct {
		edit func(object, map[string]string)
		want string
	}{
		"beyond the end":   {func(h object, _ map[string]string) { h["b"] = entry("U8", []any{1 << 40}, 8, 8+1<<40) }, "claims bytes"},
		"negative":         {func(h object, _ map[string]string) { h["w"] = entry("F32", []any{2}, -8, 0) }, "claims bytes"},
		"backwards":        {func(h object, _ map[string]string) { h["w"] = entry("F32", []any{2}, 8, 0) }, "claims bytes"},
		"overflow":         {func(h object, _ map[string]string) { h["w"] = entry("F32", []any{1 << 32, 1 << 32}, 0, 8) }, "a shape"},
		"negative shape":   {func(h object, _ map[string]string) { h["w"] = entry("F32", []any{-1, -2}, 0, 8) }, "a shape"},
		"another type":     {func(h object, _ map[string]string) { h["w"] = entry("BF16", []any{4}, 0, 8) }, `type "BF16"`},
		"overlap":          {func(h object, _ map[string]string) { h["b"] = entry("U8", []any{9}, 0, 9) }, "begins at"},
		"a gap":            {func(h object, _ map[string]string) { delete(h, "w") }, "begins at"},
		"bytes of nobody":  {func(h object, _ map[string]string) { delete(h, "b") }, "end at"},
		"no sum":           {func(h object, m map[string]string) { m["sections"] = "{}" }, "no checksum"},
		"a later format":   {func(h object, m map[string]string) { m["format"] = "setun-checkpoint-2" }, "this program reads"},
		"no format":        {func(h object, m map[string]string) { delete(m, "format") }, "this program reads"},
		"an entry of text": {func(h object, _ map[string]string) { h["w"] = "all of it" }, `section "w"`},
		"sums are no JSON": {func(h object, m map[string]string) { m["sections"] = "[" }, "checksums"},
		"another file's sum": {func(h object, m map[string]string) {
			m["sections"] = strings.ReplaceAll(m["sections"], "a", "b")
		}, "SHA-256 differs"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if bad := refused(t, hostile(t, c.edit)); !strings.Contains(bad.Error(), c.want) {
				t.Errorf("%v, want %q in it", bad, c.want)
			}
		})
	}
	huge := binary.LittleEndian.AppendUint64(nil, math.MaxUint64)
	if bad := refused(t, append(huge, "{}"...)); !strings.Contains(bad.Error(), "a header of 18446744073709551615 bytes") {
		t.Error(bad)
	}
}

// Whatever the bytes are, reading them ends, in an error or in sections that lie
// in the file.
func FuzzRead(f *testing.F) {
	_, content := written(f, &checkpoint.File{
		Description: json.RawMessage(`{"a":1}`),
		Sections:    []checkpoint.Section{{Name: "w", Float32: []float32{1, 2}}, {Name: "b", Bytes: []byte{7}}},
	})
	f.Add(content)
	f.Add(content[:20])
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x00\x00{}"))
	path := filepath.Join(f.TempDir(), "fuzz")
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := checkpoint.Read(path)
		if err != nil {
			return
		}
		n := 0
		for _, s := range got.Sections {
			n += 4*len(s.Float32) + 8*len(s.Float64) + len(s.Bytes)
		}
		if n > len(b) {
			t.Errorf("%d bytes of numbers from a file of %d", n, len(b))
		}
	})
}

// FuzzHeader is FuzzRead behind the checksum: any text as a header that is sealed.
func FuzzHeader(f *testing.F) {
	f.Add(`{"__metadata__":{"format":"setun-checkpoint-1","description":"{}","sections":"{}","header":"`+strings.Repeat("0", 64)+`"}}`, []byte{})
	f.Add(`{"__metadata__":{"format":"setun-checkpoint-1","sections":"{\"w\":\"`+strings.Repeat("0", 64)+`\"}","header":"`+strings.Repeat("0", 64)+`"},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, []byte{1, 2, 3, 4})
	path := filepath.Join(f.TempDir(), "fuzz")
	f.Fuzz(func(t *testing.T, header string, data []byte) {
		if err := os.WriteFile(path, checkpoint.SealedText(header, data), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := checkpoint.Read(path); err == nil {
			for _, s := range got.Sections {
				if len(s.Float32) > len(data) || len(s.Float64) > len(data) || len(s.Bytes) > len(data) {
					t.Errorf("section %q is longer than the file", s.Name)
				}
			}
		}
	})
}

func TestSectionsMustMakeSense(t *testing.T) {
	one := []float32{1}
	for name, sections := range map[string][]checkpoint.Section{
		"a shape of other numbers": {{Name: "w", Shape: []int{2}, Float32: one}},
		"no name":                  {{Float32: one}},
		"the metadata's name":      {{Name: "__metadata__", Float32: one}},
		"a name twice":             {{Name: "w", Float32: one}, {Name: "w", Float32: one}},
	} {
		dir := t.TempDir()
		if err := checkpoint.Write(filepath.Join(dir, "a"), &checkpoint.File{Description: []byte("{}"), Sections: sections}); err == nil {
			t.Errorf("%s: written", name)
		}
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Errorf("%s: %v is left", name, left)
		}
	}
}

// The safetensors package of Python opens a checkpoint. It runs where
// SETUN_PYTHON names a Python that has it.
func TestSafetensorsReadsIt(t *testing.T) {
	python := os.Getenv("SETUN_PYTHON")
	if python == "" {
		t.Skip("SETUN_PYTHON names no Python with safetensors")
	}
	path, _ := written(t, sample())
	const script = `
import json, sys
from safetensors import safe_open
with safe_open(sys.argv[1], "np") as f:
    print(json.dumps({k: [str(f.get_tensor(k).dtype), list(f.get_tensor(k).shape)] for k in sorted(f.keys())}))
    assert f.get_tensor("long")[7] == 1, f.get_tensor("long")
    assert json.loads(f.metadata()["description"])["step"] == 3`
	out, err := exec.Command(python, "-c", script, path).CombinedOutput()
	want := `{"0.weight": ["float32", [2, 3]], "header": ["uint8", [10]], "long": ["float32", [100003]], "loss": ["float64", [3]], "nothing": ["uint8", [0]]}` + "\n"
	if err != nil || string(out) != want {
		t.Errorf("%v, got %s want %s", err, out, want)
	}
}
