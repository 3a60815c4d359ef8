package compile

import (
	"go/constant"

	"golang.org/x/tools/go/ssa"
)

// What the runtime says of iterators that break the rules of range loops.
const (
	errRangeDone      = plainError("runtime error: range function continued iteration after function for loop body returned false")
	errRangePanic     = plainError("runtime error: range function continued iteration after loop body panic")
	errRangeExhausted = plainError("runtime error: range function continued iteration after whole loop exit")
	errRangeRecovered = plainError("runtime error: range function recovered a loop body panic and did not resume panicking")
)

// rangeFault is the value of a panic that the SSA builder puts where an iterator
// is at fault, nil for other panics. The builder has a word for the state of a
// loop: -1 in its body, -2 after it, and how it was left before that.
func (c *fnc) rangeFault(in *ssa.Panic) func(*Frame) any {
	mi, ok := in.X.(*ssa.MakeInterface)
	if !ok || in.Pos().IsValid() {
		return nil
	}
	text, ok := mi.X.(*ssa.Const)
	if !ok || text.Value == nil || text.Value.Kind() != constant.String {
		return nil
	}
	switch constant.StringVal(text.Value) {
	case "iterator call did not preserve panic":
		return func(*Frame) any { return errRangeRecovered }
	case "yield function called after range loop exit":
		before := in.Block().Preds[0].Instrs
		state := before[len(before)-1].(*ssa.If).Cond.(*ssa.BinOp).X.(*ssa.UnOp).X
		at := fn[*int](c.operand(state))
		return func(fp *Frame) any {
			switch *at(fp) {
			case -1:
				return errRangePanic
			case -2:
				return errRangeExhausted
			}
			return errRangeDone
		}
	}
	return nil
}
