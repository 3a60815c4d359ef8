//go:build ignore

// bufio and io: scanners with split functions of our own, readers and writers
// stacked on one another, Fscan, pipes, limits, counts, a tee.
package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
)

type rot13 struct{ io.Reader }

func (r rot13) Read(p []byte) (n int, err error) {
	n, err = r.Reader.Read(p)
	for i, b := range p[:n] {
		switch {
		case 'a' <= b|0x20 && b|0x20 <= 'm':
			p[i] += 13
		case 'n' <= b|0x20 && b|0x20 <= 'z':
			p[i] -= 13
		}
	}
	return
}

type counter struct {
	io.Writer
	lines, bytes int
}

func (c *counter) Write(p []byte) (int, error) {
	c.bytes += len(p)
	c.lines += bytes.Count(p, []byte{'\n'})
	return c.Writer.Write(p)
}

// drip hands out a byte at a time and fails at the end.
type drip struct {
	s   string
	err error
}

func (d *drip) Read(p []byte) (int, error) {
	if d.s == "" {
		return 0, d.err
	}
	p[0], d.s = d.s[0], d.s[1:]
	return 1, nil
}

func (d *drip) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, "<"+d.s+">")
	d.s = ""
	return int64(n), err
}

type upper struct{ w io.Writer }

func (u upper) Write(p []byte) (int, error) { return u.w.Write(bytes.ToUpper(p)) }
func (u upper) Close() error                { fmt.Println("closed"); return nil }

func splitNumbers(data []byte, atEOF bool) (advance int, token []byte, err error) {
	i := bytes.IndexFunc(data, unicode.IsDigit)
	if i < 0 {
		return len(data), nil, nil
	}
	j := bytes.IndexFunc(data[i:], func(r rune) bool { return !unicode.IsDigit(r) })
	if j < 0 {
		if atEOF {
			return len(data), data[i:], bufio.ErrFinalToken
		}
		return i, nil, nil
	}
	return i + j, data[i : i+j], nil
}

func main() {
	s := bufio.NewScanner(strings.NewReader("a12b 345,6; x78"))
	s.Split(splitNumbers)
	for s.Scan() {
		fmt.Print(s.Text(), " ")
	}
	fmt.Println(s.Err())
	s = bufio.NewScanner(&drip{s: "one two\nthree", err: errors.New("dried up")})
	s.Split(bufio.ScanWords)
	for s.Scan() {
		fmt.Printf("%q ", s.Bytes())
	}
	fmt.Println(s.Err())
	s = bufio.NewScanner(strings.NewReader(strings.Repeat("x", 100)))
	s.Buffer(nil, 20)
	fmt.Println(s.Scan(), s.Err())
	for _, split := range []bufio.SplitFunc{bufio.ScanLines, bufio.ScanRunes, bufio.ScanBytes} {
		s, n := bufio.NewScanner(strings.NewReader("é\r\nü")), 0
		for s.Split(split); s.Scan(); n++ {
		}
		fmt.Print(n, " ")
	}
	fmt.Println()

	io.Copy(os.Stdout, rot13{strings.NewReader("Uryyb, Jbeyq!\n")})
	c := &counter{Writer: io.Discard}
	n, err := io.Copy(c, &drip{s: "drop\n"})
	fmt.Println(n, err, c.lines, c.bytes)
	n, err = io.Copy(c, struct{ io.Reader }{&drip{s: "drop\n", err: io.EOF}})
	fmt.Println(n, err, c.lines, c.bytes)

	var text bytes.Buffer
	w := bufio.NewWriterSize(upper{io.MultiWriter(&text, c)}, 16)
	fmt.Fprintf(w, "%s %d %v", "formatted", 42, []string{"list"})
	fmt.Println(text.Len(), w.Buffered(), w.Available())
	w.Flush()
	fmt.Println(text.String(), c.bytes)

	pr, pw := io.Pipe()
	go func() {
		zw := gzip.NewWriter(base64.NewEncoder(base64.StdEncoding, pw))
		for i := range 3 {
			fmt.Fprintln(zw, "line", i)
		}
		zw.Flush()
		pw.CloseWithError(errors.New("cut"))
	}()
	zr, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, pr))
	fmt.Println(err)
	r := bufio.NewReader(zr)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			fmt.Printf("%q %v\n", line, err != nil)
			break
		}
		fmt.Print(line)
	}

	var side strings.Builder
	tee := io.TeeReader(io.LimitReader(strings.NewReader("limited to this"), 7), &side)
	all, err := io.ReadAll(tee)
	fmt.Printf("%s %v %s\n", all, err, side.String())
	_, err = io.ReadFull(strings.NewReader("abc"), make([]byte, 4))
	fmt.Println(err, errors.Is(err, io.ErrUnexpectedEOF))
	sec := io.NewSectionReader(strings.NewReader("0123456789"), 2, 5)
	sec.Seek(-2, io.SeekEnd)
	b, _ := io.ReadAll(sec)
	fmt.Println(string(b), sec.Size())
	var x, y int
	var name string
	got, err := fmt.Fscanf(strings.NewReader("at 3,4 joe"), "at %d,%d %s", &x, &y, &name)
	fmt.Println(got, err, x, y, name)
	got, err = fmt.Sscan("1 two", &x, &y)
	fmt.Println(got, err)
	rr := bufio.NewReader(strings.NewReader("héy"))
	rr.ReadRune()
	ch, size, _ := rr.ReadRune()
	rr.UnreadRune()
	peek, _ := rr.Peek(2)
	fmt.Println(string(ch), size, string(peek))
	rows, err := csv.NewReader(strings.NewReader("a,\"b,c\",d\n1,\"x \"\"y\"\"\",3\nshort\n")).ReadAll()
	var pe *csv.ParseError
	fmt.Println(rows, err, errors.As(err, &pe) && pe.Line == 3)
	dump := hex.Dumper(os.Stdout)
	io.WriteString(dump, "some bytes to dump")
	dump.Close()
	var closer io.Closer = upper{}
	_, isWriter := closer.(io.ReadWriter)
	fmt.Println(closer.Close(), isWriter)
}
