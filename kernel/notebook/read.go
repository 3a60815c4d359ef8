package notebook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"
)

// MaxSize is the largest notebook file that Read accepts, in bytes.
const MaxSize = 256 << 20

// A FormatError says why a file is not a notebook that can be used.
type FormatError struct {
	File string // may be empty
	Line int    // 1-based; 0 if the file is JSON and the fault lies in a value
	Col  int    // 1-based, in characters
	Path string // the value at fault, as cells[3].source; empty for the file
	Msg  string
	hint string
}

func (e *FormatError) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File + ":")
	}
	if e.Line > 0 {
		fmt.Fprintf(&b, "%d:%d:", e.Line, e.Col)
	}
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	if e.Path != "" {
		b.WriteString(e.Path + ": ")
	}
	return b.String() + e.Msg
}

// Hint says what a person can do about the error; it may be empty.
func (e *FormatError) Hint() string { return e.hint }

// ReadFile reads the notebook in file. A fault in its content is a
// *FormatError.
func ReadFile(file string) (*Notebook, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if fi, err := f.Stat(); err == nil && fi.IsDir() {
		return nil, &FormatError{File: file, Msg: "is a folder, not a notebook"}
	} else if err == nil && fi.Size() > MaxSize {
		return nil, tooLarge(file)
	}
	data, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, err
	}
	if len(data) > MaxSize {
		return nil, tooLarge(file)
	}
	n, err := Read(data)
	var fe *FormatError
	if errors.As(err, &fe) {
		fe.File = file
	}
	return n, err
}

func tooLarge(file string) error {
	return &FormatError{
		File: file, Msg: fmt.Sprintf("is larger than %d MiB", MaxSize>>20),
		hint: "clear its outputs (setun run makes them anew) and try again",
	}
}

// Read decodes a notebook. Notebooks of nbformat 4.0 to 4.4 become 4.5: cells
// without an id, or with one that is invalid or taken, get one made from their
// content and place. A fault is a *FormatError.
func Read(data []byte) (*Notebook, error) {
	if !utf8.Valid(data) {
		return nil, &FormatError{Msg: "not a notebook: not UTF-8 text"}
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	err := dec.Decode(&v)
	if err == nil {
		// One value and nothing after it.
		if _, err = dec.Token(); err == nil {
			err = errors.New("more text after the end of the notebook")
		} else if err == io.EOF {
			err = nil
		}
	}
	if err != nil {
		return nil, notJSON(data, err, dec.InputOffset())
	}
	r := reader{}
	n := r.notebook(v)
	if r.err != nil {
		return nil, r.err
	}
	n.mendIDs()
	return n, nil
}

func notJSON(data []byte, err error, at int64) error {
	msg := err.Error()
	var se *json.SyntaxError
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return &FormatError{Msg: "not a notebook: the file is empty"}
	case errors.As(err, &se):
		at = se.Offset - 1 // Offset counts the bytes read, the culprit included
		if strings.Contains(msg, "unexpected end") {
			at = int64(len(data))
		}
	case errors.Is(err, io.ErrUnexpectedEOF):
		at, msg = int64(len(data)), "unexpected end of JSON input"
	}
	before := data[:min(max(at, 0), int64(len(data)))]
	line := 1 + bytes.Count(before, []byte("\n"))
	col := 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return &FormatError{Line: line, Col: col, Msg: "not a notebook: not JSON: " + msg}
}

// reader turns decoded JSON into typed values and keeps the first fault.
type reader struct{ err *FormatError }

func (r *reader) fail(path, format string, args ...any) {
	if r.err == nil {
		r.err = &FormatError{Path: path, Msg: fmt.Sprintf(format, args...)}
	}
}

func (r *reader) notebook(v any) *Notebook {
	m, ok := v.(map[string]any)
	if !ok {
		r.fail("", "not a notebook: want a JSON object, found %s", kind(v))
		return nil
	}
	if _, ok := m["nbformat"]; !ok {
		r.fail("", "not a notebook: it has no nbformat field")
		return nil
	}
	if major := r.integer(m, "", "nbformat"); r.err == nil && major != 4 {
		r.fail("", "nbformat %d notebooks are not supported, only nbformat 4", major)
		r.err.hint = "convert it first: jupyter nbconvert --to notebook --nbformat 4 FILE"
		return nil
	}
	n := &Notebook{
		Minor:    max(5, r.integer(m, "", "nbformat_minor")),
		Metadata: r.object(m, "", "metadata"),
	}
	cells, ok := m["cells"].([]any)
	if !ok {
		r.fail("cells", "want a list, found %s", kind(m["cells"]))
		return nil
	}
	for i, c := range cells {
		n.Cells = append(n.Cells, r.cell(c, fmt.Sprintf("cells[%d]", i)))
	}
	n.Extra = rest(m, "nbformat", "nbformat_minor", "metadata", "cells")
	return n
}

