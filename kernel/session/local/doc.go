// Package local finds Go packages on the disk beside a notebook and type-checks
// them from source, so that a cell can import them without a toolchain: folders
// by their relative name, packages of the module that the notebook lies in, and
// of the modules that its go.mod requires where they are in a vendor folder, in a
// replacement's folder or in the module cache. Nothing is downloaded.
//
// A package is read again when a file of it has changed; what imports it is then
// checked again too. What was made with the earlier reading keeps its types.
//
// Only what is about files and checking may enter: running a package is an
// engine's, what a cell sees of it the session's.
package local
