package notebook

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// parameterised is a notebook whose second cell declares parameters.
func parameterised(declarations string) *Notebook {
	return &Notebook{
		Cells: []*Cell{
			{Type: Markdown, ID: "intro", Source: "# P"},
			{Type: Code, ID: "p", Source: declarations, Metadata: map[string]any{"tags": []any{"parameters"}}},
			{Type: Code, ID: "use", Source: "epochs"},
		},
		Metadata: map[string]any{"papermill": map[string]any{"kept": true}},
	}
}

func TestInject(t *testing.T) {
	const declarations = "// how long\nepochs := 5\nvar (\n\trate, decay = 1e-3, 0.1\n\tname string = \"a\"\n)\nquick := false"
	tests := []struct {
		param  string
		source string
		record any
	}{
		{"epochs=3", "epochs = 3", json.Number("3")},
		{"epochs=-3", "epochs = -3", json.Number("-3")},
		{"epochs=1_000", "epochs = 1_000", json.Number("1000")},
		{"epochs=0x10", "epochs = 0x10", json.Number("16")},
		{"rate=1", "rate = 1", json.Number("1")},
		{"rate=2.5e-4", "rate = 2.5e-4", 2.5e-4},
		{"decay=.5", "decay = .5", 0.5},
		{"quick=true", "quick = true", true},
		{"name=b c", `name = "b c"`, "b c"},
		{"name=7", `name = "7"`, "7"},
		{"name=true", `name = "true"`, "true"},
		{`name="quo\"ted"`, `name = "quo\"ted"`, `quo"ted`},
		{"name=", `name = ""`, ""},
		{"name=a=b", `name = "a=b"`, "a=b"},
		{"epochs=os.Exit(1)", `epochs = "os.Exit(1)"`, "os.Exit(1)"},
	}
	for _, tt := range tests {
		t.Run(tt.param, func(t *testing.T) {
			n := parameterised(declarations)
			p, err := ParseParam(tt.param)
			if err != nil {
				t.Fatal(err)
			}
			if err := n.Inject([]Param{p}); err != nil {
				t.Fatal(err)
			}
			c := n.Cells[2]
			if want := "// Parameters\n" + tt.source; c.Source != want || !c.Tagged("injected-parameters") {
				t.Errorf("cell %q with tags %v, want %q", c.Source, c.Metadata["tags"], want)
			}
			want := map[string]any{"kept": true, "parameters": map[string]any{p.Name: tt.record}}
			if d := cmp.Diff(want, n.Metadata["papermill"]); d != "" {
				t.Errorf("metadata.papermill, -want +got:\n%s", d)
			}
		})
	}
}

// TestInjectTwice: a notebook that was run with parameters takes new ones.
func TestInjectTwice(t *testing.T) {
	n := parameterised("epochs := 5")
	for _, value := range []string{"1", "2"} {
		if err := n.Inject([]Param{{"epochs", value}}); err != nil {
			t.Fatal(err)
		}
	}
	if len(n.Cells) != 4 || n.Cells[2].Source != "// Parameters\nepochs = 2" || !validID.MatchString(n.Cells[2].ID) {
		t.Errorf("%d cells, the injected one %+v", len(n.Cells), n.Cells[2])
	}
}

func TestInjectFaults(t *testing.T) {
	tests := []struct {
		name, declarations string
		params             []Param
		want, hint         string
	}{
		{"unknown", "epochs, rate := 5, 0.1", []Param{{"epoch", "1"}}, `no parameter "epoch"`, "it has epochs, rate"},
		{"constant", "const epochs = 5", []Param{{"epochs", "1"}}, `"epochs" is a constant`, "epochs :="},
		{"twice", "epochs := 5", []Param{{"epochs", "1"}, {"epochs", "2"}}, "given twice", ""},
		{"broken", "epochs := := 5", []Param{{"epochs", "1"}}, "the parameters cell: it may hold only", "epochs := 5"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := parameterised(tt.declarations).Inject(tt.params)
			check(t, err, tt.want, tt.hint)
		})
	}
	n := parameterised("epochs := 5")
	n.Cells[1].Metadata = nil
	check(t, n.Inject([]Param{{"epochs", "1"}}), `no code cell tagged "parameters"`, "tag the cell")
	for _, s := range []string{"epochs", "=5", "a b=5", "1a=5", ""} {
		_, err := ParseParam(s)
		check(t, err, "is not name=value", "-p epochs=3")
	}
}

func check(t *testing.T, err error, want, hint string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
		return
	}
	var h interface{ Hint() string }
	if hint != "" && (!errors.As(err, &h) || !strings.Contains(h.Hint(), hint)) {
		t.Errorf("the hint of %q lacks %q", err, hint)
	}
}
