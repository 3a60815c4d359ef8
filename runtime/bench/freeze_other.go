//go:build !unix

package bench

import (
	"os"
	"os/exec"
	"time"
)

func ownGroup(*exec.Cmd) {}

// freeze cannot stop a peer here, and waits until its threads no longer spin.
func freeze(*os.Process) { time.Sleep(50 * time.Millisecond) }

func thaw(*os.Process) {}
