//go:build ignore

// json with types of our own: tags, embedding, marshalers, text keys, streams,
// unknown fields, raw messages, errors; gob and xml of the same values.
package main

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"
)

type Level int8

const (
	Low Level = iota - 1
	Mid
	High
)

func (l Level) MarshalText() ([]byte, error) {
	if l < Low || l > High {
		return nil, fmt.Errorf("no level %d", int8(l))
	}
	return []byte([]string{"low", "mid", "high"}[l+1]), nil
}

func (l *Level) UnmarshalText(b []byte) error {
	for i, s := range []string{"low", "mid", "high"} {
		if string(b) == s {
			*l = Level(i - 1)
			return nil
		}
	}
	return fmt.Errorf("no level %q", b)
}

type Span struct{ time.Duration }

func (s Span) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }
func (s *Span) UnmarshalJSON(b []byte) (err error) {
	var text string
	if err = json.Unmarshal(b, &text); err == nil {
		s.Duration, err = time.ParseDuration(text)
	}
	return
}

type Base struct {
	ID   int    `json:"id" xml:"id,attr"`
	Note string `json:"note,omitempty" xml:",comment"`
}

type Task struct {
	Base
	XMLName xml.Name        `json:"-" xml:"task"`
	Title   string          `json:"title" xml:"title"`
	Level   Level           `json:"level" xml:"level"`
	Took    *Span           `json:"took,omitempty" xml:"-"`
	Counts  map[Level]int   `json:"counts,omitempty" xml:"-"`
	Sub     []*Task         `json:"sub,omitempty" xml:"sub>task"`
	Raw     json.RawMessage `json:"raw,omitempty" xml:"-"`
	When    time.Time       `json:"when,omitzero" xml:"when"`
	Big     uint64          `json:"big,string" xml:"big"`
	Any     any             `json:"any" xml:"-"`
	Bytes   []byte          `json:"bytes" xml:"bytes"`
	Arr     [2]bool         `json:"arr" xml:"-"`
	hidden  int
}

type Shape interface{ Area() float64 }
type Square struct{ Side float64 }
type Circle struct{ R float64 }

func (s Square) Area() float64  { return s.Side * s.Side }
func (c *Circle) Area() float64 { return 3 * c.R * c.R }

type album struct {
	Squares []Square
	Round   *Circle
	Level   Level
	M       map[string][]Base
}

func main() {
	task := Task{
		Base: Base{1, "a < b"}, Title: "root", Level: High, Took: &Span{90 * time.Second},
		Counts: map[Level]int{Low: 1, High: 2}, Sub: []*Task{{Title: "leaf"}, nil},
		Raw: json.RawMessage(`{"x": [1,2]}`), When: time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC),
		Big: 1 << 63, Any: map[string]any{"z": nil, "a": 1.5}, Bytes: []byte("hi"), hidden: 3,
	}
	out, err := json.MarshalIndent(task, "", " ")
	fmt.Println(string(out), err)
	var back Task
	fmt.Println(json.Unmarshal(out, &back))
	again, _ := json.Marshal(back)
	compact := new(bytes.Buffer)
	json.Compact(compact, out)
	fmt.Println(string(again) == compact.String(), back.Sub[1] == nil, back.Took.Minutes(), back.Counts)

	for _, in := range []string{`{"level":"extreme"}`, `{"id":"x"}`, `{"title":1}`, `{"took":"soon"}`, `{"extra":1}`, `{`, `{"arr":[true,false,true]}`, `{"big":5}`} {
		d := json.NewDecoder(strings.NewReader(in))
		d.DisallowUnknownFields()
		var t Task
		err := d.Decode(&t)
		var ute *json.UnmarshalTypeError
		fmt.Println(in, "->", err, errors.As(err, &ute), errors.Is(err, io.ErrUnexpectedEOF))
		if ute != nil {
			fmt.Println("   ", ute.Field, ute.Value, ute.Type, ute.Struct)
		}
	}
	_, err = json.Marshal(Task{Level: 9})
	var me *json.MarshalerError
	fmt.Println(err, errors.As(err, &me))
	_, err = json.Marshal(map[string]any{"f": func() {}})
	fmt.Println(err)

	d := json.NewDecoder(strings.NewReader(`{"id":1} {"id":2} [3]`))
	for {
		var b Base
		if err := d.Decode(&b); err != nil {
			fmt.Println(err)
			break
		}
		fmt.Print(b.ID, " ")
	}

	task.Sub = task.Sub[:1]
	x, err := xml.MarshalIndent(task, "", " ")
	fmt.Println(string(x), err)
	var fromXML Task
	fmt.Println(xml.Unmarshal(x, &fromXML), fromXML.Title, fromXML.ID, fromXML.Sub[0].Title, fromXML.Level, fromXML.Note)

	var buf bytes.Buffer
	sent := album{[]Square{{2}, {3}}, &Circle{1}, High, map[string][]Base{"k": {{ID: 4}}}}
	fmt.Println(gob.NewEncoder(&buf).Encode(sent))
	var got struct {
		Squares []Square
		Round   *Circle
		Level   Level
		Extra   int
		M       map[string][]Base
	}
	fmt.Println(gob.NewDecoder(&buf).Decode(&got), reflect.DeepEqual(got.Squares, sent.Squares), got.Level, got.M)
	for _, s := range []Shape{got.Squares[1], got.Round} {
		fmt.Printf("%T %+v %.1f\n", s, s, s.Area())
	}
	buf.Reset()
	fmt.Println(gob.NewEncoder(&buf).Encode(struct{ Level Level }{9}))
}
