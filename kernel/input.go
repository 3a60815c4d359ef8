package kernel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"setun/kernel/wire"
)

// stdin is the conversation with the person at the front end.
type stdin struct {
	turn    chan struct{}   // holds a token while nobody asks
	replies chan inputReply // answers that nobody has looked at yet
}

type inputReply struct {
	Value   string `json:"value"`
	request string // the id of the input_request, if the front end says
}

func newStdin() stdin {
	s := stdin{turn: make(chan struct{}, 1), replies: make(chan inputReply, 16)}
	s.turn <- struct{}{}
	return s
}

// receive passes answers on.
func (s *stdin) receive(ctx context.Context, channel *wire.Router) {
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-channel.Messages():
			r := inputReply{request: m.Parent.ID}
			if m.Header.Type != "input_reply" || m.Decode(&r) != nil {
				continue
			}
			select {
			case s.replies <- r:
			default: // nobody has asked for so many
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
	for len(s.replies) > 0 {
		<-s.replies // given to a question of a cell that was interrupted
	}
	o.flush()
	m, err := o.k.origin.NewMessage("input_request", o.request.Header, content{"prompt": prompt, "password": password})
	if err == nil {
		err = o.sendStdin(m)
	}
	if err != nil {
		return "", fmt.Errorf("ask for input: %w", err)
	}
	for {
		select {
		case r := <-s.replies:
			switch {
			case r.request != "" && r.request != m.Header.ID:
				// Likewise, but the answer has only come now.
			case r.Value == endOfInput:
				return "", io.EOF
			default:
				return r.Value, nil
			}
		case <-o.ctx.Done():
			return "", o.ctx.Err()
		}
	}
}

// stdinGrace is how long a front end's stdin socket may take to connect after
// its shell socket has.
const stdinGrace = 2 * time.Second

// sendStdin sends m to the front end that runs the cell. A front end connects
// its sockets in any order, so stdin may come after the first cell.
func (o *output) sendStdin(m *wire.Message) error {
	deadline := time.After(stdinGrace)
	for {
		err := o.k.sockets.Stdin.Send(m, o.request)
		if err == nil {
			return nil
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-deadline:
			return err
		case <-o.ctx.Done():
			return o.ctx.Err()
		}
	}
}
