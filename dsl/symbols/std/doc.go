// Package std holds the symbol tables of the standard library, one generated
// file a package. Only package symbols reads them.
package std
