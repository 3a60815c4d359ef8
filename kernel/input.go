package kernel

import (
	"context"
	"errors"
	"fmt"
	"io"

	"setun/kernel/wire"
)

// stdin is the conversation with the person at the front end.
type stdin struct {
	turn    chan struct{} // holds a token while nobody asks
	replies chan string   // takes an answer only while somebody waits for one
}

func newStdin() stdin {
	s := stdin{turn: make(chan struct{}, 1), replies: make(chan string)}
	s.turn <- struct{}{}
	return s
}

// receive passes answers on. One that nobody waits for belongs to a cell that
// was interrupted, and is dropped.
func (s *stdin) receive(ctx context.Context, channel *wire.Router) {
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-channel.Messages():
			var r struct{ Value string }
			if m.Header.Type != "input_reply" || m.Decode(&r) != nil {
				continue
			}
			select {
			case s.replies <- r.Value:
			default:
			}
		}
	}
}

var errNoStdin = errors.New("the front end cannot ask for input: it ran this cell with allow_stdin false")

// endOfInput is what front ends send when the person presses Ctrl-D.
const endOfInput = "\x04"

// Input implements session.Output. It returns io.EOF if the person ends the
// input instead of answering.
func (o *output) Input(prompt string, password bool) (string, error) {
	if !o.allowStdin {
		return "", errNoStdin
	}
	s := &o.k.stdin
	select { // two goroutines of a cell ask one after the other
	case <-s.turn:
		defer func() { s.turn <- struct{}{} }()
	case <-o.ctx.Done():
		return "", o.ctx.Err()
	}
	o.flush()
	m, err := o.k.origin.NewMessage("input_request", o.request.Header, content{"prompt": prompt, "password": password})
	if err == nil {
		err = o.k.sockets.Stdin.Send(m, o.request)
	}
	if err != nil {
		return "", fmt.Errorf("ask for input: %w", err)
	}
	select {
	case value := <-s.replies:
		if value == endOfInput {
			return "", io.EOF
		}
		return value, nil
	case <-o.ctx.Done():
		return "", o.ctx.Err()
	}
}
