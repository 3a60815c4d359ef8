package compile

import "sync"

// waitCond is c.Wait, but that a stopped run does not wait on. It ends then with
// c.L locked, as its deferred calls expect, if nobody else keeps the lock.
func (th *Thread) waitCond(c *sync.Cond) {
	th.check()
	m, plain := c.L.(*sync.Mutex)
	if plain && m.TryLock() {
		m.Unlock()
		panic(plainError("sync: unlock of unlocked mutex"))
	}
	done, left := make(chan struct{}), make(chan struct{})
	go func() {
		c.Wait()
		select {
		case done <- struct{}{}:
		case <-left:
			// The signal was for somebody else.
			c.L.Unlock()
			c.Signal()
		}
	}()
	select {
	case <-done:
	case <-th.run.done:
		close(left)
		if plain {
			soon(m.TryLock)
		}
		th.halt()
	}
}
