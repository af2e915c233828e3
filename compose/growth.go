package compose

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"sort"
	"strings"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/portlint/portlint/compose/disk"
	"github.com/portlint/portlint/compose/syntax"
)

// The bounds of what variables make of a text. Values that name each other twice double with each line, and compose-go has
// no bound of its own. Real projects need some kilobytes, and no expression within another one more than twice.
const (
	maxEnvValues    = 1 << 20  // bytes that variables give to the values of the env files that are read together
	maxInterpolated = 16 << 20 // the same for the Compose files of a project, each time they are interpolated
)

var (
	errEnvGrows = fmt.Errorf("its values name each other and grow to more than %d MiB; write them out", maxEnvValues>>20)
	errGrows    = fmt.Errorf("variables give this project's files more than %d MiB of text; use shorter values", maxInterpolated>>20)
)

// growth counts down what variables may still give to a text.
type growth struct{ left int }

// exceeded reports whether a value was left out because there was too much.
func (g *growth) exceeded() bool { return g.left < 0 }

// bound lets a mapping give no more than what is left.
func (g *growth) bound(get template.Mapping) template.Mapping {
	return func(name string) (string, bool) {
		value, ok := get(name)
		if g.exceeded() {
			return "", ok
		}
		if g.left -= len(value); g.exceeded() {
			return "", ok
		}
		return value, ok
	}
}

// growthError says that the values of an env file grow too much, from which line on.
type growthError struct {
	file string
	line int // from 1
	err  error
}

func (e *growthError) Error() string {
	return fmt.Sprintf("cannot use %q: line %d: %v", e.file, e.line, e.err)
}
func (e *growthError) Unwrap() error { return e.err }

// isGrowth reports whether an error is about an env file that grows too much.
func isGrowth(err error) bool {
	var grows *growthError
	return errors.As(err, &grows)
}

// isRefused reports whether an error is about a file that compose-go would read all the same, wait for, or let grow.
func isRefused(err error) bool { return disk.IsRefused(err) || isGrowth(err) }

// firstLine is the first line with which a text is too much, from 1.
func firstLine(text []byte, tooMuch func(upTo []byte) bool) int {
	lines := bytes.SplitAfter(text, []byte("\n"))
	end := make([]int, len(lines))
	for i, line := range lines {
		end[i] = len(line)
		if i > 0 {
			end[i] += end[i-1]
		}
	}
	return 1 + sort.Search(len(lines)-1, func(i int) bool { return tooMuch(text[:end[i]]) })
}

// parseEnv adds the variables of an env file to vars. Its values may name those of current, and earlier ones.
func parseEnv(file string, text []byte, current, vars map[string]string, left *growth) error {
	if syntax.Nested(text) {
		return &growthError{file, firstLine(text, syntax.Nested), syntax.ErrNested}
	}

	before, had := maps.Clone(vars), *left
	parse := func(text []byte, vars map[string]string, left *growth) error {
		lookup := left.bound(func(name string) (string, bool) {
			if v, ok := current[name]; ok {
				return v, true
			}
			v, ok := vars[name]
			return v, ok
		})
		return dotenv.ParseWithFormat(bytes.NewReader(text), file, vars, dotenv.LookupFn(lookup), "")
	}

	err := parse(text, vars, left)
	if left.exceeded() {
		line := firstLine(text, func(upTo []byte) bool {
			last := had
			_ = parse(upTo, maps.Clone(before), &last) // it may end within a quoted value
			return last.exceeded()
		})
		return &growthError{file, line, errEnvGrows}
	}
	if err != nil {
		return unquotedEnv(err)
	}
	return nil
}

// interpolate replaces the variables of the texts of one load as substitute does, within the bound of a project.
func (c *composer) interpolate(substitute func(string, template.Mapping) (string, error)) func(string, template.Mapping) (string, error) {
	left := growth{maxInterpolated}
	return func(raw string, get template.Mapping) (string, error) {
		if !strings.Contains(raw, "$") {
			return raw, nil
		}
		value, err := substitute(raw, left.bound(get))
		if left.exceeded() {
			c.grows = true
			return "", errGrows
		}
		return value, err
	}
}
