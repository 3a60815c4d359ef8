package optim

import "fmt"

// An OptionError is the panic for a number that makes no sense in a recipe.
type OptionError struct {
	Rule  string // "AdamW"
	Name  string // "learning rate"
	Value float64
	Want  string // "at least 0"
}

func (e *OptionError) Error() string {
	return fmt.Sprintf("%s: %s is %g, want %s", e.Rule, e.Name, e.Value, e.Want)
}

// need panics unless ok and value is a finite number (NaN and Inf minus
// themselves are not 0).
func need(rule, name string, value float64, ok bool, want string) {
	if !ok || value-value != 0 {
		panic(&OptionError{Rule: rule, Name: name, Value: value, Want: want})
	}
}
