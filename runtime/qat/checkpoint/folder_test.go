package checkpoint_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"setun/runtime/qat/checkpoint"
)

func folder(t *testing.T, steps ...int) checkpoint.Folder {
	t.Helper()
	d := checkpoint.Folder(filepath.Join(t.TempDir(), "a [1]"))
	for _, step := range steps {
		text, _ := json.Marshal(step)
		f := &checkpoint.File{Description: text, Sections: []checkpoint.Section{{Name: "w", Float32: []float32{float32(step)}}}}
		if err := checkpoint.Write(d.Path(step), f); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func TestFolderListsTheNewestFirst(t *testing.T) {
	d := folder(t, 20, 100, 3, 123456789)
	for _, other := range []string{"notes.txt", "step-7.safetensors", "step-00000009.safetensors.bak", ".step-00000009.safetensors.123.part"} {
		if err := os.WriteFile(filepath.Join(string(d), other), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all, err := d.List()
	if err != nil {
		t.Fatal(err)
	}
	for i, step := range []int{123456789, 100, 20, 3} {
		if i >= len(all) || all[i] != d.Path(step) {
			t.Fatalf("got %v", all)
		}
	}
	if len(all) != 4 {
		t.Errorf("got %v", all)
	}
	if err := d.Clean(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(string(d), ".step-00000009.safetensors.123.part")); err == nil {
		t.Error("what a stopped writer left is still there")
	}
	if _, err := os.Stat(filepath.Join(string(d), "notes.txt")); err != nil {
		t.Error("somebody's notes are gone")
	}
}

func TestFolderOffersTheNewestThatIsWhole(t *testing.T) {
	d := folder(t, 1, 2, 3)
	f, name, err := d.Load()
	if err != nil || name != d.Path(3) || string(f.Description) != "3" {
		t.Fatalf("loaded %s, %v", name, err)
	}
	for _, step := range []int{3, 2} {
		if err := os.Truncate(d.Path(step), 100); err != nil {
			t.Fatal(err)
		}
	}
	_, _, err = d.Load()
	refused, ok := errors.AsType[*checkpoint.NotNewest](err)
	if !ok || refused.Good != d.Path(1) || !strings.Contains(err.Error(), d.Path(3)+": at byte") || !strings.HasSuffix(err.Error(), d.Path(1)) {
		t.Errorf("got %v", err)
	}
	if err := os.Truncate(d.Path(1), 0); err != nil {
		t.Fatal(err)
	}
	if _, _, err = d.Load(); err == nil || !strings.Contains(err.Error(), "no other") {
		t.Errorf("got %v", err)
	}
}

func TestFolderThatIsNotThere(t *testing.T) {
	d := folder(t)
	if _, name, err := d.Load(); err != nil || name != "" {
		t.Errorf("loaded %q, %v", name, err)
	}
	if err := d.Clean(); err != nil {
		t.Error(err)
	}
}
