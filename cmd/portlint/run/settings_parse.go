package run

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"go.yaml.in/yaml/v4"

	"github.com/portlint/portlint/lint"
)

// ParseSettings reads a .portlint.yaml; name is how errors call it.
func ParseSettings(name string, text []byte) (Settings, error) {
	s := DefaultSettings()
	top, err := oneDocument(text)
	if err == nil && top != nil {
		err = eachKey(top, []field{
			{"rules", s.readRules}, {"level", s.readLevel}, {"fail-on", s.readFailOn},
			{"ports", s.readPorts}, {"exclude", s.readExclude},
		})
	}

	var at *placeError
	switch {
	case errors.As(err, &at):
		return s, fmt.Errorf("%s:%d: %w", name, at.line, err)
	case err != nil:
		return s, fmt.Errorf("%s is not valid YAML: %w", name, err)
	}
	return s, nil
}

// oneDocument is what the only document of a file holds, nil when there is nothing in it.
func oneDocument(text []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var top *yaml.Node
	for {
		var doc yaml.Node
		err := decoder.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return top, nil
		}
		if err != nil {
			return nil, err
		}
		if doc.Kind == 0 || doc.Content[0].ShortTag() == "!!null" {
			continue // empty, or only comments
		}
		if top != nil {
			return nil, errorAt(doc.Content[0], "expected one document, and another one begins here")
		}
		top = doc.Content[0]
	}
}

// target is a node, or what an alias stands for.
func target(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// placeError is what is wrong in a line of a settings file.
type placeError struct {
	line int // from 1
	msg  string
}

// Error returns what is wrong, without the line.
func (e *placeError) Error() string { return e.msg }

func errorAt(n *yaml.Node, format string, args ...any) error {
	return &placeError{line: n.Line, msg: fmt.Sprintf(format, args...)}
}

type field struct {
	name string
	read func(*yaml.Node) error
}

// eachKey hands each value of a mapping to the reader of its key.
func eachKey(n *yaml.Node, fields []field) error {
	if n.Kind != yaml.MappingNode {
		return errorAt(n, "expected a mapping with the keys %s", known(fields))
	}
	if err := eachOnce(n); err != nil {
		return err
	}

	for i := 0; i+1 < len(n.Content); i += 2 {
		read := reader(fields, n.Content[i].Value)
		if read == nil {
			return errorAt(n.Content[i], "unknown key %q, expected %s", n.Content[i].Value, known(fields))
		}
		if err := read(target(n.Content[i+1])); err != nil {
			return err
		}
	}

	return nil
}

// eachOnce refuses a key that a mapping has twice.
func eachOnce(n *yaml.Node) error {
	lines := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if line, twice := lines[key.Value]; twice {
			return errorAt(key, "the key %q stands here and in line %d", key.Value, line)
		}
		lines[key.Value] = key.Line
	}

	return nil
}

func reader(fields []field, key string) func(*yaml.Node) error {
	for _, f := range fields {
		if f.name == key {
			return f.read
		}
	}
	return nil
}

func known(fields []field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	return OrList(names)
}

func (s *Settings) readRules(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return errorAt(n, "expected a mapping of rules to severities, such as `fixed-port: off`")
	}
	if err := eachOnce(n); err != nil {
		return err
	}

	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], target(n.Content[i+1])
		if err := KnownRule(name.Value); err != nil {
			return errorAt(name, "%s", err)
		}
		severity, err := lint.ParseSeverity(value.Value)
		if err != nil {
			return errorAt(value, "%s", err)
		}
		s.Severity[name.Value] = severity
	}

	return nil
}

func (s *Settings) readLevel(n *yaml.Node) (err error) {
	if s.Level, err = parseLevel(n.Value); err != nil {
		return errorAt(n, "level: %s", err)
	}
	return nil
}

func (s *Settings) readFailOn(n *yaml.Node) (err error) {
	if s.FailOn, err = parseFailOn(n.Value); err != nil {
		return errorAt(n, "fail-on: %s", err)
	}
	return nil
}

func (s *Settings) readPorts(n *yaml.Node) error {
	return eachKey(n, []field{{"range", s.readRange}, {"reserve", s.readReserve}})
}

func (s *Settings) readRange(n *yaml.Node) error {
	first, last, _ := strings.Cut(n.Value, "-")
	ports, err := lint.ParsePorts(strings.TrimSpace(first) + "-" + strings.TrimSpace(last))
	if err != nil || !ports.Known() {
		return errorAt(n, "ports.range: expected two ports such as 20000-32767, not %q", n.Value)
	}
	s.Within = ports
	return nil
}

func (s *Settings) readReserve(n *yaml.Node) error {
	if n.Kind != yaml.SequenceNode {
		return errorAt(n, "ports.reserve: expected a list of ports such as [8080]")
	}

	for _, item := range n.Content {
		port, err := ParsePort(target(item).Value)
		if err != nil {
			return errorAt(item, "ports.reserve: %s", err)
		}
		s.Reserved[port] = true
	}

	return nil
}

func (s *Settings) readExclude(n *yaml.Node) error {
	if n.Kind != yaml.SequenceNode {
		return errorAt(n, "exclude: expected a list of globs such as [\"examples/**\"]")
	}

	for _, item := range n.Content {
		item = target(item)
		if item.Value == "" || !doublestar.ValidatePattern(item.Value) {
			return errorAt(item, "exclude: %q is not a glob", item.Value)
		}
		s.exclude = append(s.exclude, item.Value)
	}

	return nil
}

// ParsePort reads one port, from 1 to 65535.
func ParsePort(text string) (uint16, error) {
	port, err := strconv.ParseUint(strings.TrimSpace(text), 10, 16)
	if err != nil || port == 0 {
		return 0, fmt.Errorf("expected a port from 1 to 65535, not %q", text)
	}
	return uint16(port), nil
}
