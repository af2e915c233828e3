package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/run"
)

// session are the texts that the random sessions begin with.
var session = map[string]string{
	"compose.yaml": `include: [db.yaml]
services:
  web:
    image: "nginx 🦀" # é
    ports:
      - "${WEB_PORT:-8080}:80"
      - "8443:443"
  api: {image: app, ports: ["8081:80"]}
`,
	"compose.override.yaml": "services:\r\n  api:\r\n    ports: [\"8080:80\"]\r\n",
	"db.yaml":               "services:\n  db:\n    extends: {file: base.yaml, service: base}\n    ports:\n      - target: 5432\n        published: 5432\n",
	"base.yaml":             "services:\n  base: {image: \"日本\", ports: [\"6000-6002:6000-6002\"]}\n",
	".env":                  "WEB_PORT=8081\n",
}

// TestLSPRandomSessions edits texts at random, mostly into nonsense. Whenever the editor pauses, it shows what check says
// of the same texts on the disk.
func TestLSPRandomSessions(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			c := startLSP(t, session)
			c.initialize(everything, `{"static": true, "level": "info"}`)
			for name, text := range session {
				c.openText(name, "dockercompose", text) // so that a part counts, too, when no project reads it any more
				c.waitUntilIdle()
			}
			r, seen := rand.New(rand.NewPCG(seed, 16)), map[string]bool{}
			for round := range 12 {
				for range 1 + r.IntN(5) {
					c.scribble(r)
				}
				for _, rule := range c.compare() {
					seen[rule] = true
				}
				if round%4 == 3 { // undo
					for name, text := range session {
						c.replace(name, 0, len(c.texts[name]), text)
					}
				}
			}
			if len(seen) < 3 || !seen["unloadable-project"] {
				t.Errorf("only these rules found anything: %v", seen)
			}
		})
	}
}

// scribble makes one edit at random.
func (c *lspClient) scribble(r *rand.Rand) {
	c.t.Helper()
	names := slices.Sorted(maps.Keys(session))
	name := names[r.IntN(len(names))]
	text := c.texts[name]
	start := boundary(text, r.IntN(len(text)+1))
	end := start
	if r.IntN(2) == 0 {
		end = boundary(text, min(len(text), start+r.IntN(8)))
	}
	pieces := []string{"", "8080", "8", "🦀", "\n", "\r\n", "\"", "[", "- ", "${WEB_PORT}", "  ", "é", ":", "#", "\n      - \"8443:1\"", "WEB_PORT=5432\n"}
	c.replace(name, start, max(start, end), pieces[r.IntN(len(pieces))])
}

// boundary is the next place at or after an offset where an editor can set its cursor.
func boundary(text string, at int) int {
	for at < len(text) && (text[at]&0xc0 == 0x80 || at > 0 && text[at-1] == '\r' && text[at] == '\n') {
		at++
	}
	return at
}

// compare waits until what is shown is what check says of the texts, which it saves for that.
func (c *lspClient) compare() (rules []string) {
	c.t.Helper()
	before := map[string]string{}
	c.until(func() bool {
		return !slices.ContainsFunc(slices.Collect(maps.Keys(c.texts)), func(name string) bool { return !c.upToDate(name) && c.shown[name].Version != nil })
	})
	for name, text := range c.texts {
		c.save(name, text)
		before[name] = text
	}
	args := append([]string{"check", "--static", "--level", "info", "--format", "json"}, slices.Sorted(maps.Keys(c.texts))...)
	got := portlint(c.t, c.dir, args...)
	var out struct {
		Findings []struct {
			File, Rule, Message, Severity string
			Start, End                    *struct{ Offset int }
		}
	}
	if got.stdout == "" && got.code == run.ExitFailed { // nothing could be read, which is shown as well
		c.until(func() bool { return len(c.listed()) == 0 && slices.Contains(c.codes("compose.yaml"), "") })
		return nil
	}
	if err := json.Unmarshal([]byte(got.stdout), &out); err != nil {
		c.t.Fatalf("%v\n%s%s", err, got.stdout, got.stderr)
	}
	var want []string
	for _, f := range out.Findings {
		rules = append(rules, f.Rule)
		line := fmt.Sprintf("%s %s %s %s", filepath.ToSlash(f.File), f.Severity, f.Rule, f.Message)
		if f.Start != nil {
			line += fmt.Sprintf(" %d-%d", f.Start.Offset, f.End.Offset)
		} else {
			line += " 0-0"
		}
		want = append(want, line)
	}
	slices.Sort(want)
	defer func() {
		if c.t.Failed() {
			c.t.Logf("check says\n%s\nthe editor shows\n%s\nof %q", strings.Join(want, "\n"), strings.Join(c.listed(), "\n"), before)
		}
	}()
	c.until(func() bool { return slices.Equal(c.listed(), want) })
	return rules
}

// listed are the findings that are shown of all files.
func (c *lspClient) listed() []string {
	var out []string
	for name, shown := range c.shown {
		for _, d := range shown.Diagnostics {
			text := c.texts[name]
			said, _, _ := strings.Cut(d.Message, "\n")
			said = strings.TrimSuffix(said, " (possible)") // which JSON says in a field of its own
			if d.Code != "not-checked" && d.Code != "" {
				out = append(out, fmt.Sprintf("%s %s %s %s %d-%d", name, [...]string{"", "error", "warning", "info"}[d.Severity], d.Code, said,
					offset16(text, d.Range.Start), offset16(text, d.Range.End)))
			}
		}
	}
	slices.Sort(out)
	return out
}
