//go:build ignore

// Errors: sentinels, types, wrapping, joining, Is and As methods of their own,
// panics made errors.
package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

var (
	ErrNotFound = errors.New("not found")
	ErrDenied   = fmt.Errorf("denied: %w", fs.ErrPermission)
)

type OpError struct {
	Op  string
	Key string
	Err error
}

func (e *OpError) Error() string { return e.Op + " " + strconv.Quote(e.Key) + ": " + e.Err.Error() }
func (e *OpError) Unwrap() error { return e.Err }
func (e *OpError) Is(target error) bool {
	t, ok := target.(*OpError)
	return ok && (t.Op == "" || t.Op == e.Op) && (t.Key == "" || t.Key == e.Key)
}

type Code int

func (c Code) Error() string   { return "code " + strconv.Itoa(int(c)) }
func (c Code) Temporary() bool { return c >= 500 }
func (c Code) As(target any) bool {
	if p, ok := target.(**OpError); ok {
		*p = &OpError{Op: "as", Key: c.Error(), Err: c}
		return true
	}
	return false
}

type multi []error

func (m multi) Error() string {
	var parts []string
	for _, e := range m {
		parts = append(parts, e.Error())
	}
	return strings.Join(parts, "; ")
}
func (m multi) Unwrap() []error { return m }

func get(key string) (string, error) {
	switch {
	case key == "":
		return "", &OpError{"get", key, io.ErrUnexpectedEOF}
	case key[0] == '.':
		return "", &OpError{"get", key, ErrDenied}
	case key[0] >= '0' && key[0] <= '9':
		n, err := strconv.Atoi(key)
		if err != nil {
			return "", fmt.Errorf("get: %w", err)
		}
		return "", Code(n)
	case key == "panic":
		var m map[string]int
		m[key] = 1
	case key == "file":
		_, err := os.Open("/does/not/exist")
		return "", fmt.Errorf("%w (and %w)", err, ErrNotFound)
	case strings.Contains(key, ","):
		var errs multi
		for k := range strings.SplitSeq(key, ",") {
			if _, err := get(k); err != nil {
				errs = append(errs, err)
			}
		}
		return "", errs
	}
	return strings.ToUpper(key), nil
}

func try(key string) (v string, err error) {
	defer func() {
		if r := recover(); r != nil {
			if e, ok := r.(error); ok {
				err = fmt.Errorf("panicked: %w", e)
			} else {
				err = fmt.Errorf("panicked: %v", r)
			}
		}
	}()
	return get(key)
}

func main() {
	for _, key := range []string{"ok", "", ".secret", "404", "503", "12x", "99999999999999999999", "panic", "file", "a,404,.x,1y"} {
		v, err := try(key)
		fmt.Printf("%-10q %q %v\n", key, v, err)
		if err == nil {
			continue
		}
		var op *OpError
		var num *strconv.NumError
		var path *fs.PathError
		var code Code
		var temp interface{ Temporary() bool }
		fmt.Println("  is:", errors.Is(err, ErrNotFound), errors.Is(err, fs.ErrPermission), errors.Is(err, fs.ErrNotExist),
			errors.Is(err, &OpError{Op: "get"}), errors.Is(err, &OpError{Key: ".x"}), errors.Is(err, strconv.ErrSyntax), errors.Is(err, Code(404)))
		if errors.As(err, &op) {
			fmt.Println("  op:", op.Op, op.Key)
		}
		if errors.As(err, &num) {
			fmt.Println("  num:", num.Func, num.Num, num.Err)
		}
		if errors.As(err, &path) {
			fmt.Println("  path:", path.Op, path.Path)
		}
		if errors.As(err, &code) {
			fmt.Println("  code:", int(code))
		}
		if errors.As(err, &temp) {
			fmt.Println("  temporary:", temp.Temporary())
		}
		if e, ok := errors.AsType[Code](err); ok {
			fmt.Println("  as type:", e)
		}
	}
	joined := errors.Join(nil, ErrNotFound, nil, Code(1))
	fmt.Printf("%v|%v|%d\n", joined, errors.Unwrap(joined), len(joined.(interface{ Unwrap() []error }).Unwrap()))
	fmt.Println(errors.Join(nil, nil) == nil, errors.Unwrap(&OpError{Err: io.EOF}) == io.EOF)
	fmt.Printf("%+v %#v %d\n", Code(7), Code(7), Code(7))
}
