package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/user"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// ProtocolVersion is the version of the Jupyter messaging protocol that
// messages of this package follow.
const ProtocolVersion = "5.5"

// A Header names a message.
type Header struct {
	ID       string // unique
	Session  string // who wrote it
	Username string
	Date     string // ISO 8601
	Type     string // "execute_request", ...
	Version  string
	Subshell string

	// raw is the header as it was received. A reply quotes it verbatim, with
	// whatever fields its writer put there.
	raw json.RawMessage
}

// headerFields are the header's fields as they are written.
type headerFields struct {
	ID       string `json:"msg_id"`
	Session  string `json:"session"`
	Username string `json:"username"`
	Date     string `json:"date"`
	Type     string `json:"msg_type"`
	Version  string `json:"version"`
	Subshell string `json:"subshell_id,omitempty"`
}

// MarshalJSON writes a received header as it was received, and the zero Header
// (no parent) as {}.
func (h Header) MarshalJSON() ([]byte, error) {
	if h.raw != nil {
		return h.raw, nil
	}
	if h.ID == "" {
		return []byte("{}"), nil
	}
	return json.Marshal(headerFields{h.ID, h.Session, h.Username, h.Date, h.Type, h.Version, h.Subshell})
}

// UnmarshalJSON reads a header and keeps its text.
func (h *Header) UnmarshalJSON(text []byte) error {
	var f headerFields
	if err := json.Unmarshal(text, &f); err != nil {
		return err
	}
	*h = Header{f.ID, f.Session, f.Username, f.Date, f.Type, f.Version, f.Subshell, bytes.Clone(text)}
	return nil
}

// A Message is one message on any channel.
type Message struct {
	// Identities are the routing frames: who sent a request and where a reply
	// goes; on iopub the topic.
	Identities [][]byte
	Header     Header
	Parent     Header // the request that caused this message; zero if none
	Metadata   map[string]any
	Content    json.RawMessage
	Buffers    [][]byte

	Received time.Time // when it arrived; zero in a message to be sent

	from *peer // the connection it arrived on
}

// Decode reads the content into v, a pointer to a struct with JSON tags.
func (m *Message) Decode(v any) error {
	if err := json.Unmarshal(m.Content, v); err != nil {
		return fmt.Errorf("content of %s: %w", m.Header.Type, err)
	}
	return nil
}

// An Origin writes messages: it is the one end of a conversation that its
// session id names.
type Origin struct {
	Session  string
	Username string
	count    atomic.Int64
}

// NewOrigin returns an origin with a session id of its own.
func NewOrigin() *Origin {
	o := &Origin{Session: uuid.NewString(), Username: "setun"}
	if u, err := user.Current(); err == nil {
		o.Username = u.Username
	}
	return o
}

// NewMessage returns a message with a new header. The content is anything that
// encoding/json makes an object of; nil is the empty one.
func (o *Origin) NewMessage(msgType string, parent Header, content any) (*Message, error) {
	text, err := encodeJSON(content)
	if err != nil {
		return nil, fmt.Errorf("content of %s: %w", msgType, err)
	}
	if bytes.Equal(text, []byte("null")) {
		text = []byte("{}")
	}
	return &Message{
		Header: Header{
			ID:       o.Session + "_" + strconv.FormatInt(o.count.Add(1), 10),
			Session:  o.Session,
			Username: o.Username,
			Date:     time.Now().UTC().Format("2006-01-02T15:04:05.000000Z"),
			Type:     msgType,
			Version:  ProtocolVersion,
		},
		Parent:  parent,
		Content: text,
	}, nil
}

// encodeJSON is json.Marshal without the escapes that guard HTML: outputs are
// full of <, > and &, and nobody pastes messages into a page.
func encodeJSON(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
