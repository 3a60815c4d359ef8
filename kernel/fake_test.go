package kernel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"setun/display"
	"setun/kernel/session"
)

// fake is a session whose cells are lines of a tiny language:
//
//	print TEXT   eprint TEXT   show TEXT   update TEXT   clear   result TEXT
//	page TEXT    fail TEXT     ask PROMPT  secret PROMPT sleep   hang
//	panic        nan           flood N     later TEXT
//
// It knows nothing of Go, so the tests of the loop show what the loop does.
type fake struct{}

func (fake) Execute(ctx context.Context, c session.Cell) (session.Result, error) {
	var result session.Result
	for line := range strings.Lines(c.Code) {
		verb, text, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		bundle := display.Text(text)
		switch verb {
		case "":
		case "print":
			c.Output.Stream("stdout", text+"\n")
		case "eprint":
			c.Output.Stream("stderr", text+"\n")
		case "show":
			bundle.Data[display.MIMEPNG] = []byte("\x89PNG")
			c.Output.Display(bundle, "id")
		case "update":
			c.Output.Update(bundle, "id")
		case "clear":
			c.Output.Clear(true)
		case "result":
			result.Value = &bundle
		case "page":
			result.Page = &bundle
		case "nan":
			bundle.Data = map[string]any{display.MIMEVega: math.NaN()}
			result.Value = &bundle
		case "fail":
			return result, &session.Error{Name: "Fake", Message: text}
		case "panic":
			panic("the session is broken")
		case "ask", "secret":
			answer, err := c.Output.Input(text, verb == "secret")
			switch {
			case errors.Is(err, io.EOF):
				answer = "end of input"
			case err != nil:
				return result, &session.Error{Name: "Input", Message: err.Error()}
			}
			c.Output.Stream("stdout", answer)
		case "sleep":
			<-ctx.Done()
			return result, &session.Error{Name: "Interrupted", Message: ctx.Err().Error()}
		case "hang":
			time.Sleep(time.Minute)
		case "flood":
			var n int
			fmt.Sscan(text, &n)
			for i := range n {
				c.Output.Stream("stdout", fmt.Sprintln(i))
			}
		case "later":
			go func() {
				time.Sleep(20 * time.Millisecond)
				c.Output.Stream("stdout", text)
			}()
		default:
			return result, fmt.Errorf("%q is not a command", verb)
		}
	}
	return result, nil
}

func (fake) Eval(_ context.Context, _ session.Cell, expr string) (display.Bundle, error) {
	switch expr {
	case "bad":
		return display.Bundle{}, &session.Error{Name: "Fake", Message: "bad expression"}
	case "panic":
		panic("the session is broken")
	}
	return display.Text("value of " + expr), nil
}

func (fake) Complete(code string, cursor int) session.Completion {
	start := strings.LastIndexByte(code[:cursor], ' ') + 1
	return session.Completion{
		Matches: []session.Match{{Text: "größer", Kind: "function", Signature: "func größer()"}},
		Start:   start,
		End:     cursor,
	}
}

func (fake) Inspect(code string, cursor, detail int) (display.Bundle, bool) {
	if code == "" {
		return display.Bundle{}, false
	}
	return display.Text(fmt.Sprintf("%s at %d, detail %d", code, cursor, detail)), true
}

func (fake) IsComplete(code string) session.Completeness {
	if strings.HasSuffix(code, "{") {
		return session.Completeness{Status: "incomplete", Indent: "\t"}
	}
	return session.Completeness{Status: "complete", Indent: "ignored"}
}
