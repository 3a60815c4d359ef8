package wire

import (
	"context"
	"log/slog"
	"sync"

	"github.com/go-zeromq/zmq4"
)

// Sockets are the five sockets of a kernel. The heartbeat answers by itself.
type Sockets struct {
	Shell   *Router
	Control *Router
	Stdin   *Router
	IOPub   *Publisher

	heartbeat *listener
}

// Listen opens the sockets of a kernel. The origin names the kernel in the
// messages that a socket writes by itself.
func Listen(c Connection, origin *Origin, log *slog.Logger) (*Sockets, error) {
	s := new(Sockets)
	open := func(into **Router, channel Channel) (err error) {
		*into, err = listenRouter(c, channel, log)
		return err
	}
	err := open(&s.Shell, Shell)
	if err == nil {
		err = open(&s.Control, Control)
	}
	if err == nil {
		err = open(&s.Stdin, Stdin)
	}
	if err == nil {
		s.IOPub, err = listenPublisher(c, origin, log)
	}
	if err == nil {
		s.heartbeat, err = listenHeartbeat(c, log)
	}
	if err != nil {
		now, cancel := context.WithCancel(context.Background())
		cancel()
		s.Close(now)
		return nil, err
	}
	return s, nil
}

// listenHeartbeat opens the socket that echoes whatever it gets. It has its own
// goroutines, so it answers while a cell computes.
func listenHeartbeat(c Connection, log *slog.Logger) (*listener, error) {
	return listen(c, Heartbeat, zmq4.Router, log, func(p *peer) {
		p.read(func(frames [][]byte) { p.send(encodeFrames(0, frames...)) })
	})
}

// Close closes the sockets. What was sent before is delivered first, for as
// long as ctx allows.
func (s *Sockets) Close(ctx context.Context) {
	var all sync.WaitGroup
	for _, l := range s.listeners() {
		all.Go(func() { l.close(ctx) })
	}
	all.Wait()
}

func (s *Sockets) listeners() []*listener {
	var open []*listener
	for _, r := range []*Router{s.Shell, s.Control, s.Stdin} {
		if r != nil && r.listener != nil {
			open = append(open, r.listener)
		}
	}
	if s.IOPub != nil && s.IOPub.listener != nil {
		open = append(open, s.IOPub.listener)
	}
	if s.heartbeat != nil {
		open = append(open, s.heartbeat)
	}
	return open
}
