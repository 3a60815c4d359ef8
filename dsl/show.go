package dsl

import (
	"errors"
	"fmt"
	"io"
)

// Display shows v where it is called, as if it were the last expression of the
// cell: a chart, a table, an image, text (see [Render]).
//
//	for _, r := range []float64{0.5, 1, 2} {
//		Display(r)
//	}
func Display(v any, opts ...CellOption) {
	c := cellOf(opts)
	c.sink().Display(Render(v), "")
}

// A ClearOption is an option of [ClearOutput].
type ClearOption interface{ applyClear(*clearing) }

type clearing struct {
	cell Cell
	wait bool
}

func (c Cell) applyClear(to *clearing) { to.cell = c }

type untilNext struct{}

func (untilNext) applyClear(to *clearing) { to.wait = true }

// UntilNext makes [ClearOutput] wait for the next output, so that nothing
// flickers in between.
//
//	ClearOutput(UntilNext())
func UntilNext() ClearOption { return untilNext{} }

// ClearOutput removes what the cell has shown so far; with [UntilNext] only when
// the next output arrives. A terminal keeps what it has.
//
//	for i := range 10 {
//		ClearOutput(UntilNext())
//		fmt.Println("round", i)
//		time.Sleep(time.Second)
//	}
func ClearOutput(opts ...ClearOption) {
	var c clearing
	for _, o := range opts {
		o.applyClear(&c)
	}
	c.cell.sink().Clear(c.wait)
}

// Input asks for a line of text and waits for it. The line end is not part of
// the answer.
//
//	name := Input("Your name? ")
func Input(prompt string, opts ...CellOption) string { return ask(prompt, false, opts) }

// Password is [Input] for a secret: what is typed is not shown, and is in no
// output.
//
//	token := Password("Token? ")
func Password(prompt string, opts ...CellOption) string { return ask(prompt, true, opts) }

func ask(prompt string, password bool, opts []CellOption) string {
	c := cellOf(opts)
	input := c.Input
	if input == nil {
		input = terminalInput
	}
	line, err := input(prompt, password)
	if errors.Is(err, io.EOF) {
		err = fmt.Errorf("there is nobody to answer %q: the input has ended", prompt)
	}
	if err != nil {
		panic(err)
	}
	return line
}
