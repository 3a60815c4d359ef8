//go:build ignore

// JSON round trips: structs, any, raw messages, streaming, custom unions.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

type (
	Shape  interface{ Area() float64 }
	Circle struct {
		R float64 `json:"r"`
	}
)
type Rect struct {
	W, H float64
}

func (c Circle) Area() float64 { return 3 * c.R * c.R }
func (r *Rect) Area() float64  { return r.W * r.H }

type Tagged struct{ Shape }

func (t Tagged) MarshalJSON() ([]byte, error) {
	_, name, _ := strings.Cut(reflect.TypeOf(t.Shape).String(), ".")
	return json.Marshal(struct {
		Type string `json:"type"`
		Data Shape  `json:"data"`
	}{name, t.Shape})
}

func (t *Tagged) UnmarshalJSON(b []byte) error {
	var raw struct {
		Type string
		Data json.RawMessage
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	switch raw.Type {
	case "Circle":
		var c Circle
		if err := json.Unmarshal(raw.Data, &c); err != nil {
			return err
		}
		t.Shape = c
	case "Rect":
		t.Shape = new(Rect)
		return json.Unmarshal(raw.Data, t.Shape)
	default:
		return fmt.Errorf("unknown shape %q", raw.Type)
	}
	return nil
}

type Config struct {
	Name    string            `json:"name"`
	Timeout Duration          `json:"timeout"`
	Env     map[string]string `json:"env,omitempty"`
	Nested  *Config           `json:"nested,omitempty"`
	Ports   [2]int            `json:"ports"`
	Big     int64             `json:"big,string"`
	Ptr     *bool             `json:"ptr"`
	Blob    []byte            `json:"blob"`
}

type Duration struct{ time.Duration }

func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }
func (d *Duration) UnmarshalText(b []byte) (err error) {
	d.Duration, err = time.ParseDuration(string(b))
	return
}

func main() {
	b, err := json.Marshal([]Tagged{{Circle{2}}, {&Rect{3, 4}}})
	fmt.Println(string(b), err)
	var shapes []Tagged
	fmt.Println(json.Unmarshal(b, &shapes))
	for _, s := range shapes {
		fmt.Printf("%T %v\n", s.Shape, s.Area())
	}
	fmt.Println(json.Unmarshal([]byte(`[{"type":"x"}]`), &shapes))
	c := Config{"svc", Duration{90 * time.Second}, map[string]string{"B": "2", "A": "1"}, &Config{Name: "in"}, [2]int{80, 443}, 1 << 60, new(true), []byte("hi")}
	b, _ = json.MarshalIndent(c, "", "  ")
	fmt.Println(string(b))
	var d Config
	fmt.Println(json.Unmarshal(b[:], &d), d.Nested.Name, d.Timeout, *d.Ptr, string(d.Blob), d.Big)
	var anyv any
	json.Unmarshal([]byte(`{"a":[1,2.5,"x",null,true,{"b":{}}],"c":1e3}`), &anyv)
	var walk func(v any, path string)
	walk = func(v any, path string) {
		switch v := v.(type) {
		case map[string]any:
			for _, k := range slices.Sorted(maps.Keys(v)) {
				walk(v[k], path+"."+k)
			}
		case []any:
			for i, e := range v {
				walk(e, fmt.Sprintf("%s[%d]", path, i))
			}
		default:
			fmt.Printf("%s %T %v\n", path, v, v)
		}
	}
	walk(anyv, "$")
	dec := json.NewDecoder(strings.NewReader(`{"n":1} {"n":2} [3] oops`))
	for {
		var m map[string]int
		if err := dec.Decode(&m); err != nil {
			var te *json.UnmarshalTypeError
			fmt.Println(errors.As(err, &te), err)
			if !errors.As(err, &te) {
				break
			}
			continue
		}
		fmt.Println(m)
	}
}
