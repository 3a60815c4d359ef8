//go:build unix

package kernel

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"setun/kernel/wire"
)

// The test binary is also a kernel with the fake session, for the tests that
// need a process of its own: TEST_KERNEL names its connection file. With
// TEST_PARENT it is the front end that starts such a kernel, and dies.
func TestMain(m *testing.M) {
	path := os.Getenv("TEST_KERNEL")
	switch {
	case path == "":
		os.Exit(m.Run())
	case os.Getenv("TEST_PARENT") != "":
		os.Unsetenv("TEST_PARENT")
		os.Setenv("JPY_PARENT_PID", "1")
		if err := exec.Command(os.Args[0]).Start(); err != nil {
			panic(err)
		}
		time.Sleep(time.Minute)
	default:
		c, err := wire.ReadConnection(path)
		if err == nil {
			err = Serve(context.Background(), c, fake{}, slog.New(slog.DiscardHandler))
		}
		if err != nil {
			panic(err)
		}
	}
}

// spawn starts a kernel in a process of its own.
func spawn(t *testing.T, env ...string) (*front, *exec.Cmd) {
	t.Helper()
	c, err := wire.NewConnection()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "connection.json")
	if err := c.Write(path); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), append(env, "TEST_KERNEL="+path)...)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return &front{T: t, connection: c, Client: connect(t, c)}, cmd
}

func (f *front) awaitOutput() {
	f.Helper()
	for m := f.next(wire.IOPub); m.Header.Type != "stream"; {
		m = f.next(wire.IOPub)
	}
}

func TestSignals(t *testing.T) {
	f, cmd := spawn(t)
	id := f.send(wire.Shell, "execute_request", content{"code": "print a\nsleep"})
	f.awaitOutput()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if reply := f.reply(wire.Shell, id); reply["ename"] != "Interrupted" {
		t.Errorf("SIGINT: %v", reply)
	}
	f.awaitIdle(1)
	if reply, _ := f.run("print b"); reply["status"] != "ok" {
		t.Errorf("after SIGINT: %v", reply)
	}

	id = f.send(wire.Shell, "execute_request", content{"code": "print a\nsleep"})
	f.awaitOutput()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if reply := f.reply(wire.Shell, id); reply["ename"] != "Interrupted" {
		t.Errorf("SIGTERM: %v", reply)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the kernel ended with %v", err)
	}
}

// The kernel does not outlive the front end that started it.
func TestParentDies(t *testing.T) {
	f, cmd := spawn(t, "TEST_PARENT=1")
	f.run("print a")
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for {
		select {
		case _, ok := <-f.Messages(wire.Control):
			if ok {
				continue
			}
		case <-time.After(patience):
			t.Error("the kernel lives on")
		}
		return
	}
}
