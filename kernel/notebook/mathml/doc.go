// Package mathml translates the TeX mathematics of notebooks to MathML Core
// (https://www.w3.org/TR/mathml-core/), which browsers lay out by themselves: a
// page with formulas needs no script and no fonts.
//
// It knows the part of TeX that prose about networks uses: scripts, fractions,
// roots, accents, alphabets, Greek, relations and operators, fences, matrices
// and cases. What it does not know is an error, never a guess, so that the
// caller can show the source instead. Nothing of ours may be imported here.
package mathml
