// Package display turns numbers into things a person can look at: MIME
// bundles, charts, tables, images and live views.
//
// It knows numbers, not networks: nothing from runtime/, dsl/ or kernel/ may be
// imported here. Package dsl joins the two.
//
// Every chart is one value that renders three ways, all of the same data: a
// Vega-Lite v5 specification for JupyterLab, a PNG for GitHub and for static
// exports, and one line of text for terminals and screen readers. A plan
// (plan.go) decides what they must agree on: domains, ticks, cleaned data,
// colours, the places of labels. vega.go, vegaview.go and png.go only paint it.
//
// The rules of the house: the theme owns the colours of text, axes and grid, so
// that a chart reads on white and on black; series differ by dash and shape and
// carry their name beside their last point; what cannot be drawn leaves a gap
// and is marked, never hidden; the same input gives the same bytes.
//
// To look at the goldens in a real JupyterLab, light and dark:
// python testdata/lab.py OUT.
package display
