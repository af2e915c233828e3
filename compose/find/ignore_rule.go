package find

import (
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// ignoreRule is one line of a file such as .gitignore.
type ignoreRule struct {
	file    string // that has the line
	dir     string // of that file below the root, with slashes; "" for the root
	glob    string // of paths below dir
	negated bool   // what fits is not left out
	dirOnly bool
}

// parseIgnoreRule reads a line as git does; ok is false for one that says nothing.
// Source: git dir.c, parse_path_pattern and trim_trailing_spaces; Documentation/gitignore.
func parseIgnoreRule(line string) (rule ignoreRule, ok bool) {
	line = trimSpaces(line)
	if strings.HasPrefix(line, "#") {
		return ignoreRule{}, false
	}
	line, rule.negated = strings.CutPrefix(line, "!")
	line, rule.dirOnly = strings.CutSuffix(line, "/")
	if line == "" {
		return ignoreRule{}, false
	}

	rule.glob = "**/" + line
	if strings.Contains(line, "/") {
		rule.glob = strings.TrimPrefix(line, "/")
	}
	if strings.HasSuffix(rule.glob, "/**") && rule.glob != "**/**" {
		rule.glob += "/*" // what is in the directory, and not the directory itself
	}
	rule.glob = literalBraces(rule.glob)
	return rule, true
}

// trimSpaces takes the spaces at the end of a line away that no backslash keeps.
func trimSpaces(line string) string {
	end := len(line)
	for end > 0 && line[end-1] == ' ' {
		end--
	}

	backslashes := 0
	for i := end - 1; i >= 0 && line[i] == '\\'; i-- {
		backslashes++
	}
	if end < len(line) && backslashes%2 == 1 {
		end++
	}
	return line[:end]
}

// literalBraces escapes the braces of a pattern: git has no alternatives such as {a,b}.
func literalBraces(pattern string) string {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\' && i+1 < len(pattern):
			b.WriteByte(c)
			i++
			b.WriteByte(pattern[i])
		case c == '{' || c == '}':
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// fits reports whether the rule speaks of a path below the root, with slashes. An invalid pattern fits nothing, as for git.
func (r ignoreRule) fits(path string, isDir bool) bool {
	if r.dirOnly && !isDir {
		return false
	}
	if r.dir != "" {
		below, ok := strings.CutPrefix(path, r.dir+"/")
		if !ok {
			return false
		}
		path = below
	}
	fits, err := doublestar.Match(r.glob, path)
	return err == nil && fits
}
