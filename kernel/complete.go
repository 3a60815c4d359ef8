package kernel

import (
	"context"
	"unicode/utf8"

	"setun/kernel/wire"
)

// codeRequest is the content of the requests about code that is being typed.
type codeRequest struct {
	Code        string `json:"code"`
	CursorPos   *int   `json:"cursor_pos"` // in characters (Unicode code points); the end if missing
	DetailLevel int    `json:"detail_level"`
}

// cursor returns the cursor's position in bytes.
func (r codeRequest) cursor() int {
	if r.CursorPos == nil {
		return len(r.Code)
	}
	return byteOffset(r.Code, *r.CursorPos)
}

// byteOffset returns where character number n of text starts, in bytes. A
// position outside is moved to the nearest end.
func byteOffset(text string, n int) int {
	for offset := range text {
		if n <= 0 {
			return offset
		}
		n--
	}
	return len(text)
}

// characters is the inverse of byteOffset.
func characters(text string, offset int) int {
	return utf8.RuneCountInString(text[:min(max(offset, 0), len(text))])
}

func (k *kernel) complete(_ context.Context, request *wire.Message) (content, error) {
	var r codeRequest
	if err := request.Decode(&r); err != nil {
		return nil, err
	}
	c := k.session.Complete(r.Code, r.cursor())
	start, end := characters(r.Code, c.Start), characters(r.Code, c.End)
	matches := make([]string, len(c.Matches))
	// What is known beyond the text travels under the name that IPython chose
	// and JupyterLab reads.
	types := make([]content, len(c.Matches))
	for i, m := range c.Matches {
		matches[i] = m.Text
		types[i] = content{"text": m.Text, "type": m.Kind, "signature": m.Signature, "start": start, "end": end}
	}
	return content{
		"matches":      matches,
		"cursor_start": start,
		"cursor_end":   end,
		"metadata":     content{"_jupyter_types_experimental": types},
	}, nil
}

func (k *kernel) inspect(_ context.Context, request *wire.Message) (content, error) {
	var r codeRequest
	if err := request.Decode(&r); err != nil {
		return nil, err
	}
	bundle, found := k.session.Inspect(r.Code, r.cursor(), r.DetailLevel)
	return content{"found": found, "data": data(bundle), "metadata": metadata(bundle)}, nil
}

func (k *kernel) isComplete(_ context.Context, request *wire.Message) (content, error) {
	var r codeRequest
	if err := request.Decode(&r); err != nil {
		return nil, err
	}
	c := k.session.IsComplete(r.Code)
	reply := content{"status": c.Status}
	if c.Status == "incomplete" {
		reply["indent"] = c.Indent
	}
	return reply, nil
}
