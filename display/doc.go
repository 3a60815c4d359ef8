// Package display turns numbers into things a person can look at: MIME
// bundles, charts, tables and live views.
//
// It knows numbers, not networks: nothing from runtime/, dsl/ or kernel/ may be
// imported here. Package dsl joins the two.
//
// Every chart is one value that renders three ways, all of the same data: a
// Vega-Lite v5 specification for JupyterLab, a PNG for GitHub and for static
// exports, and one line of text for terminals and screen readers.
package display
