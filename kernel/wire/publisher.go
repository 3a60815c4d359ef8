package wire

import (
	"context"
	"log/slog"
	"strings"
	"sync"

	"github.com/go-zeromq/zmq4"
)

// A Publisher is the kernel's iopub channel: everybody who subscribed gets
// every message.
//
// Nothing is dropped for a subscriber that stays connected. What it is slow to
// take waits for it, in memory; sources of bulk output call Wait before they
// publish, which bounds that memory. A subscriber that takes nothing for
// seconds while a lot waits for it is disconnected, so that it holds nobody
// up; ZeroMQ clients reconnect and subscribe again by themselves.
type Publisher struct {
	codec  codec
	origin *Origin

	// order makes every subscriber see messages in the same order, and none
	// between its subscription and its welcome.
	order         sync.Mutex
	subscriptions map[*peer]map[string]int // how often each topic prefix was subscribed

	first      sync.Once
	subscribed chan struct{} // closed by the first subscription

	*listener
}

func listenPublisher(c Connection, origin *Origin, log *slog.Logger) (*Publisher, error) {
	pub := &Publisher{
		codec:         codec{[]byte(c.Key)},
		origin:        origin,
		subscriptions: make(map[*peer]map[string]int),
		subscribed:    make(chan struct{}),
	}
	var err error
	pub.listener, err = listen(c, IOPub, zmq4.XPub, log, func(p *peer) {
		err := p.read(func(frames [][]byte) { pub.subscribe(p, frames[0]) })
		pub.order.Lock()
		delete(pub.subscriptions, p)
		pub.order.Unlock()
		pub.log.Debug("peer left", "reason", err)
	})
	return pub, err
}

// subscribe reads a subscription: 1 and a topic prefix, or 0 and a prefix that
// is wanted no longer. A new one is answered with iopub_welcome, so that the
// client knows from when on it misses nothing (JEP 65).
func (pub *Publisher) subscribe(p *peer, frame []byte) {
	if len(frame) == 0 || frame[0] > 1 {
		return
	}
	topic := string(frame[1:])
	pub.order.Lock()
	defer pub.order.Unlock()
	topics := pub.subscriptions[p]
	if frame[0] == 0 {
		if topics[topic]--; topics[topic] <= 0 {
			delete(topics, topic)
		}
		return
	}
	if topics == nil {
		topics = make(map[string]int)
		pub.subscriptions[p] = topics
	}
	topics[topic]++
	welcome, err := pub.origin.NewMessage("iopub_welcome", Header{}, map[string]string{"subscription": topic})
	if err != nil {
		pub.log.Debug("iopub_welcome", "error", err)
		return
	}
	welcome.Identities = [][]byte{[]byte(topic)}
	frames, err := pub.codec.encode(welcome)
	if err != nil {
		pub.log.Debug("iopub_welcome", "error", err)
		return
	}
	p.send(encodeFrames(0, frames...))
	pub.first.Do(func() { close(pub.subscribed) })
}

// Subscribed is closed when somebody has subscribed for the first time. What
// is published before is seen by nobody.
func (pub *Publisher) Subscribed() <-chan struct{} { return pub.subscribed }

// Publish sends m to every subscriber. It does not wait for any. The topic is
// "kernel.", the session and the type; front ends subscribe to all.
func (pub *Publisher) Publish(m *Message) error {
	topic := "kernel." + pub.origin.Session + "." + m.Header.Type
	m.Identities = [][]byte{[]byte(topic)}
	frames, err := pub.codec.encode(m)
	if err != nil {
		return err
	}
	b := encodeFrames(0, frames...)
	pub.order.Lock()
	defer pub.order.Unlock()
	for p, topics := range pub.subscriptions {
		for prefix := range topics {
			if strings.HasPrefix(topic, prefix) {
				p.send(b)
				break
			}
		}
	}
	return nil
}

// Wait returns when no subscriber is far behind, or when ctx ends.
func (pub *Publisher) Wait(ctx context.Context) error {
	for _, p := range pub.connected() {
		if err := p.wait(ctx); err != nil {
			return err
		}
	}
	return nil
}
