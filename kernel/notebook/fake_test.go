package notebook_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"

	"setun/display"
	"setun/kernel"
	"setun/kernel/session"
	"setun/kernel/wire"
)

// TestMain lets this binary be the kernel process that the runner starts.
func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == "kernel" {
		if err := serve(os.Args[3]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func serve(file string) error {
	if os.Getenv("FAKE_KERNEL") == "broken" {
		return errors.New("no kernel today")
	}
	conn, err := wire.ReadConnection(file)
	if err != nil {
		return err
	}
	return kernel.Serve(context.Background(), conn, fake{}, slog.New(slog.NewTextHandler(io.Discard, nil)))
}

// fake is a session for the runner's tests: its cells are lines of
//
//	print TEXT   eprint TEXT   show ID TEXT   update ID TEXT   clear   clear-wait
//	result TEXT  fail TEXT     sleep          stuck            die TEXT   pwd
type fake struct{ session.Interface }

func (fake) Execute(ctx context.Context, c session.Cell) (session.Result, error) {
	var result session.Result
	for line := range strings.Lines(c.Code) {
		verb, text, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		text = strings.NewReplacer(`\n`, "\n", `\r`, "\r", `\e`, "\x1b").Replace(text)
		id, rest, _ := strings.Cut(text, " ")
		switch verb {
		case "", "//":
		case "print":
			c.Output.Stream("stdout", text)
		case "eprint":
			c.Output.Stream("stderr", text)
		case "show":
			c.Output.Display(display.Text(rest), id)
		case "update":
			c.Output.Update(display.Text(rest), id)
		case "clear", "clear-wait":
			c.Output.Clear(verb == "clear-wait")
		case "result":
			b := display.Text(text)
			result.Value = &b
		case "fail":
			return result, &session.Error{Name: "Fake", Message: text, Traceback: []string{"\x1b[31mFake\x1b[0m: " + text}}
		case "sleep":
			<-ctx.Done()
			return result, &session.Error{Name: "Interrupted", Message: "the cell was interrupted"}
		case "stuck":
			select {}
		case "die":
			fmt.Fprintln(os.Stderr, text)
			os.Exit(3)
		case "pwd":
			dir, _ := os.Getwd()
			c.Output.Stream("stdout", dir)
		default:
			return result, &session.Error{Name: "Unknown", Message: verb}
		}
	}
	return result, nil
}
