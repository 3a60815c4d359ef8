// Package kernel is the message loop of a Jupyter kernel: it answers a front
// end's requests out of a session and publishes what cells print and show.
//
// One file is one concern of the protocol ("Messaging in Jupyter", 5.5). What
// Go code means is the session's business (package session, behind
// session.Interface), how messages travel that of package wire. Nothing from
// dsl or runtime may be imported.
//
// Requests on shell are answered one after the other, those on control at any
// time, also while a cell runs. Every request is framed by the states busy and
// idle on iopub, and idle comes after all that the request has caused.
package kernel
