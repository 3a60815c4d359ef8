package session

import "strings"

// inCommand reports whether offset is in one of the magics that code begins
// with.
func (s *Session) inCommand(code string, offset int) bool {
	_, rest := s.leadingCommands(code)
	return offset < rest || rest == len(code) && offset == rest
}

// completeMagic completes the name of a magic and what stands behind it; ok is
// false where the cursor is in Go.
func (s *Session) completeMagic(code string, cursor int) (out Completion, ok bool) {
	start := strings.LastIndexByte(code[:cursor], '\n') + 1
	line := code[start:cursor]
	typed := strings.TrimLeft(line, " \t")
	start += len(line) - len(typed)
	if !strings.HasPrefix(typed, "%") || !s.inCommand(code, start) {
		return Completion{}, false
	}
	name, arg, hasArg := strings.Cut(typed[1:], " ")
	if !hasArg {
		out = Completion{Start: start + 1, End: cursor}
		for _, m := range magics() {
			if strings.HasPrefix(m.name, name) {
				out.Matches = append(out.Matches, Match{m.name, "magic", m.usage()})
			}
		}
		return out, true
	}
	if name == "time" || name == "help" {
		return Completion{}, false // Go
	}
	arg = strings.TrimLeft(arg, " ")
	out = Completion{Start: cursor - len(arg), End: cursor}
	if m, found := findMagic(name); found && m.complete != nil {
		for _, text := range m.complete(s, arg) {
			if strings.HasPrefix(text, arg) {
				out.Matches = append(out.Matches, Match{text, "argument", m.usage()})
			}
		}
	}
	return out, true
}
