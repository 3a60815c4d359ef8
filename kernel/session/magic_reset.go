package session

import "context"

// resetMagic is %reset: a new engine of the same kind, with nothing in it. The
// numbers of cells go on, so that what is on the screen keeps its names.
func resetMagic(s *Session, _ context.Context, _ Cell, arg string) (Result, error) {
	if arg != "" {
		return Result{}, magicError("%%reset forgets everything, and takes no name")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.useEngine(s.engineName); err != nil {
		return Result{}, magicError("%v", err)
	}
	return said("All that cells have declared is forgotten; what they have started is stopped.")
}
