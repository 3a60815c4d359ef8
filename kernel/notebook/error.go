package notebook

// An Error is a failure together with what a person can do about it.
type Error struct {
	Err  error
	Mend string
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// Hint returns the remedy.
func (e *Error) Hint() string { return e.Mend }
