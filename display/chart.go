package display

// A Chart is layers of data over one x axis: a main panel, and below it small
// strips that share its x. It is shown three ways that hold the same data: a
// Vega-Lite v5 specification, a PNG and one line of text.
//
// Bars are painted first, then bands, lines, points and rules, each kind in the
// order given. A value that cannot be drawn (NaN, ±Inf, or ≤ 0
// on a log axis) leaves a gap; where a line runs into NaN or ±Inf a marker
// shows the place.
type Chart struct {
	Title    string
	Subtitle string
	// Summary is the chart in one line (what, range, worst item, trend): the
	// text/plain rendering and what a screen reader says. Empty: written from
	// the data.
	Summary string
	// Width and Height of the main panel's data area in CSS pixels;
	// 0 means 640 × 260.
	Width, Height int
	X, Y          Axis
	Layers        []Layer
	Strips        []Strip
}

// A Strip is a small panel below a chart's main one, on the same x axis, such
// as the learning rate under a loss curve.
type Strip struct {
	Height int // of the data area in CSS pixels; 0 means 56
	Y      Axis
	Layers []Layer
}

// An Axis says how one dimension is scaled and labelled.
type Axis struct {
	Title string
	// Min and Max fix the domain if Max > Min; otherwise it follows the data.
	// Fix x to the planned steps so that a growing curve does not rescale.
	Min, Max float64
	Log      bool // base 10; values ≤ 0 are not drawn
	// Format of the numbers: "" for plain ones, Percent for fractions of one.
	Format string
}

// Percent is the Axis format for fractions of one: 0.978 reads 97.8%.
const Percent = "percent"

// Display renders the chart as Vega-Lite, PNG and text.
func (c *Chart) Display() Bundle {
	p := c.plan()
	picture, metadata := p.png()
	return Bundle{
		Data:     map[string]any{MIMEVega: p.vega(), MIMEPNG: picture, MIMEText: p.summary},
		Metadata: map[string]any{MIMEPNG: metadata},
	}
}
