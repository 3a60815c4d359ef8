package bench

import (
	"bytes"
	"testing"
)

func at(v float64) *float64 { return &v }

func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		name string
		row  Row
		want string
	}{
		{"no target", Row{Against: "x", Ratio: at(2)}, ""},
		{"reached", Row{Against: "x", Ratio: at(2), Target: at(2)}, "reached"},
		{"missed", Row{Against: "x", Ratio: at(1.99), Target: at(2)}, "missed"},
		{"little is good", Row{Against: "x", Ratio: at(0.4), Target: at(0.4), AtMost: true}, "reached"},
		{"little is missed", Row{Against: "x", Ratio: at(0.41), Target: at(0.4), AtMost: true}, "missed"},
		{"peer missing", Row{Against: "x", Ours: 5, Target: at(2)}, ""},
		{"alone", Row{Ours: 0, Target: at(0), AtMost: true}, "reached"},
		{"alone and missed", Row{Ours: 1, Target: at(0), AtMost: true}, "missed"},
	} {
		if got := c.row.Verdict(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestWriteJSON(t *testing.T) {
	for _, c := range []struct {
		row  Row
		want string
	}{
		{
			Row{Name: "gemm/NN/64x64x64", Threads: 1, Ours: 200, Peer: at(100), Against: "OpenBLAS", Unit: "GFLOP/s", Ratio: at(2), Target: at(1), Spread: 0.01, Rounds: 30},
			`{"name":"gemm/NN/64x64x64","threads":1,"ours":200,"peer":100,"against":"OpenBLAS","unit":"GFLOP/s","ratio":2,"target":1,"spread":0.01,"rounds":30}`,
		},
		{
			Row{Name: "gemm/NN/64x64x64", Threads: 2, Ours: 200, Against: "openblas", Unit: "GFLOP/s", Target: at(1), Note: "not here"},
			`{"name":"gemm/NN/64x64x64","threads":2,"ours":200,"peer":null,"against":"openblas","unit":"GFLOP/s","ratio":null,"target":1,"note":"not here"}`,
		},
	} {
		var out bytes.Buffer
		if err := c.row.WriteJSON(&out); err != nil {
			t.Fatal(err)
		}
		if out.String() != c.want+"\n" {
			t.Errorf("got  %swant %s", out.String(), c.want)
		}
	}
}

func TestShort(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 1: "1.00", 12.345: "12.3", 99.96: "100.0", 123.4: "123", 65123: "65123", 0.0123456: "0.0123", 1e-12: "0.000000000",
	} {
		if got := short(v); got != want {
			t.Errorf("short(%v) = %q, want %q", v, got, want)
		}
	}
}
