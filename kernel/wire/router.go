package wire

import (
	"fmt"
	"log/slog"

	"github.com/go-zeromq/zmq4"
)

// A Router is the kernel's end of the shell, control or stdin channel: any
// number of clients send to it, and it answers each by name.
type Router struct {
	codec    codec
	messages chan *Message
	*listener
}

// backlog is how many requests of one channel may wait for the kernel before
// their senders do.
const backlog = 4096

func listenRouter(c Connection, channel Channel, log *slog.Logger) (*Router, error) {
	r := &Router{codec: codec{[]byte(c.Key)}, messages: make(chan *Message, backlog)}
	var err error
	r.listener, err = listen(c, channel, zmq4.Router, log, func(p *peer) {
		err := p.read(func(frames [][]byte) {
			m, err := r.codec.decode(frames)
			if err != nil {
				r.log.Debug("dropped a message", "error", err)
				return
			}
			m.Identities = append([][]byte{[]byte(p.identity)}, m.Identities...)
			m.from = p
			r.messages <- m
		})
		r.log.Debug("peer left", "reason", err)
	})
	return r, err
}

// Messages delivers the requests, each with its sender's identity first. It is
// never closed. Frames that are no message, or wrongly signed, never arrive.
func (r *Router) Messages() <-chan *Message { return r.messages }

// Send sends m to whoever sent request, and on this channel if that was
// another one: an input_request goes, on stdin, to the client that executes.
func (r *Router) Send(m, request *Message) error {
	m.Identities = nil
	if len(request.Identities) > 0 {
		m.Identities = request.Identities[1:]
	}
	frames, err := r.codec.encode(m)
	if err != nil {
		return err
	}
	m.Identities = request.Identities
	b := encodeFrames(0, frames...)
	peers := r.connected()
	for _, p := range peers {
		if p == request.from && p.send(b) {
			return nil
		}
	}
	// A client that has connected anew, or connects to two sockets, is known by
	// its identity. The newest connection is the live one.
	for i := len(peers) - 1; i >= 0; i-- {
		if p := peers[i]; p.identity != "" && request.from != nil && p.identity == request.from.identity && p.send(b) {
			return nil
		}
	}
	return fmt.Errorf("send %s: the client is no longer connected to the %s channel", m.Header.Type, r.channel)
}
