// Package notebook reads, runs and shows notebook files without a front end.
//
// It reads and writes nbformat 4.5 the way Jupyter does (format.go, read.go,
// ids.go, write.go), fills in parameters (params.go), executes the code cells
// in a real kernel process over its real sockets (run.go, kernel.go,
// collect.go, progress.go) and renders the result as one self-contained HTML
// page (page.go, markdown.go, math.go, ansi.go). A Job is all of it (job.go).
//
// The runner is a client like any other: it knows the kernel only through
// kernel/wire. Nothing from kernel/session, dsl/ or runtime/ may be imported
// here, so that what runs headless is exactly what runs in JupyterLab.
package notebook
