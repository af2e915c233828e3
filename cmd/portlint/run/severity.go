package run

import (
	"fmt"
	"strings"

	"github.com/portlint/portlint/lint"
)

// parseLevel reads the value of --level.
func parseLevel(text string) (lint.Severity, error) {
	if s, err := lint.ParseSeverity(text); err == nil && s != lint.Off {
		return s, nil
	}
	return lint.Off, fmt.Errorf("unknown level %q, expected error, warning or info", text)
}

// parseFailOn reads the value of --fail-on; Off stands for never.
func parseFailOn(text string) (lint.Severity, error) {
	if text == "never" {
		return lint.Off, nil
	}
	if s, err := parseLevel(text); err == nil {
		return s, nil
	}
	return lint.Off, fmt.Errorf("unknown severity %q, expected error, warning, info or never", text)
}

// parseRules reads the values of --rule, each NAME=SEVERITY.
func parseRules(values []string) (map[string]lint.Severity, error) {
	out := map[string]lint.Severity{}
	for _, v := range values {
		name, value, ok := strings.Cut(v, "=")
		if !ok {
			return nil, fmt.Errorf("--rule %q: expected NAME=off, info, warning or error", v)
		}
		if err := KnownRule(name); err != nil {
			return nil, fmt.Errorf("--rule: %w", err)
		}
		severity, err := lint.ParseSeverity(value)
		if err != nil {
			return nil, fmt.Errorf("--rule %s: %w", name, err)
		}
		out[name] = severity
	}

	return out, nil
}

// KnownRule demands the name of a rule.
func KnownRule(name string) error {
	if _, ok := lint.RuleNamed(name); ok {
		return nil
	}
	return fmt.Errorf("unknown rule %q, `portlint explain rules` lists them%s", name, DidYouMean(name, RuleNames()))
}

// RuleNames lists the names of all rules, in their order.
func RuleNames() []string {
	names := make([]string, len(lint.Rules))
	for i, r := range lint.Rules {
		names[i] = r.Name
	}
	return names
}

// OrList writes names as "a, b or c".
func OrList(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
