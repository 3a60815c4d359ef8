package train

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// readStrictly fills the struct that into points to from the JSON object text: the
// fields that it names, objects within objects and lists of them. Whatever is no
// field, or no value for one, is noted with its path; the rest is read all the same.
func readStrictly(text []byte, path string, into reflect.Value, wrong *faults) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		wrong.add("%s%s", within(path), strings.TrimPrefix(err.Error(), "json: "))
		return
	}
	takeFields(all, path, into.Elem(), wrong)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		wrong.add("there is no setting %q", path+name)
	}
}

// takeFields fills the fields of a struct, and takes them out of all.
func takeFields(all map[string]json.RawMessage, path string, fields reflect.Value, wrong *faults) {
	for i := range fields.NumField() {
		f := fields.Type().Field(i)
		if f.Anonymous {
			takeFields(all, path, fields.Field(i), wrong)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if value, there := all[name]; there {
			readValue(value, path+name, fields.Field(i), wrong)
			delete(all, name)
		}
	}
}

func readValue(text []byte, path string, into reflect.Value, wrong *faults) {
	switch {
	case into.Kind() == reflect.Struct:
		readStrictly(text, path+".", into.Addr(), wrong)
	case into.Kind() == reflect.Slice && into.Type().Elem().Kind() == reflect.Struct:
		var list []json.RawMessage
		if err := json.Unmarshal(text, &list); err != nil {
			wrong.add("%s: %s", path, strings.TrimPrefix(err.Error(), "json: "))
			return
		}
		into.Set(reflect.MakeSlice(into.Type(), len(list), len(list)))
		for i, element := range list {
			readValue(element, at(path, i), into.Index(i), wrong)
		}
	default:
		if err := json.NewDecoder(bytes.NewReader(text)).Decode(into.Addr().Interface()); err != nil {
			wrong.add("%s: %s", path, strings.TrimPrefix(err.Error(), "json: "))
		}
	}
}

// within is path as it stands before what is wrong there.
func within(path string) string {
	if path == "" {
		return ""
	}
	return strings.TrimSuffix(path, ".") + ": "
}
