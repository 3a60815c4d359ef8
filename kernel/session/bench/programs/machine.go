package programs

// machine interprets the code of a little machine; a turn is an instruction.
func machine(n int) int {
	const (
		push = iota
		add
		multiply
		drop
		jump
	)
	code := []int{push, 3, push, 4, add, push, 2, multiply, drop, jump, 0}
	stack, pc := make([]int, 0, 16), 0
	for i := 0; i < n; i++ {
		switch op := code[pc]; op {
		case push:
			stack = append(stack, code[pc+1])
			pc += 2
		case add:
			top := len(stack) - 1
			stack[top-1] += stack[top]
			stack = stack[:top]
			pc++
		case multiply:
			top := len(stack) - 1
			stack[top-1] *= stack[top]
			stack = stack[:top]
			pc++
		case drop:
			stack = stack[:len(stack)-1]
			pc++
		case jump:
			pc = code[pc+1]
		}
	}
	return pc
}
