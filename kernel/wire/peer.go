package wire

import (
	"bufio"
	"bytes"
	"context"
	"sync"
	"time"
)

// highWater is how many bytes may wait for one peer before it counts as slow.
const highWater = 16 << 20

// stallTimeout is how long a slow peer may take nothing at all before it is
// disconnected.
const stallTimeout = 5 * time.Second

// A peer is one connected process. Sending to it never blocks: what it does
// not take waits in its own queue, and its own goroutine writes it.
type peer struct {
	conn     bufferedConn
	identity string
	stall    time.Duration

	mu       sync.Mutex
	queue    [][]byte
	queued   int           // bytes in queue or being written
	moved    time.Time     // when it last took bytes, or last had none to take
	closing  bool          // the queue is to be written, then nothing more
	wake     chan struct{} // has a token when queue or closing changed
	relieved chan struct{} // closed and replaced whenever the peer took bytes
	gone     chan struct{} // closed when the connection is of no more use
	goneOnce sync.Once
	written  chan struct{} // closed when the writer has ended
}

func newPeer(conn bufferedConn, identity string) *peer {
	p := &peer{
		conn:     conn,
		identity: identity,
		stall:    stallTimeout,
		wake:     make(chan struct{}, 1),
		relieved: make(chan struct{}),
		gone:     make(chan struct{}),
		written:  make(chan struct{}),
	}
	go p.write()
	return p
}

// send queues a message, as bytes for the wire; false if the peer is gone.
func (p *peer) send(b []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.gone:
		return false
	default:
	}
	if p.closing {
		return false
	}
	now := time.Now()
	switch {
	case p.queued == 0:
		p.moved = now
	case p.queued > highWater && now.Sub(p.moved) > p.stall:
		p.abandon()
		return false
	}
	p.queue = append(p.queue, b)
	p.queued += len(b)
	p.signal()
	return true
}

// signal tells the writer that there is something to look at.
func (p *peer) signal() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// write moves the queue to the connection, in pieces small enough that a slow
// peer is seen to move.
func (p *peer) write() {
	defer close(p.written)
	const piece = 64 << 10
	w := bufio.NewWriterSize(p.conn.Conn, piece)
	for {
		p.mu.Lock()
		batch, closing := p.queue, p.closing
		p.queue = nil
		p.mu.Unlock()
		if len(batch) == 0 {
			if closing {
				return
			}
			select {
			case <-p.wake:
			case <-p.gone:
				return
			}
			continue
		}
		for i, b := range batch {
			for len(b) > 0 {
				n := min(len(b), piece)
				_, err := w.Write(b[:n])
				b = b[n:]
				if err == nil && len(b) == 0 && i == len(batch)-1 {
					err = w.Flush()
				}
				if err != nil {
					p.abandon()
					return
				}
				p.took(n)
			}
		}
	}
}

// took notes that n bytes less are waiting.
func (p *peer) took(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queued -= n
	p.moved = time.Now()
	close(p.relieved)
	p.relieved = make(chan struct{})
}

// wait returns when the peer is not slow: at most highWater bytes wait for it,
// or it is gone. It disconnects a peer that has stalled.
func (p *peer) wait(ctx context.Context) error {
	for {
		p.mu.Lock()
		slow, relieved, left := p.queued > highWater, p.relieved, time.Until(p.moved.Add(p.stall))
		p.mu.Unlock()
		if !slow {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-p.gone:
			return nil
		case <-relieved:
		case <-time.After(left):
			p.mu.Lock()
			stalled := time.Since(p.moved) > p.stall
			p.mu.Unlock()
			if stalled {
				p.abandon()
			}
		}
	}
}

// abandon drops the connection and all that waits for it.
func (p *peer) abandon() {
	p.goneOnce.Do(func() {
		close(p.gone)
		p.conn.Close()
	})
}

// close delivers what was sent, then disconnects. When ctx ends first, the
// rest is lost.
//
// Closing a TCP connection on which unread bytes wait makes the kernel reset
// it, and a reset takes data with it that the other side has not read yet. So
// the end is announced first and the peer, which answers by closing its side,
// given a moment to do so.
func (p *peer) close(ctx context.Context) {
	p.mu.Lock()
	p.closing = true
	p.signal()
	p.mu.Unlock()
	defer p.abandon()
	select {
	case <-p.written:
	case <-ctx.Done():
		return
	}
	half, ok := p.conn.Conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	select {
	case <-p.gone: // whoever reads from it has seen the end
	case <-ctx.Done():
	case <-time.After(lingerTimeout):
	}
}

const lingerTimeout = 250 * time.Millisecond

// read hands every message that arrives to handle, until the connection ends.
// Commands of ZMTP are answered here.
func (p *peer) read(handle func(frames [][]byte)) error {
	defer p.abandon()
	for {
		frames, command, err := readFrames(p.conn, maxMessage)
		if err != nil {
			return err
		}
		if !command {
			handle(frames)
			continue
		}
		// PING carries two bytes of time to live, then a context to echo.
		if ping := []byte("\x04PING"); bytes.HasPrefix(frames[0], ping) && len(frames[0]) >= len(ping)+2 {
			p.send(encodeFrames(flagCommand, append([]byte("\x04PONG"), frames[0][len(ping)+2:]...)))
		}
	}
}
