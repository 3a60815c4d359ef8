package wire

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/go-zeromq/zmq4"
)

// ZMTP 3.0 frames: a byte of flags, the size in one byte or eight, the body.
const (
	flagMore    = 1
	flagLong    = 2
	flagCommand = 4
)

// What a peer may send before it is cut off. They bound what an unknown
// process on the same machine can make us allocate.
const (
	handshakeTimeout = 5 * time.Second
	maxHandshake     = 4 << 10 // bytes of the READY command
	maxMessage       = 1 << 30 // bytes of all frames
	maxFrames        = 4096
)

// encodeFrames returns one message as bytes for the wire.
func encodeFrames(flags byte, frames ...[]byte) []byte {
	size := 0
	for _, f := range frames {
		size += 9 + len(f)
	}
	b := make([]byte, 0, size)
	for i, f := range frames {
		flag := flags
		if i < len(frames)-1 {
			flag |= flagMore
		}
		if len(f) > 255 {
			b = append(b, flag|flagLong)
			b = binary.BigEndian.AppendUint64(b, uint64(len(f)))
		} else {
			b = append(b, flag, byte(len(f)))
		}
		b = append(b, f...)
	}
	return b
}

// readFrames reads one message, at most limit bytes of it.
func readFrames(r io.Reader, limit int) (frames [][]byte, command bool, err error) {
	for {
		var head [9]byte
		if _, err := io.ReadFull(r, head[:2]); err != nil {
			return nil, false, err
		}
		flags, size := head[0], uint64(head[1])
		if flags&flagLong != 0 {
			if _, err := io.ReadFull(r, head[2:]); err != nil {
				return nil, false, err
			}
			size = binary.BigEndian.Uint64(head[1:])
		}
		if size > uint64(limit) || len(frames) == maxFrames {
			return nil, false, fmt.Errorf("message too large: frame %d has %d bytes", len(frames), size)
		}
		limit -= int(size)
		body, err := readBody(r, int(size))
		if err != nil {
			return nil, false, err
		}
		frames = append(frames, body)
		if flags&flagMore == 0 {
			return frames, flags&flagCommand != 0, nil
		}
	}
}

// readBody reads size bytes. Memory for a large frame grows with what has
// arrived, not with what the peer claims.
func readBody(r io.Reader, size int) ([]byte, error) {
	const trusted = 1 << 20
	if size <= trusted {
		body := make([]byte, size)
		_, err := io.ReadFull(r, body)
		return body, err
	}
	var b bytes.Buffer
	if _, err := io.CopyN(&b, r, int64(size)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// null is ZMTP's NULL mechanism. It stands in for zmq4's own because that one
// allocates whatever size the peer names.
type null struct{}

func (null) Type() zmq4.SecurityType { return zmq4.NullSecurity }

func (null) Encrypt(w io.Writer, data []byte) (int, error) { return w.Write(data) }
func (null) Decrypt(w io.Writer, data []byte) (int, error) { return w.Write(data) }

func (null) Handshake(conn *zmq4.Conn, server bool) error {
	meta, err := conn.Meta.MarshalZMTP()
	if err != nil {
		return fmt.Errorf("metadata: %w", err)
	}
	if err := conn.SendCmd(zmq4.CmdReady, meta); err != nil {
		return fmt.Errorf("send READY: %w", err)
	}
	frames, command, err := readFrames(conn, maxHandshake)
	if err != nil {
		return fmt.Errorf("receive READY: %w", err)
	}
	ready := append([]byte{byte(len(zmq4.CmdReady))}, zmq4.CmdReady...)
	if !command || len(frames) != 1 || !bytes.HasPrefix(frames[0], ready) {
		return errors.New("the peer did not answer with READY")
	}
	return conn.Peer.Meta.UnmarshalZMTP(frames[0][len(ready):])
}

// handshake makes a peer of a fresh connection.
func handshake(conn net.Conn, kind zmq4.SocketType, identity string, server bool) (_ *peer, err error) {
	// zmq4 panics over metadata whose lengths are wrong, or a socket type that
	// it does not know.
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("malformed metadata: %v", r)
		}
	}()
	// Buffered from the first byte on: what follows the handshake may arrive
	// with it.
	buffered := bufferedConn{conn, bufio.NewReaderSize(conn, 64<<10)}
	if err := conn.SetDeadline(time.Now().Add(handshakeTimeout)); err != nil {
		return nil, err
	}
	z, err := zmq4.Open(buffered, null{}, kind, zmq4.SocketIdentity(identity), server, nil)
	if err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return nil, err
	}
	return newPeer(buffered, z.Peer.Meta["Identity"]), nil
}

type bufferedConn struct {
	net.Conn
	r *bufio.Reader
}

func (c bufferedConn) Read(p []byte) (int, error) { return c.r.Read(p) }
