// Package wire speaks the Jupyter messaging protocol over ZeroMQ: connection
// files, the signed multipart format, the five sockets of a kernel (Listen)
// and the client's end of the same five (Connect).
//
// What a message means is not known here, with one exception: the greeting
// that the iopub socket owes to every new subscriber (iopub_welcome, JEP 65).
// Nothing else of ours may be imported.
//
// The ZMTP handshake comes from zmq4. Its socket types are not used: PUB keeps
// one unbounded queue and one sender for all subscribers, so that one stalled
// front end holds up every other; XPUB swallows subscriptions; no socket
// lingers, which loses the last message before Close; and connections are
// accepted one after the other without a deadline, so that one silent client
// locks all others out. A peer here has a goroutine and a queue of its own,
// and closing a socket first delivers what was sent.
//
// The formats are those of "Messaging in Jupyter" (wire protocol, version 5.5)
// and ZMTP 3.0 (https://rfc.zeromq.org/spec/23/).
package wire
