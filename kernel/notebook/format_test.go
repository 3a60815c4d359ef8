package notebook

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRoundTrip reads and writes a notebook that Jupyter's own nbformat wrote
// (testdata/make_jupyter.py): every byte must come back.
func TestRoundTrip(t *testing.T) {
	want, err := os.ReadFile("testdata/jupyter.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	n, err := Read(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := n.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("written differently (-want +got):\n%s", d)
	}
}

func TestReadFaults(t *testing.T) {
	const head = `{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[`
	code := func(fields string) string {
		return head + `{"cell_type":"code","id":"a","metadata":{},"source":"",` + fields + `}]}`
	}
	tests := []struct{ name, in, want string }{
		{"empty", "", "not a notebook: the file is empty"},
		{"text", "package main\n", "1:1: not a notebook: not JSON: invalid character 'p'"},
		{"second line", "{\n \"ä\": x}", `2:7: not a notebook: not JSON: invalid character 'x'`},
		{"cut off", `{"nbformat": 4, "cells": [`, "1:27: not a notebook: not JSON: unexpected end"},
		{"two values", "{}\n{}", "not JSON: more text after the end"},
		{"binary", "\xff\xfe", "not UTF-8"},
		{"list", "[]", "want a JSON object, found a list"},
		{"no version", `{"cells":[]}`, "it has no nbformat field"},
		{"old", `{"nbformat":3,"worksheets":[]}`, "nbformat 3 notebooks are not supported"},
		{"version text", `{"nbformat":"4"}`, "nbformat: want a whole number, found a string"},
		{"no metadata", `{"nbformat":4,"nbformat_minor":5,"cells":[]}`, "metadata: want an object, found nothing"},
		{"cells", `{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":{}}`, "cells: want a list, found an object"},
		{"cell", head + `7]}`, "cells[0]: want an object, found the number 7"},
		{"cell type", head + `{"cell_type":"prose","metadata":{},"source":""}]}`, `cells[0].cell_type: want code, markdown or raw, found "prose"`},
		{"source", head + `{"cell_type":"code","metadata":{},"source":["a",1],"outputs":[]}]}`, "cells[0].source: want a string or a list of strings, found a list"},
		{"count", code(`"execution_count":1.5,"outputs":[]`), "cells[0].execution_count: want a whole number, found the number 1.5"},
		{"outputs", code(`"outputs":"x"`), "cells[0].outputs: want a list, found a string"},
		{"output type", code(`"outputs":[{"output_type":"sound"}]`), `cells[0].outputs[0].output_type: want stream, display_data, execute_result or error, found "sound"`},
		{"data", code(`"outputs":[{"output_type":"display_data","metadata":{}}]`), "cells[0].outputs[0].data: want an object, found nothing"},
		{"traceback", code(`"outputs":[{"output_type":"error","ename":"","evalue":"","traceback":[1]}]`), "cells[0].outputs[0].traceback[0]: want a string, found the number 1"},
		{"deep", strings.Repeat("[", 20_000), "exceeded max depth"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n, err := Read([]byte(tt.in))
			if err == nil {
				t.Fatalf("no error; read %+v", n)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error\n\t%v\nlacks\n\t%s", err, tt.want)
			}
		})
	}
}

// FuzzRead: what can be read can be written, and reads the same again.
func FuzzRead(f *testing.F) {
	for _, file := range []string{"testdata/jupyter.ipynb", "testdata/old.ipynb"} {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := Read(data)
		if err != nil {
			return
		}
		once, err := n.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Read(once)
		if err != nil {
			t.Fatalf("what was written does not read: %v\n%s", err, once)
		}
		twice, err := again.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(once, twice) {
			t.Errorf("not stable:\n%s\n%s", once, twice)
		}
	})
}

// TestIDs: notebooks from before 4.5, and faulty ones, get ids that depend on
// nothing but the notebook.
func TestIDs(t *testing.T) {
	read := func() *Notebook {
		n, err := ReadFile("testdata/old.ipynb")
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	n := read()
	if n.Minor != 5 {
		t.Errorf("nbformat_minor %d, want 5", n.Minor)
	}
	seen := map[string]bool{}
	for i, c := range n.Cells {
		if !validID.MatchString(c.ID) || seen[c.ID] {
			t.Errorf("cell %d has id %q", i, c.ID)
		}
		seen[c.ID] = true
	}
	if n.Cells[1].ID != "kept" {
		t.Errorf("a valid id became %q", n.Cells[1].ID)
	}
	if d := cmp.Diff(n, read()); d != "" {
		t.Errorf("ids differ between two readings:\n%s", d)
	}
}

// TestWriteFile: a failed write leaves the old file and no litter.
func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "deep", "a.ipynb")
	n := &Notebook{Cells: []*Cell{{Type: Markdown, ID: "a", Source: "x"}}}
	if err := n.WriteFile(file); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	n.Metadata = map[string]any{"bad": func() {}}
	if err := n.WriteFile(file); err == nil {
		t.Fatal("no error for metadata that is not JSON")
	}
	after, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the old file is gone or changed: %v", err)
	}
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}
