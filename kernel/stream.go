package kernel

import (
	"time"
	"unicode/utf8"
)

// Text that a cell prints is gathered for a moment and sent in few messages:
// front ends draw every message, and Jupyter's server stops listening above
// 1000 a second. The first text of a cell waits only as long as it takes to
// print a line in pieces.
const (
	firstDelay  = 5 * time.Millisecond
	nextDelay   = 50 * time.Millisecond
	maxGathered = 1 << 20 // bytes; more is sent at once
)

// streams is text in the order in which it was printed. Its owner locks.
type streams struct {
	spans []span
	size  int       // bytes in spans
	sent  time.Time // when text was last taken
	armed bool      // text will be taken without further ado
}

// A span is text that went to one stream without interruption.
type span struct {
	name string
	text []byte
}

// Stream implements session.Output.
func (o *output) Stream(name, text string) {
	if o.silent || text == "" {
		return
	}
	o.mu.Lock()
	s := &o.streams
	s.add(name, text)
	full := s.size >= maxGathered
	switch {
	case full:
		o.publishStreams(s.takeComplete())
	case !s.armed:
		s.armed = true
		time.AfterFunc(s.delay(time.Now()), func() {
			o.mu.Lock()
			defer o.mu.Unlock()
			s.armed = false
			o.publishStreams(s.takeComplete())
		})
	}
	o.mu.Unlock()
	if full {
		o.keepPace()
	}
}

// flush publishes what was printed so far.
func (o *output) flush() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.publishStreams(o.streams.takeAll())
}

// publishStreams is called with o.mu held.
func (o *output) publishStreams(spans []span) {
	for _, s := range spans {
		o.k.publish("stream", o.request.Header, content{"name": s.name, "text": string(s.text)})
	}
}

func (s *streams) add(name, text string) {
	if n := len(s.spans); n == 0 || s.spans[n-1].name != name {
		s.spans = append(s.spans, span{name: name})
	}
	last := &s.spans[len(s.spans)-1]
	last.text = append(last.text, text...)
	s.size += len(text)
}

// delay returns how long text that is printed now may be gathered.
func (s *streams) delay(now time.Time) time.Duration {
	return max(firstDelay, nextDelay-now.Sub(s.sent))
}

// takeAll empties the streams.
func (s *streams) takeAll() []span {
	spans := s.spans
	s.spans, s.size = nil, 0
	if len(spans) > 0 {
		s.sent = time.Now()
	}
	return spans
}

// takeComplete empties the streams but for the start of a character whose rest
// is yet to be printed.
func (s *streams) takeComplete() []span {
	spans := s.takeAll()
	if len(spans) == 0 {
		return nil
	}
	last := &spans[len(spans)-1]
	cut := len(last.text) - incompleteUTF8(last.text)
	if rest := last.text[cut:]; len(rest) > 0 {
		s.add(last.name, string(rest))
		last.text = last.text[:cut]
	}
	if len(last.text) == 0 {
		spans = spans[:len(spans)-1]
	}
	return spans
}

// incompleteUTF8 returns how many bytes at the end of text are the start of a
// character.
func incompleteUTF8(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		tail := text[len(text)-n:]
		if utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}
