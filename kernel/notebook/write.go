package notebook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Encode returns the notebook as Jupyter writes it: sorted keys, one space of
// indent, text as lists of lines, characters unescaped, a final newline.
func (n *Notebook) Encode() ([]byte, error) {
	cells := make([]any, len(n.Cells))
	for i, c := range n.Cells {
		cells[i] = c.fields()
	}
	m := with(n.Extra)
	m["nbformat"] = 4
	m["nbformat_minor"] = max(5, n.Minor)
	m["metadata"] = object(n.Metadata)
	m["cells"] = cells

	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetIndent("", " ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(m); err != nil {
		return nil, fmt.Errorf("encode notebook: %w", err)
	}
	return unescapeSeparators(buf.Bytes()), nil
}

// WriteFile writes the notebook to file: whole, or not at all. Missing folders
// are made.
func (n *Notebook) WriteFile(file string) error {
	data, err := n.Encode()
	if err != nil {
		return err
	}
	return writeFile(file, data)
}

func (c *Cell) fields() map[string]any {
	m := with(c.Extra)
	m["cell_type"] = c.Type
	m["id"] = c.ID
	m["metadata"] = object(c.Metadata)
	m["source"] = splitLines(c.Source)
	if c.Attachments != nil {
		files := map[string]any{}
		for name, v := range c.Attachments {
			bundle, _ := v.(map[string]any)
			files[name] = splitText(bundle)
		}
		m["attachments"] = files
	}
	if c.Type == Code {
		m["execution_count"] = orNull(c.Count)
		outputs := make([]any, len(c.Outputs))
		for i, o := range c.Outputs {
			outputs[i] = o.fields()
		}
		m["outputs"] = outputs
	}
	return m
}

func (o *Output) fields() map[string]any {
	m := with(o.Extra)
	m["output_type"] = o.Type
	switch o.Type {
	case Stream:
		m["name"], m["text"] = o.Name, splitLines(o.Text)
	case Display, Result:
		m["data"], m["metadata"] = splitText(o.Data), object(o.Metadata)
		if o.Type == Result {
			m["execution_count"] = orNull(o.Count)
		}
	case Failure:
		m["ename"], m["evalue"] = o.EName, o.EValue
		m["traceback"] = append([]string{}, o.Traceback...)
	}
	return m
}

// with returns a copy of extra to which known fields can be added.
func with(extra map[string]any) map[string]any {
	m := make(map[string]any, len(extra)+6)
	for k, v := range extra {
		m[k] = v
	}
	return m
}

// object makes an absent object {}: nbformat has no null objects.
func object(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

func orNull(count int) any {
	if count == 0 {
		return nil
	}
	return count
}

// splitText splits the text of a MIME bundle into lines: the text types, SVG
// and JavaScript, as Jupyter does. Base64 stays whole.
func splitText(bundle map[string]any) map[string]any {
	m := make(map[string]any, len(bundle))
	for mime, v := range bundle {
		s, ok := v.(string)
		if ok && (strings.HasPrefix(mime, "text/") || mime == "image/svg+xml" || mime == "application/javascript") {
			m[mime] = splitLines(s)
			continue
		}
		m[mime] = v
	}
	return m
}

// splitLines splits s after every line end. Jupyter uses Python's
// str.splitlines, which knows more line ends than \n: a progress bar full of
// \r is stored with one line an update.
func splitLines(s string) []string {
	lines := []string{}
	start := 0
	for i, r := range s {
		switch r {
		case '\r':
			if strings.HasPrefix(s[i:], "\r\n") {
				continue // ends at the \n
			}
		case '\n', '\v', '\f', 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029:
		default:
			continue
		}
		end := i + len(string(r))
		lines = append(lines, s[start:end])
		start = end
	}
	if start < len(s) {
		lines = append(lines, s[start:])
	}
	return lines
}

// unescapeSeparators undoes the one escape that encoding/json makes and
// Jupyter does not: U+2028 and U+2029.
func unescapeSeparators(data []byte) []byte {
	if !bytes.Contains(data, []byte(`\u202`)) {
		return data
	}
	out := make([]byte, 0, len(data))
	for i := 0; i < len(data); i++ {
		if data[i] != '\\' {
			out = append(out, data[i])
			continue
		}
		switch rest := data[i:]; {
		case bytes.HasPrefix(rest, []byte(`\u2028`)):
			out = append(out, "\u2028"...)
			i += 5
		case bytes.HasPrefix(rest, []byte(`\u2029`)):
			out = append(out, "\u2029"...)
			i += 5
		default: // any other escape: copy both bytes, so that \\u2028 stays
			out = append(out, data[i], data[i+1])
			i++
		}
	}
	return out
}

// writeFile writes data to file by way of a temporary file beside it, so that
// a reader sees the old file or the new one and never half of it.
func writeFile(file string, data []byte) error {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(file)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails after the rename, which is meant
	if _, err := f.Write(data); err != nil {
		f.Close()
		return fmt.Errorf("write %s: %w", file, err)
	}
	mode := os.FileMode(0o644)
	if fi, err := os.Stat(file); err == nil {
		mode = fi.Mode().Perm()
	}
	if err := f.Chmod(mode); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return os.Rename(f.Name(), file)
}
