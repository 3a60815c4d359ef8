package programs

// typeswitch is a turn for each interface value that it looks at.
func typeswitch(n int) int {
	all := []interface{}{1, "two", 3.0, []int{4}}
	s := 0
	for k := 0; k < n; k += len(all) {
		for _, x := range all {
			switch x := x.(type) {
			case int:
				s += x
			case string:
				s += len(x)
			case float64:
				s += int(x)
			default:
				s++
			}
		}
	}
	return s
}