func (r *reader) cell(v any, path string) *Cell {
	m, ok := v.(map[string]any)
	if !ok {
		r.fail(path, "want an object, found %s", kind(v))
		return nil
	}
	c := &Cell{
		Type:     r.str(m, path, "cell_type"),
		Source:   r.text(m, path, "source"),
		Metadata: r.object(m, path, "metadata"),
	}
	if m["id"] != nil {
		c.ID = r.str(m, path, "id")
	}
	if m["attachments"] != nil {
		c.Attachments = r.object(m, path, "attachments")
		for name := range c.Attachments {
			joinText(r.object(c.Attachments, path+".attachments", name))
		}
	}
	known := []string{"cell_type", "source", "metadata", "id", "attachments"}
	switch c.Type {
	case Markdown, Raw:
	case Code:
		c.Count = r.count(m, path)
		outputs, ok := m["outputs"].([]any)
		if !ok && m["outputs"] != nil {
			r.fail(path+".outputs", "want a list, found %s", kind(m["outputs"]))
		}
		for i, o := range outputs {
			c.Outputs = append(c.Outputs, r.output(o, fmt.Sprintf("%s.outputs[%d]", path, i)))
		}
		known = append(known, "execution_count", "outputs")
	default:
		r.fail(path+".cell_type", "want code, markdown or raw, found %q", c.Type)
	}
	c.Extra = rest(m, known...)
	return c
}

func (r *reader) output(v any, path string) *Output {
	m, ok := v.(map[string]any)
	if !ok {
		r.fail(path, "want an object, found %s", kind(v))
		return nil
	}
	o := &Output{Type: r.str(m, path, "output_type")}
	known := []string{"output_type"}
	switch o.Type {
	case Stream:
		o.Name, o.Text = r.str(m, path, "name"), r.text(m, path, "text")
		known = append(known, "name", "text")
	case Display, Result:
		o.Data = r.object(m, path, "data")
		joinText(o.Data)
		o.Metadata = r.object(m, path, "metadata")
		known = append(known, "data", "metadata")
		if o.Type == Result {
			o.Count = r.count(m, path)
			known = append(known, "execution_count")
		}
	case Failure:
		o.EName, o.EValue = r.str(m, path, "ename"), r.str(m, path, "evalue")
		lines, ok := m["traceback"].([]any)
		if !ok {
			r.fail(path+".traceback", "want a list, found %s", kind(m["traceback"]))
		}
		for i, l := range lines {
			s, ok := l.(string)
			if !ok {
				r.fail(fmt.Sprintf("%s.traceback[%d]", path, i), "want a string, found %s", kind(l))
			}
			o.Traceback = append(o.Traceback, s)
		}
		known = append(known, "ename", "evalue", "traceback")
	default:
		r.fail(path+".output_type", "want stream, display_data, execute_result or error, found %q", o.Type)
	}
	o.Extra = rest(m, known...)
	return o
}

func (r *reader) integer(m map[string]any, path, key string) int {
	n, ok := m[key].(json.Number)
	i, err := n.Int64()
	if !ok || err != nil {
		r.fail(join(path, key), "want a whole number, found %s", kind(m[key]))
	}
	return int(i)
}

// count reads execution_count, where null means not run.
func (r *reader) count(m map[string]any, path string) int {
	if m["execution_count"] == nil {
		return 0
	}
	return r.integer(m, path, "execution_count")
}

func (r *reader) str(m map[string]any, path, key string) string {
	s, ok := m[key].(string)
	if !ok {
		r.fail(join(path, key), "want a string, found %s", kind(m[key]))
	}
	return s
}

// text reads a multi-line string, which nbformat stores whole or as lines.
func (r *reader) text(m map[string]any, path, key string) string {
	if s, ok := m[key].(string); ok {
		return s
	}
	s, ok := joined(m[key])
	if !ok {
		r.fail(join(path, key), "want a string or a list of strings, found %s", kind(m[key]))
	}
	return s
}

func (r *reader) object(m map[string]any, path, key string) map[string]any {
	o, ok := m[key].(map[string]any)
	if !ok {
		r.fail(join(path, key), "want an object, found %s", kind(m[key]))
	}
	return o
}

// joinText joins the values of a MIME bundle that are stored as lines. JSON
// types keep their lists.
func joinText(bundle map[string]any) {
	for mime, v := range bundle {
		if isJSON(mime) {
			continue
		}
		if s, ok := joined(v); ok {
			bundle[mime] = s
		}
	}
}

func joined(v any) (string, bool) {
	lines, ok := v.([]any)
	if !ok {
		return "", false
	}
	var b strings.Builder
	for _, l := range lines {
		s, ok := l.(string)
		if !ok {
			return "", false
		}
		b.WriteString(s)
	}
	return b.String(), true
}

func isJSON(mime string) bool {
	return mime == "application/json" ||
		strings.HasPrefix(mime, "application/") && strings.HasSuffix(mime, "+json")
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// kind names the JSON type of v for an error.
func kind(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case bool:
		return "a boolean"
	case json.Number:
		return "the number " + v.String()
	case string:
		return "a string"
	case []any:
		return "a list"
	}
	return "an object"
}

// rest returns the fields of m that are not known; nil if there are none.
func rest(m map[string]any, known ...string) map[string]any {
	var extra map[string]any
	for k, v := range m {
		skip := false
		for _, name := range known {
			skip = skip || name == k
		}
		if !skip {
			if extra == nil {
				extra = map[string]any{}
			}
			extra[k] = v
		}
	}
	return extra
}
