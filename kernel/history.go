package kernel

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"setun/kernel/wire"
)

// history is what was run, oldest first. It lives as long as the kernel, so
// there is one session in it, number 1.
type history struct {
	mu      sync.Mutex
	entries []*entry
}

const historySession = 1

type entry struct {
	line   int // the execution count
	input  string
	output string // the value's text; empty if there was none
}

func (h *history) add(line int, input string) *entry {
	h.mu.Lock()
	defer h.mu.Unlock()
	e := &entry{line: line, input: input}
	h.entries = append(h.entries, e)
	return e
}

func (h *history) setOutput(e *entry, text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	e.output = text
}

// historyRequest is the content of a history_request.
type historyRequest struct {
	Output  bool   `json:"output"`           // outputs too
	Access  string `json:"hist_access_type"` // "tail", "range" or "search"
	N       *int   `json:"n"`                // tail, search: at most so many, the newest
	Session int    `json:"session"`          // range: 0 is the present one
	Start   int    `json:"start"`            // range: first line
	Stop    *int   `json:"stop"`             // range: line after the last
	Pattern string `json:"pattern"`          // search: a glob, over the whole input
	Unique  bool   `json:"unique"`           // search: of equal inputs only the newest
}

func (k *kernel) searchHistory(_ context.Context, request *wire.Message) (content, error) {
	var r historyRequest
	if err := request.Decode(&r); err != nil {
		return nil, err
	}
	entries, err := k.history.search(r)
	if err != nil {
		return nil, err
	}
	found := make([][3]any, len(entries))
	for i, e := range entries {
		found[i] = [3]any{historySession, e.line, e.input}
		if r.Output {
			var output any // null, if there was none
			if e.output != "" {
				output = e.output
			}
			found[i][2] = [2]any{e.input, output}
		}
	}
	return content{"history": found}, nil
}

func (h *history) search(r historyRequest) ([]entry, error) {
	var keep func(*entry) bool
	switch r.Access {
	case "tail":
		keep = func(*entry) bool { return true }
	case "range":
		here := r.Session == 0 || r.Session == historySession
		keep = func(e *entry) bool {
			return here && e.line >= r.Start && (r.Stop == nil || e.line < *r.Stop)
		}
	case "search":
		pattern, err := globPattern(r.Pattern)
		if err != nil {
			return nil, err
		}
		keep = func(e *entry) bool { return pattern.MatchString(e.input) }
	default:
		return nil, fmt.Errorf("hist_access_type %q is none of tail, range, search", r.Access)
	}

	h.mu.Lock()
	defer h.mu.Unlock()
	limit := len(h.entries)
	if r.N != nil && r.Access != "range" {
		limit = min(limit, max(*r.N, 0))
	}
	// From the newest back, so that limit and Unique keep the newest.
	var found []entry
	seen := make(map[string]bool)
	for i := len(h.entries) - 1; i >= 0 && len(found) < limit; i-- {
		e := h.entries[i]
		if !keep(e) || r.Unique && seen[e.input] {
			continue
		}
		seen[e.input] = true
		found = append(found, *e)
	}
	for i, j := 0, len(found)-1; i < j; i, j = i+1, j-1 {
		found[i], found[j] = found[j], found[i]
	}
	return found, nil
}

// globPattern compiles a glob as front ends write it: * for any text, ? for
// any character, [abc] for one of several.
func globPattern(glob string) (*regexp.Regexp, error) {
	if glob == "" {
		glob = "*"
	}
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for rest := glob; rest != ""; {
		c := rest[0]
		end := strings.IndexByte(rest[1:], ']') + 1
		switch {
		case c == '*':
			b.WriteString(".*")
		case c == '?':
			b.WriteString(".")
		case c == '[' && end > 1:
			b.WriteString("[" + strings.ReplaceAll(rest[1:end], `\`, `\\`) + "]")
			rest = rest[end:]
		default:
			b.WriteString(regexp.QuoteMeta(rest[:1]))
		}
		rest = rest[1:]
	}
	b.WriteString(`\z`)
	pattern, err := regexp.Compile(b.String())
	if err != nil {
		return nil, fmt.Errorf("pattern %q: %w", glob, err)
	}
	return pattern, nil
}
