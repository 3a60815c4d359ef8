//go:build ignore

// Errors: sentinels, types, wrapping, joining, deferred cleanup.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
)

var (
	ErrFunds  = errors.New("insufficient funds")
	ErrClosed = fmt.Errorf("account: %w", os.ErrClosed)
)

type LimitError struct{ Limit, Asked int }

func (e *LimitError) Error() string {
	return fmt.Sprintf("limit %d exceeded by %d", e.Limit, e.Asked-e.Limit)
}
func (e *LimitError) Temporary() bool { return e.Asked < 2*e.Limit }

type Account struct {
	mu      sync.Mutex
	balance int
	closed  bool
	history []string
}

func (a *Account) Withdraw(n int) (err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	defer func() {
		if err != nil {
			a.history = append(a.history, err.Error())
			err = fmt.Errorf("withdraw %d: %w", n, err)
		}
	}()
	switch {
	case a.closed:
		return ErrClosed
	case n > 500:
		return &LimitError{500, n}
	case n > a.balance:
		return ErrFunds
	}
	a.balance -= n
	return nil
}

func main() {
	a := &Account{balance: 300}
	var all []error
	for _, n := range []int{100, 250, 600, 5000} {
		err := a.Withdraw(n)
		var le *LimitError
		var t interface{ Temporary() bool }
		fmt.Println(err, errors.Is(err, ErrFunds), errors.As(err, &le), errors.As(err, &t) && t.Temporary())
		all = append(all, err)
	}
	a.closed = true
	err := a.Withdraw(1)
	fmt.Println(err, errors.Is(err, os.ErrClosed), errors.Unwrap(err) == ErrClosed)
	joined := errors.Join(append(all, err)...)
	fmt.Println(strings.Count(joined.Error(), "\n"), errors.Is(joined, ErrFunds), a.history)
}
