package notebook

import (
	"encoding/json"
	"fmt"
	"strings"

	"setun/kernel/wire"
)

// A collector turns iopub messages into the outputs of the cells that caused
// them, the way a front end does: streams grow together, a display id names
// its outputs across cells, clear_output empties a cell.
type collector struct {
	cells map[string]*Cell     // by the id of the execute_request
	shown map[string][]*Output // by display id
	clear map[*Cell]bool       // to be emptied when the next output arrives
	held  map[*Cell]int        // bytes of output it holds, as messages
	total int                  // the sum of held
}

// maxOutput is how much output a notebook may hold. Beyond it no front end
// would open the file. Updates of a display replace and do not count.
const maxOutput = 128 << 20

func newCollector() *collector {
	return &collector{
		cells: map[string]*Cell{},
		shown: map[string][]*Output{},
		clear: map[*Cell]bool{},
		held:  map[*Cell]int{},
	}
}

// content is the union of what the output messages hold.
type content struct {
	Name      string         `json:"name"`
	Text      string         `json:"text"`
	Data      map[string]any `json:"data"`
	Metadata  map[string]any `json:"metadata"`
	Count     int            `json:"execution_count"`
	EName     string         `json:"ename"`
	EValue    string         `json:"evalue"`
	Traceback []string       `json:"traceback"`
	Wait      bool           `json:"wait"`
	Transient struct {
		DisplayID string `json:"display_id"`
	} `json:"transient"`
}

// add takes in one iopub message. It returns the output that is new or has
// changed, nil if the message is none, and the text that a stream grew by.
func (c *collector) add(m *wire.Message) (changed *Output, text string, err error) {
	cell := c.cells[m.Parent.ID]
	if cell == nil {
		return nil, "", nil // of another client, or of the start
	}
	var v content
	switch m.Header.Type {
	case "stream", "display_data", "execute_result", "update_display_data", "error", "clear_output":
		dec := json.NewDecoder(strings.NewReader(string(m.Content)))
		dec.UseNumber()
		if err := dec.Decode(&v); err != nil {
			return nil, "", fmt.Errorf("the kernel sent a %s message that is not valid: %w", m.Header.Type, err)
		}
	default:
		return nil, "", nil
	}
	switch m.Header.Type {
	case "clear_output":
		if v.Wait {
			c.clear[cell] = true
		} else {
			c.empty(cell)
		}
		return nil, "", nil
	case "update_display_data":
		for _, o := range c.shown[v.Transient.DisplayID] {
			o.Data, o.Metadata = v.Data, v.Metadata
			changed = o
		}
		return changed, "", nil
	}
	if c.clear[cell] {
		c.empty(cell)
	}
	c.held[cell] += len(m.Content)
	if c.total += len(m.Content); c.total > maxOutput {
		return nil, "", &Error{
			Err:  fmt.Errorf("the notebook has put out more than %d MiB", maxOutput>>20),
			Mend: "print or show less, or remove what was shown before with ClearOutput()",
		}
	}
	if m.Header.Type == "stream" {
		if n := len(cell.Outputs); n > 0 && cell.Outputs[n-1].Type == Stream && cell.Outputs[n-1].Name == v.Name {
			cell.Outputs[n-1].Text += v.Text
			return cell.Outputs[n-1], v.Text, nil
		}
	}
	o := &Output{Type: m.Header.Type}
	switch o.Type {
	case Stream:
		o.Name, o.Text = v.Name, v.Text
	case Failure:
		o.EName, o.EValue, o.Traceback = v.EName, v.EValue, v.Traceback
	default:
		o.Data, o.Metadata, o.Count = v.Data, v.Metadata, v.Count
		if id := v.Transient.DisplayID; id != "" {
			c.shown[id] = append(c.shown[id], o)
		}
	}
	cell.Outputs = append(cell.Outputs, o)
	return o, v.Text, nil
}

func (c *collector) empty(cell *Cell) {
	cell.Outputs = nil
	c.total -= c.held[cell]
	delete(c.held, cell)
	delete(c.clear, cell)
}
