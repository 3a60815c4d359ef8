package wire

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
)

// A Channel is one of the five sockets between a kernel and a front end.
type Channel string

// The channels, named as in the connection file.
const (
	Shell     Channel = "shell"
	Control   Channel = "control"
	IOPub     Channel = "iopub"
	Stdin     Channel = "stdin"
	Heartbeat Channel = "hb"
)

// A Connection says where a kernel listens and how its messages are signed. It
// is the content of a Jupyter connection file.
type Connection struct {
	Transport       string `json:"transport"` // "tcp" or "ipc"
	IP              string `json:"ip"`        // an address; for ipc the start of the socket's path
	Key             string `json:"key"`       // HMAC key; empty means that nothing is signed
	SignatureScheme string `json:"signature_scheme"`
	ShellPort       int    `json:"shell_port"`
	ControlPort     int    `json:"control_port"`
	IOPubPort       int    `json:"iopub_port"`
	StdinPort       int    `json:"stdin_port"`
	HeartbeatPort   int    `json:"hb_port"`
	KernelName      string `json:"kernel_name,omitempty"`
}

const signatureScheme = "hmac-sha256"

// ReadConnection reads a connection file and checks that a kernel can use it.
func ReadConnection(path string) (Connection, error) {
	var c Connection
	text, err := os.ReadFile(path)
	if err != nil {
		return c, fmt.Errorf("read connection file: %w", err)
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return c, fmt.Errorf("connection file %s is not what Jupyter writes: %w", path, err)
	}
	if err := c.check(); err != nil {
		return c, fmt.Errorf("connection file %s: %w", path, err)
	}
	return c, nil
}

func (c *Connection) check() error {
	switch c.Transport {
	case "tcp", "ipc":
	case "":
		c.Transport = "tcp"
	default:
		return fmt.Errorf("transport %q is neither tcp nor ipc", c.Transport)
	}
	if c.SignatureScheme == "" {
		c.SignatureScheme = signatureScheme
	}
	if c.Key != "" && c.SignatureScheme != signatureScheme {
		return fmt.Errorf("signature_scheme %q: only %s is supported", c.SignatureScheme, signatureScheme)
	}
	if c.IP == "" {
		return errors.New("ip is missing")
	}
	for _, channel := range []Channel{Shell, Control, IOPub, Stdin, Heartbeat} {
		port := c.port(channel)
		if port <= 0 || c.Transport == "tcp" && port > 65535 {
			return fmt.Errorf("%s_port %d is not a port", channel, port)
		}
	}
	return nil
}

// NewConnection returns a connection on the loopback interface with five free
// ports and a fresh key.
func NewConnection() (Connection, error) {
	c := Connection{
		Transport:       "tcp",
		IP:              "127.0.0.1",
		Key:             rand.Text(),
		SignatureScheme: signatureScheme,
	}
	// All five stay open until all are known, lest one port be given twice.
	for _, port := range []*int{&c.ShellPort, &c.ControlPort, &c.IOPubPort, &c.StdinPort, &c.HeartbeatPort} {
		l, err := net.Listen("tcp", net.JoinHostPort(c.IP, "0"))
		if err != nil {
			return c, fmt.Errorf("find a free port: %w", err)
		}
		defer l.Close()
		*port = l.Addr().(*net.TCPAddr).Port
	}
	return c, nil
}

// Write stores c as a connection file that only its owner can read: whoever
// knows the key can run code.
func (c Connection) Write(path string) error {
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return fmt.Errorf("write connection file: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".connection-*") // mode 0600
	if err != nil {
		return fmt.Errorf("write connection file: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(append(text, '\n'))
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write connection file: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("write connection file: %w", err)
	}
	return nil
}

func (c Connection) port(channel Channel) int {
	switch channel {
	case Shell:
		return c.ShellPort
	case Control:
		return c.ControlPort
	case IOPub:
		return c.IOPubPort
	case Stdin:
		return c.StdinPort
	default:
		return c.HeartbeatPort
	}
}

// endpoint returns the network and address of a channel, in the terms of
// package net.
func (c Connection) endpoint(channel Channel) (network, address string) {
	port := strconv.Itoa(c.port(channel))
	if c.Transport == "ipc" {
		return "unix", c.IP + "-" + port
	}
	ip := c.IP
	if ip == "*" {
		ip = "" // ZeroMQ's name for every interface
	}
	return "tcp", net.JoinHostPort(ip, port)
}
