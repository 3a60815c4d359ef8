package data

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// The IDX format of Yann LeCun's MNIST page: two zero bytes, the element type
// (0x08 = unsigned byte), the number of dimensions, then each dimension as a
// big-endian uint32, then the elements in row-major order.
const (
	idxLabels = 0x00000801 // unsigned bytes, 1 dimension: [N]
	idxImages = 0x00000803 // unsigned bytes, 3 dimensions: [N, height, width]

	// maxIDX is the most that an IDX file may hold, decompressed. MNIST has 47 MB.
	maxIDX = 1 << 30
	// maxSide is the largest height or width of an image.
	maxSide = 4096
)

// A FileError is a data file that cannot be used as it is.
type FileError struct {
	File   string
	Offset int64 // into the decompressed content
	Err    error
}

func (e *FileError) Error() string {
	return fmt.Sprintf("%s: at byte %d: %v", e.File, e.Offset, e.Err)
}

func (e *FileError) Unwrap() error { return e.Err }

// ReadIDX reads a split from an IDX file of images and one of labels, each
// either plain or, if its name ends in .gz, compressed. The number of classes
// is one more than the largest label.
func ReadIDX(ctx context.Context, images, labels string) (*Split, error) {
	pixels, err := readContent(ctx, images, maxIDX)
	if err != nil {
		return nil, err
	}
	classes, err := readContent(ctx, labels, maxIDX)
	if err != nil {
		return nil, err
	}
	return parseSplit(images, pixels, labels, classes)
}

// parseSplit makes a split of two decompressed IDX files. It keeps slices of
// both contents.
func parseSplit(imagesName string, images []byte, labelsName string, labels []byte) (*Split, error) {
	dims, pixels, err := parseIDX(imagesName, images, idxImages)
	if err != nil {
		return nil, err
	}
	for i, side := range dims[1:] {
		if side == 0 || side > maxSide {
			return nil, &FileError{imagesName, int64(8 + 4*i), fmt.Errorf("an image side of %d pixels; want 1 to %d", side, maxSide)}
		}
	}
	count, classes, err := parseIDX(labelsName, labels, idxLabels)
	if err != nil {
		return nil, err
	}
	if count[0] != dims[0] {
		return nil, &FileError{labelsName, 4, fmt.Errorf("%d labels for the %d images of %s", count[0], dims[0], imagesName)}
	}
	return NewSplit(dims[1], dims[2], pixels, classes)
}

// parseIDX checks an IDX header against magic and against the bytes that are
// really there, and returns the dimensions and the elements (not copied).
func parseIDX(name string, content []byte, magic uint32) (dims []int, elements []byte, err error) {
	header := 4 + 4*int(magic&0xff)
	if len(content) < header {
		return nil, nil, &FileError{name, int64(len(content)), fmt.Errorf("truncated inside its header of %d bytes", header)}
	}
	if got := binary.BigEndian.Uint32(content); got != magic {
		return nil, nil, &FileError{name, 0, fmt.Errorf("not the IDX file that is wanted here: it starts with 0x%08x, want 0x%08x", got, magic)}
	}
	want := int64(1)
	for at := 4; at < header; at += 4 {
		d := int64(binary.BigEndian.Uint32(content[at:]))
		if d > maxIDX || (d > 0 && want > maxIDX/d) {
			return nil, nil, &FileError{name, int64(at), fmt.Errorf("announces more than %d bytes", maxIDX)}
		}
		want *= d
		dims = append(dims, int(d))
	}
	elements = content[header:]
	switch have := int64(len(elements)); {
	case have < want:
		return nil, nil, &FileError{name, int64(len(content)), fmt.Errorf("truncated: %d bytes announced after the header, %d there", want, have)}
	case have > want:
		return nil, nil, &FileError{name, int64(header) + want, fmt.Errorf("%d bytes more than announced", have-want)}
	}
	return dims, elements, nil
}

// readContent reads a whole file, decompressed if its name ends in .gz, and
// refuses to read beyond limit bytes.
func readContent(ctx context.Context, path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	return readAll(ctx, filepath.Base(path), f, min(info.Size(), limit), limit)
}

// readAll is readContent for a stream that goes by name, of which at least about
// size bytes are expected.
func readAll(ctx context.Context, name string, r io.Reader, size, limit int64) ([]byte, error) {
	r = cancelReader{ctx, r}
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, readError(ctx, name, 0, err)
		}
		r = z
	}
	// ReadFrom wants some room to see the end in.
	content := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	if _, err := content.ReadFrom(io.LimitReader(r, limit+1)); err != nil {
		return nil, readError(ctx, name, int64(content.Len()), err)
	}
	if int64(content.Len()) > limit {
		return nil, &FileError{name, limit, fmt.Errorf("longer than the %d bytes that are allowed", limit)}
	}
	return content.Bytes(), nil
}

func readError(ctx context.Context, name string, offset int64, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("data: reading %s: %w", name, context.Cause(ctx))
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = fmt.Errorf("truncated: %w", err)
	}
	return &FileError{name, offset, err}
}

// cancelReader makes a long read stop when its context ends.
type cancelReader struct {
	ctx context.Context
	r   io.Reader
}

func (c cancelReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
