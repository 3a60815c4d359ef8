package notebook

import (
	"strings"
	"testing"

	"setun/kernel/wire"
)

// message makes an iopub message that request caused.
func message(request, kind, content string) *wire.Message {
	return &wire.Message{
		Header:  wire.Header{Type: kind},
		Parent:  wire.Header{ID: request},
		Content: []byte(content),
	}
}

// TestOutputLimit: what a notebook holds is bounded; what replaces or was
// removed does not count.
func TestOutputLimit(t *testing.T) {
	c := newCollector()
	cell := &Cell{Type: Code}
	c.cells["r"] = cell
	add := func(kind, content string) error {
		t.Helper()
		_, _, err := c.add(message("r", kind, content))
		return err
	}
	c.held[cell], c.total = maxOutput-200, maxOutput-200
	show := `{"data":{"text/plain":"x"},"metadata":{},"transient":{"display_id":"a"}}`
	if err := add("display_data", show); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if err := add("update_display_data", show); err != nil {
			t.Fatalf("an update counts: %v", err)
		}
	}
	long := `{"name":"stdout","text":"` + strings.Repeat("x", 200) + `"}`
	if err := add("clear_output", `{"wait":true}`); err != nil {
		t.Fatal(err)
	}
	if err := add("stream", long); err != nil {
		t.Fatalf("what was cleared counts: %v", err)
	}
	c.total = maxOutput
	check(t, add("stream", long), "more than 128 MiB", "ClearOutput")
}

func TestStrangeMessages(t *testing.T) {
	c := newCollector()
	c.cells["r"] = &Cell{Type: Code}
	for _, m := range []*wire.Message{
		message("someone else", "stream", `{"name":"stdout","text":"x"}`),
		message("r", "status", `{"execution_state":"idle"}`),
		message("r", "unheard_of", `[]`),
		message("r", "update_display_data", `{"data":{},"transient":{"display_id":"never shown"}}`),
	} {
		if o, _, err := c.add(m); o != nil || err != nil {
			t.Errorf("%s: %v, %v", m.Header.Type, o, err)
		}
	}
	_, _, err := c.add(message("r", "stream", `{"name":7}`))
	check(t, err, "the kernel sent a stream message that is not valid", "")
	if n := len(c.cells["r"].Outputs); n != 0 {
		t.Errorf("%d outputs", n)
	}
}
