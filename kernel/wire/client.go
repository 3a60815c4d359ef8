package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
)

// A Client is a front end's end of the five channels.
type Client struct {
	origin   *Origin
	codec    codec
	peers    map[Channel]*peer
	messages map[Channel]chan *Message
	welcomed chan struct{}
	beats    chan struct{}
	closing  chan struct{}
	once     sync.Once
}

// welcomeTimeout is how long Connect waits for iopub_welcome, which kernels
// other than ours may not send.
const welcomeTimeout = time.Second

// Connect connects to a kernel that listens or is about to: it tries until ctx
// ends. When it returns, the iopub subscription is in place, and nothing that
// the kernel publishes from then on is missed.
func Connect(ctx context.Context, c Connection) (*Client, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("connect to the kernel: %w", err)
	}
	client := &Client{
		origin:   NewOrigin(),
		codec:    codec{[]byte(c.Key)},
		peers:    make(map[Channel]*peer),
		messages: make(map[Channel]chan *Message),
		welcomed: make(chan struct{}),
		beats:    make(chan struct{}, 1),
		closing:  make(chan struct{}),
	}
	for _, end := range []struct {
		channel Channel
		kind    zmq4.SocketType
	}{{IOPub, zmq4.Sub}, {Shell, zmq4.Dealer}, {Control, zmq4.Dealer}, {Stdin, zmq4.Dealer}, {Heartbeat, zmq4.Req}} {
		p, err := dial(ctx, c, end.channel, end.kind, client.origin.Session)
		if err != nil {
			client.Close()
			return nil, fmt.Errorf("connect to the kernel's %s socket: %w", end.channel, err)
		}
		client.peers[end.channel] = p
		switch end.channel {
		case Heartbeat:
			go p.read(func([][]byte) { client.beat() })
		default:
			client.messages[end.channel] = make(chan *Message, 64)
			go client.read(end.channel, p, client.messages[end.channel])
		}
	}
	client.peers[IOPub].send(encodeFrames(0, []byte{1}))
	select {
	case <-client.welcomed:
	case <-time.After(welcomeTimeout):
	case <-client.peers[IOPub].gone:
		client.Close()
		return nil, errors.New("connect to the kernel: it closed the connection, is it dead?")
	case <-ctx.Done():
		client.Close()
		return nil, fmt.Errorf("connect to the kernel: %w", ctx.Err())
	}
	return client, nil
}

func dial(ctx context.Context, c Connection, channel Channel, kind zmq4.SocketType, identity string) (*peer, error) {
	const retry = 5 * time.Millisecond
	network, address := c.endpoint(channel)
	for {
		var d net.Dialer
		conn, err := d.DialContext(ctx, network, address)
		if err == nil {
			p, err := handshake(conn, kind, identity, false)
			if err != nil {
				conn.Close()
			}
			return p, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(retry):
		}
	}
}

func (c *Client) read(channel Channel, p *peer, messages chan<- *Message) {
	defer close(messages)
	var welcome sync.Once
	p.read(func(frames [][]byte) {
		m, err := c.codec.decode(frames)
		if err != nil {
			return // not for us: signed with another key, or no message at all
		}
		if m.Header.Type == "iopub_welcome" {
			welcome.Do(func() { close(c.welcomed) })
		}
		m.from = p
		select {
		case messages <- m:
		case <-c.closing:
		}
	})
}

// Send sends a message of the given type and returns its id. The content is
// anything that encoding/json makes an object of.
func (c *Client) Send(channel Channel, msgType string, content any) (msgID string, err error) {
	m, err := c.origin.NewMessage(msgType, Header{}, content)
	if err != nil {
		return "", err
	}
	return m.Header.ID, c.SendMessage(channel, m)
}

// SendMessage sends a message that the caller has put together.
func (c *Client) SendMessage(channel Channel, m *Message) error {
	p := c.peers[channel]
	if p == nil || channel == IOPub || channel == Heartbeat {
		return fmt.Errorf("send %s: a client sends no messages on %s", m.Header.Type, channel)
	}
	frames, err := c.codec.encode(m)
	if err != nil {
		return err
	}
	if !p.send(encodeFrames(0, frames...)) {
		return fmt.Errorf("send %s: the kernel has closed the %s channel", m.Header.Type, channel)
	}
	return nil
}

// NewMessage returns a message for SendMessage.
func (c *Client) NewMessage(msgType string, content any) (*Message, error) {
	return c.origin.NewMessage(msgType, Header{}, content)
}

// Messages delivers what the kernel sends on a channel (not the heartbeat). It
// is closed when the connection has ended. A caller that does not read a
// channel delays nothing on the others.
func (c *Client) Messages(channel Channel) <-chan *Message { return c.messages[channel] }

// Alive sends a heartbeat and waits for its echo. The error says that the
// kernel did not answer before ctx ended.
func (c *Client) Alive(ctx context.Context) error {
	select { // an echo that came too late for the last call
	case <-c.beats:
	default:
	}
	p := c.peers[Heartbeat]
	if !p.send(encodeFrames(0, []byte{}, []byte("ping"))) {
		return errors.New("heartbeat: the kernel has closed the connection")
	}
	select {
	case <-c.beats:
		return nil
	case <-p.gone:
		return errors.New("heartbeat: the kernel has closed the connection")
	case <-ctx.Done():
		return fmt.Errorf("heartbeat: %w", ctx.Err())
	}
}

func (c *Client) beat() {
	select {
	case c.beats <- struct{}{}:
	default:
	}
}

// Close disconnects. What was sent before is delivered first.
func (c *Client) Close() {
	c.once.Do(func() {
		close(c.closing)
		ctx, cancel := context.WithTimeout(context.Background(), lingerTimeout)
		defer cancel()
		var all sync.WaitGroup
		for _, p := range c.peers {
			all.Go(func() { p.close(ctx) })
		}
		all.Wait()
	})
}
