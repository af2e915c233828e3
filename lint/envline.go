package lint

// EnvLine is the line of an env file, from 1, that gives a variable its value: the last one that does, 0 when none does.
func EnvLine(text []byte, name string) int {
	line := 0
	for _, a := range assignments(text) {
		if a.name == name {
			line = NewSource(text).Position(a.start).Line
		}
	}
	return line
}
