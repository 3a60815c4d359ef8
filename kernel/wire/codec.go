package wire

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// delimiter ends the routing frames of a message.
var delimiter = []byte("<IDS|MSG>")

// A codec turns messages into frames and back:
//
//	identities..., <IDS|MSG>, signature, header, parent_header, metadata, content, buffers...
//
// The signature is the lower-case hexadecimal HMAC-SHA256 of the four
// dictionaries, empty if the key is.
type codec struct{ key []byte }

func (c codec) sign(dicts [][]byte) []byte {
	if len(c.key) == 0 {
		return []byte{}
	}
	mac := hmac.New(sha256.New, c.key)
	for _, d := range dicts {
		mac.Write(d)
	}
	return hex.AppendEncode(nil, mac.Sum(nil))
}

func (c codec) encode(m *Message) ([][]byte, error) {
	header, err := encodeJSON(m.Header)
	if err != nil {
		return nil, fmt.Errorf("encode header: %w", err)
	}
	parent, err := encodeJSON(m.Parent)
	if err != nil {
		return nil, fmt.Errorf("encode parent header: %w", err)
	}
	metadata := json.RawMessage("{}")
	if len(m.Metadata) > 0 {
		if metadata, err = encodeJSON(m.Metadata); err != nil {
			return nil, fmt.Errorf("encode metadata: %w", err)
		}
	}
	content := m.Content
	if len(content) == 0 {
		content = json.RawMessage("{}")
	}
	dicts := [][]byte{header, parent, metadata, content}

	frames := make([][]byte, 0, len(m.Identities)+len(dicts)+len(m.Buffers)+2)
	frames = append(frames, m.Identities...)
	frames = append(frames, delimiter, c.sign(dicts))
	frames = append(frames, dicts...)
	return append(frames, m.Buffers...), nil
}

var errSignature = errors.New("wrong signature: the sender has another key")

func (c codec) decode(frames [][]byte) (*Message, error) {
	start := 0
	for start < len(frames) && !bytes.Equal(frames[start], delimiter) {
		start++
	}
	body := frames[min(start+1, len(frames)):]
	if len(body) < 5 {
		return nil, fmt.Errorf("malformed message: %d frames after the delimiter, want signature, header, parent_header, metadata, content", len(body))
	}
	dicts := body[1:5]
	if !hmac.Equal(c.sign(dicts), body[0]) {
		return nil, errSignature
	}
	m := &Message{Identities: frames[:start], Buffers: body[5:], Received: time.Now()}
	for i, into := range []any{&m.Header, &m.Parent, &m.Metadata} {
		if err := json.Unmarshal(dicts[i], into); err != nil {
			return nil, fmt.Errorf("malformed message: dictionary %d: %w", i, err)
		}
	}
	if m.Header.Type == "" {
		return nil, errors.New("malformed message: its header has no msg_type")
	}
	m.Content = dicts[3]
	if content := bytes.TrimLeft(m.Content, " \t\r\n"); len(content) == 0 || content[0] != '{' || !json.Valid(content) {
		return nil, fmt.Errorf("malformed message: content of %s is not a JSON object", m.Header.Type)
	}
	return m, nil
}
