package symbols

import (
	"go/types"
	"reflect"
	"strings"
	"testing"
)

// Every exported function, variable and type that is not generic is in its
// package's table, and what the table has fits the type information.
func TestTablesFitTypes(t *testing.T) {
	im := NewImporter()
	for _, p := range Packages {
		pkg, err := im.Import(p.Path)
		if err != nil {
			t.Errorf("%s: %v", p.Path, err)
			continue
		}
		if pkg.Name() != p.Name {
			t.Errorf("package %s is called %s, not %s", p.Path, pkg.Name(), p.Name)
		}
		for _, name := range pkg.Scope().Names() {
			obj, ok := pkg.Scope().Lookup(name).(*types.Func)
			if !ok || !obj.Exported() || obj.Signature().TypeParams().Len() > 0 {
				continue
			}
			v, ok := Lookup(p.Path, name)
			sig := obj.Signature()
			if !ok || v.Kind() != reflect.Func || v.Type().NumIn() != sig.Params().Len() || v.Type().NumOut() != sig.Results().Len() {
				t.Errorf("%s.%s is %v in the table, %s for the checker", p.Path, name, v, sig)
			}
		}
	}
}

// A package that another has mentioned before it was imported itself is complete.
func TestImportOrder(t *testing.T) {
	im := NewImporter()
	if _, err := im.Import("net/http"); err != nil {
		t.Fatal(err)
	}
	pkg, err := im.Import("io")
	if err != nil || pkg.Scope().Lookup("TeeReader") == nil {
		t.Errorf("io has no TeeReader: %v", err)
	}
	if again, _ := im.Import("io"); again != pkg {
		t.Error("a second import gives another package")
	}
}

func TestMissing(t *testing.T) {
	if _, err := NewImporter().Import("no/such"); err == nil || !strings.Contains(err.Error(), "no/such") {
		t.Errorf("importing no/such: %v", err)
	}
	if _, ok := Lookup("fmt", "NoSuch"); ok {
		t.Error("fmt.NoSuch is there")
	}
	if Doc("fmt", "NoSuch") != "" || Doc("no/such", "") != "" {
		t.Error("what does not exist has documentation")
	}
}

func TestDoc(t *testing.T) {
	for _, tt := range []struct{ path, symbol, want string }{
		{"fmt", "Println", "formats using the default formats"},
		{"strings", "Builder.WriteString", "appends the contents of s"},
		{"net/http", "Client.Timeout", "time limit"},
		{"math/rand/v2", "", "pseudo-random"},
	} {
		if got := Doc(tt.path, tt.symbol); !strings.Contains(got, tt.want) {
			t.Errorf("%s %s: %q", tt.path, tt.symbol, got)
		}
	}
}

// A wrapper implements its interface by its function fields.
func TestWrapper(t *testing.T) {
	w, ok := Lookup("fmt", "_Stringer")
	if !ok {
		t.Fatal("fmt.Stringer has no wrapper")
	}
	box := reflect.New(w.Type().Elem())
	box.Elem().FieldByName("WString").Set(reflect.ValueOf(func() string { return "wrapped" }))
	if s, ok := box.Interface().(interface{ String() string }); !ok || s.String() != "wrapped" {
		t.Errorf("the wrapper is a %v", box.Type())
	}
}
