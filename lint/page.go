package lint

import (
	"embed"
	"strings"
)

//go:embed rule_*.md
var pages embed.FS

// Page returns the documentation of a rule, in Markdown.
func Page(rule string) (string, bool) {
	text, err := pages.ReadFile("rule_" + strings.ReplaceAll(rule, "-", "_") + ".md")
	return string(text), err == nil
}
