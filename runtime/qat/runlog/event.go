package runlog

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"time"
)

// An event file of TensorBoard is a sequence of records, each an Event in the
// encoding of protocol buffers, framed as TensorFlow's TFRecord:
//
//	uint64 length, uint32 masked CRC-32C of the length,
//	byte   data[length], uint32 masked CRC-32C of the data
//
// all little-endian. Of Event (tensorflow/core/util/event.proto) this is used:
//
//	1 wall_time double, 2 step int64, 3 file_version string,
//	5 summary { 1 value { 1 tag string, 2 simple_value float } },
//	7 session_log { 1 status: 1 = START }
//
// START with a step tells readers to forget what older files have from there on.

// events is an event file that is being written.
type events struct {
	file *os.File
	buf  []byte
}

// newEvents begins an event file in dir, for the steps after so many.
func newEvents(dir string, now time.Time, step int) (*events, error) {
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	name := fmt.Sprintf("events.out.tfevents.%010d.%s.%d.%d", now.Unix(), host, os.Getpid(), now.Nanosecond())
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	e := &events{file: f}
	e.record(now, 0, func(b []byte) []byte { return appendBytes(b, 3, "brain.Event:2") })
	e.record(now, step+1, func(b []byte) []byte { return appendBytes(b, 7, string(appendVarint(nil, 1, 1))) })
	return e, e.flush()
}

// scalar adds a number to the chart of that name.
func (e *events) scalar(now time.Time, step int, tag string, value float64) {
	e.record(now, step, func(b []byte) []byte {
		v := appendBytes(nil, 1, tag)
		v = append(v, 2<<3|5)
		v = binary.LittleEndian.AppendUint32(v, math.Float32bits(float32(value)))
		return appendBytes(b, 5, string(appendBytes(nil, 1, string(v))))
	})
}

// record adds an Event with what more appends to it.
func (e *events) record(now time.Time, step int, more func([]byte) []byte) {
	wall := float64(now.UnixNano()) / 1e9
	event := binary.LittleEndian.AppendUint64([]byte{1<<3 | 1}, math.Float64bits(wall))
	event = more(appendVarint(event, 2, uint64(step)))

	length := binary.LittleEndian.AppendUint64(nil, uint64(len(event)))
	e.buf = append(e.buf, length...)
	e.buf = binary.LittleEndian.AppendUint32(e.buf, masked(length))
	e.buf = append(e.buf, event...)
	e.buf = binary.LittleEndian.AppendUint32(e.buf, masked(event))
}

// flush writes what was added: whole records, so that a reader of the growing file
// never waits for the rest of one.
func (e *events) flush() error {
	_, err := e.file.Write(e.buf)
	e.buf = e.buf[:0]
	return err
}

func (e *events) close() error {
	err := e.flush()
	if closed := e.file.Close(); err == nil {
		err = closed
	}
	return err
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// masked is TensorFlow's CRC-32C, rotated and moved so that the checksum of data
// that hold checksums stays a good one.
func masked(b []byte) uint32 {
	c := crc32.Checksum(b, castagnoli)
	return (c>>15 | c<<17) + 0xa282ead8
}

// appendVarint adds an integer as field number.
func appendVarint(b []byte, number int, v uint64) []byte {
	return binary.AppendUvarint(append(b, byte(number<<3)), v)
}

// appendBytes adds a string or a message as field number.
func appendBytes(b []byte, number int, v string) []byte {
	b = binary.AppendUvarint(append(b, byte(number<<3|2)), uint64(len(v)))
	return append(b, v...)
}
