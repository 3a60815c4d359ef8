package wire

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
)

// A listener accepts the peers of one socket.
type listener struct {
	channel Channel
	log     *slog.Logger
	net     net.Listener

	mu     sync.Mutex
	peers  []*peer // oldest first
	closed bool
}

// listen binds the socket of a channel. Every peer that completes the
// handshake is given to serve, in a goroutine of its own; when serve returns,
// the peer is disconnected.
func listen(c Connection, channel Channel, kind zmq4.SocketType, log *slog.Logger, serve func(*peer)) (*listener, error) {
	network, address := c.endpoint(channel)
	if network == "unix" {
		removeStale(address)
	}
	n, err := net.Listen(network, address)
	if err != nil {
		return nil, fmt.Errorf("listen on the %s socket: %w", channel, err)
	}
	l := &listener{channel: channel, log: log.With("channel", string(channel)), net: n}
	go l.accept(kind, serve)
	return l, nil
}

// removeStale removes a Unix socket that a killed kernel has left behind. One
// that still answers is left alone, and net.Listen says that it is in use.
func removeStale(path string) {
	conn, err := net.Dial("unix", path)
	if err == nil {
		conn.Close()
		return
	}
	if info, err := os.Lstat(path); err == nil && info.Mode()&os.ModeSocket != 0 {
		os.Remove(path)
	}
}

func (l *listener) accept(kind zmq4.SocketType, serve func(*peer)) {
	for {
		conn, err := l.net.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			// Out of file descriptors, most likely: others may be freed.
			l.log.Debug("accept", "error", err)
			time.Sleep(50 * time.Millisecond)
			continue
		}
		go func() {
			p, err := handshake(conn, kind, "", true)
			if err != nil {
				conn.Close()
				l.log.Debug("handshake failed", "error", err)
				return
			}
			defer p.abandon()
			if l.add(p) {
				defer l.remove(p)
				serve(p)
			}
		}()
	}
}

func (l *listener) add(p *peer) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.peers = append(l.peers, p)
	}
	return !l.closed
}

func (l *listener) remove(p *peer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, q := range l.peers {
		if p == q {
			l.peers = append(l.peers[:i:i], l.peers[i+1:]...)
			return
		}
	}
}

// connected returns the peers of this moment, oldest first. The slice is not
// written to again.
func (l *listener) connected() []*peer {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.peers[:len(l.peers):len(l.peers)]
}

// close accepts no more peers, and disconnects the present ones when they have
// got what was sent to them, or ctx ends.
func (l *listener) close(ctx context.Context) {
	l.net.Close()
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	var all sync.WaitGroup
	for _, p := range l.connected() {
		all.Go(func() { p.close(ctx) })
	}
	all.Wait()
}
