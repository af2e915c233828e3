package lint

import (
	"os"
	"strings"
	"testing"
)

var headings = []string{"## What it finds", "## Why", "## Example", "```yaml\n", "## Output", "```text\n", "## Fix", "## When to ignore"}

func TestEveryRuleHasAPage(t *testing.T) {
	for _, r := range Rules {
		text, ok := Page(r.Name)
		if !ok {
			t.Errorf("%s has no page", r.Name)
			continue
		}
		if !strings.HasPrefix(text, "# "+r.Name+"\n\n") || !strings.Contains(text, "["+r.Name+"]\n") {
			t.Errorf("%s: the page does not begin with its name, or shows another rule's output", r.Name)
		}
		rest := text
		for _, h := range headings {
			_, after, found := strings.Cut(rest, h)
			if !found {
				t.Errorf("%s: no %q in its place", r.Name, h)
			}
			rest = after
		}
	}
}

func TestEveryPageHasARule(t *testing.T) {
	entries, err := pages.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(e.Name(), "rule_"), ".md"), "_", "-")
		if _, ok := RuleNamed(name); !ok {
			t.Errorf("%s belongs to no rule", e.Name())
		}
	}
	if _, ok := Page("no-such-rule"); ok {
		t.Error("there is a page for no-such-rule")
	}
}

func TestRulesAreWellFormed(t *testing.T) {
	for _, r := range Rules {
		if r.Severity == Off || r.Summary == "" || strings.HasSuffix(r.Summary, ".") {
			t.Errorf("%s: severity %s, summary %q", r.Name, r.Severity, r.Summary)
		}
		if r.Check != nil && r.CheckAll != nil {
			t.Errorf("%s has two checks", r.Name)
		}
	}
}

// TestEveryRuleHasATest: the test of a rule stands beside it.
func TestEveryRuleHasATest(t *testing.T) {
	for _, rule := range Rules {
		file := "rule_" + strings.ReplaceAll(rule.Name, "-", "_") + "_test.go"
		if _, err := os.Stat(file); err != nil {
			t.Errorf("rule %q: %v", rule.Name, err)
		}
	}
}
