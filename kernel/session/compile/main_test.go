package compile

import (
	"os"
	"testing"
)

// The test binary runs a Go program with the engine if SETUN_RUN names it, so
// that a crash is the program's own.
func TestMain(m *testing.M) {
	if path := os.Getenv("SETUN_RUN"); path != "" {
		b, err := os.ReadFile(path)
		if err != nil {
			panic(err)
		}
		os.Exit(runProgram(map[string][]byte{path: b}))
	}
	os.Exit(m.Run())
}
