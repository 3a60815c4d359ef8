package display

// The MIME types that a Bundle of this package uses.
const (
	MIMEText = "text/plain"
	MIMEHTML = "text/html"
	MIMEPNG  = "image/png"
	MIMEVega = "application/vnd.vegalite.v5+json"
)

// A Bundle is one output in several representations, keyed by MIME type, as in
// the display_data message of the Jupyter protocol. Text types hold a string,
// image/png holds the raw bytes ([]byte; the wire encodes base64), JSON types
// hold any value that encoding/json can marshal.
type Bundle struct {
	Data     map[string]any
	Metadata map[string]any
}

// Text returns a bundle that holds s as text/plain.
func Text(s string) Bundle {
	return Bundle{Data: map[string]any{MIMEText: s}}
}

// Displayer is implemented by values that know how to show themselves.
type Displayer interface {
	Display() Bundle
}

// A Sink receives what a cell shows while it runs. Methods may be called from
// any goroutine.
type Sink interface {
	// Display shows b as a new output. A non-empty id names it for Update.
	Display(b Bundle, id string)
	// Update replaces the output that was shown under id.
	Update(b Bundle, id string)
	// Clear removes the outputs of the cell so far; with wait set only when
	// the next output arrives.
	Clear(wait bool)
}
