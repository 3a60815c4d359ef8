package dsl

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestDisplayAndClear(t *testing.T) {
	out := &recorder{}
	c := Cell{Sink: out}
	Display([]int{1, 2}, c)
	if got := plainText(out.last); got != "[]int{1, 2}" {
		t.Errorf("shown as %q", got)
	}
	ClearOutput(c)
	ClearOutput(UntilNext(), c)
	ClearOutput(c, UntilNext())
	if want := []string{"display ", "clear false", "clear true", "clear true"}; !reflect.DeepEqual(out.events, want) {
		t.Errorf("events %q, want %q", out.events, want)
	}
}

func TestInput(t *testing.T) {
	var asked []any
	c := Cell{Input: func(prompt string, password bool) (string, error) {
		asked = append(asked, prompt, password)
		return "answer", nil
	}}
	if Input("name? ", c) != "answer" || Password("word? ", c) != "answer" {
		t.Error("the answer is lost")
	}
	if want := []any{"name? ", false, "word? ", true}; !reflect.DeepEqual(asked, want) {
		t.Errorf("asked %v, want %v", asked, want)
	}

	refusal := errors.New("this front end cannot ask")
	c.Input = func(string, bool) (string, error) { return "", refusal }
	if err := panicked(t, func() { Input("?", c) }); !errors.Is(err, refusal) {
		t.Errorf("got %v", err)
	}
	c.Input = func(string, bool) (string, error) { return "", io.EOF }
	if err := panicked(t, func() { Input("?", c) }); !strings.Contains(err.Error(), "nobody to answer") {
		t.Errorf("got %v", err)
	}
}

func TestReadLineTakesOneLineOnly(t *testing.T) {
	in := strings.NewReader("first\r\nsecond\n\nlast")
	var got []string
	for {
		line, err := readLine(in)
		if err != nil {
			break
		}
		got = append(got, line)
	}
	if want := []string{"first", "second", "", "last"}; !reflect.DeepEqual(got, want) {
		t.Errorf("lines %q, want %q", got, want)
	}
}

func TestProgressLine(t *testing.T) {
	var out bytes.Buffer
	line := progressLine{out: &out}
	line.update(func() string { return "first" })
	line.last = time.Now().Add(time.Hour)
	line.update(func() string { return "too soon after it" })
	line.finish("last")
	if want := "\rfirst\x1b[K\rlast\x1b[K\n"; out.String() != want {
		t.Errorf("wrote %q, want %q", out.String(), want)
	}
	silent := progressLine{}
	silent.update(func() string {
		t.Error("a line is made although nobody sees it")
		return ""
	})
	silent.finish("last")
}
