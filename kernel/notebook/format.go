package notebook

// A Notebook is a notebook file, nbformat 4. Fields that this package does not
// know are kept in Extra and written back unchanged.
//
// Values below Metadata and Extra are what encoding/json makes of JSON, with
// numbers as json.Number so that they are written back digit for digit.
//
// The format: https://nbformat.readthedocs.io/en/latest/format_description.html
type Notebook struct {
	Minor    int // nbformat_minor; at least 5 after Read
	Metadata map[string]any
	Cells    []*Cell
	Extra    map[string]any
}

// The values of Cell.Type.
const (
	Code     = "code"
	Markdown = "markdown"
	Raw      = "raw"
)

// A Cell is one cell. Count and Outputs belong to code cells only.
type Cell struct {
	ID          string // unique in the notebook, [a-zA-Z0-9_-]{1,64}
	Type        string // Code, Markdown or Raw
	Source      string
	Metadata    map[string]any
	Attachments map[string]any // file name -> MIME bundle; nil if there are none
	Count       int            // execution count; 0 if the cell has not run
	Outputs     []*Output
	Extra       map[string]any
}

// The values of Output.Type.
const (
	Stream  = "stream"
	Display = "display_data"
	Result  = "execute_result"
	Failure = "error"
)

// An Output is one output of a code cell. Which fields are used depends on
// Type.
type Output struct {
	Type      string
	Name      string         // Stream: "stdout" or "stderr"
	Text      string         // Stream
	Data      map[string]any // Display, Result: MIME type -> value
	Metadata  map[string]any // Display, Result
	Count     int            // Result
	EName     string         // Failure
	EValue    string         // Failure
	Traceback []string       // Failure: lines, with ANSI colours
	Extra     map[string]any
}

// Tagged reports whether metadata.tags of the cell holds tag.
func (c *Cell) Tagged(tag string) bool {
	tags, _ := c.Metadata["tags"].([]any)
	for _, t := range tags {
		if t == tag {
			return true
		}
	}
	return false
}

// Title returns the text of the first level-one heading, or "" if the notebook
// has none.
func (n *Notebook) Title() string {
	for _, c := range n.Cells {
		if c.Type != Markdown {
			continue
		}
		if t := heading(c.Source); t != "" {
			return t
		}
	}
	return ""
}
