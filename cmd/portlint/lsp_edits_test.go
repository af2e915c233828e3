package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf16"
)

// position16 is where a byte of a text stands, in UTF-16.
func position16(text string, at int) lspPosition {
	before := text[:at]
	lines := splitLines(before)
	last := lines[len(lines)-1]
	if at > 0 && at < len(text) && text[at-1] == '\r' && text[at] == '\n' { // within a line end
		lines = splitLines(before[:at-1])
		return lspPosition{len(lines) - 1, len(utf16.Encode([]rune(lines[len(lines)-1])))}
	}
	return lspPosition{len(lines) - 1, len(utf16.Encode([]rune(last)))}
}

// offset16 is the byte at a position of a text.
func offset16(text string, p lspPosition) int {
	at := 0
	for i, line := range splitLines(text) {
		if i == p.Line {
			units := 0
			for j, r := range line {
				if units >= p.Character {
					return at + j
				}
				units += len(utf16.Encode([]rune{r}))
			}
			return at + len(line)
		}
		at += len(line)
		at += len(lineEndAt(text[at:]))
	}
	return len(text)
}

func lineEndAt(text string) string {
	for _, end := range []string{"\r\n", "\n", "\r"} {
		if strings.HasPrefix(text, end) {
			return end
		}
	}
	return ""
}

func splitLines(text string) []string {
	return strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n")
}

// applied are the texts of the files after a workspace edit.
func (c *lspClient) applied(edit lspJSON) map[string]string {
	c.t.Helper()
	var e struct {
		Changes         map[string][]lspEdit
		DocumentChanges []struct {
			Kind, URI    string
			TextDocument struct {
				URI     string
				Version *int
			}
			Edits []lspEdit
		}
	}
	if err := json.Unmarshal(edit.RawMessage, &e); err != nil {
		c.t.Fatal(err)
	}
	texts := maps.Clone(c.texts)
	for uri, edits := range e.Changes {
		texts[c.name(uri)] = c.edited(texts, c.name(uri), edits)
	}
	for _, change := range e.DocumentChanges {
		if change.Kind == "create" {
			if _, err := os.Stat(filepath.Join(c.dir, c.name(change.URI))); err == nil {
				c.t.Fatalf("%s is there already", change.URI)
			}
			texts[c.name(change.URI)] = ""
			continue
		}
		name := c.name(change.TextDocument.URI)
		if v := change.TextDocument.Version; v != nil && *v != c.versions[name] {
			c.t.Fatalf("%s: an edit of version %d, now it is %d", name, *v, c.versions[name])
		}
		texts[name] = c.edited(texts, name, change.Edits)
	}
	return texts
}

type lspEdit struct {
	Range   lspRange
	NewText string
}

// edited applies edits from the last to the first.
func (c *lspClient) edited(texts map[string]string, name string, edits []lspEdit) string {
	c.t.Helper()
	text, ok := texts[name]
	if !ok {
		saved, err := os.ReadFile(filepath.Join(c.dir, name))
		if err != nil {
			c.t.Fatal(err)
		}
		text = string(saved)
	}
	for _, e := range slices.Backward(edits) {
		text = text[:offset16(text, e.Range.Start)] + e.NewText + text[offset16(text, e.Range.End):]
	}
	return text
}

type lspAction struct {
	Title       string
	Kind        string
	IsPreferred bool
	Diagnostics []lspDiagnostic
	Edit        lspJSON
}

// lspJSON is JSON that prints as text.
type lspJSON struct{ json.RawMessage }

func (j lspJSON) String() string { return string(j.RawMessage) }

// actions are the code actions at a piece of an open text.
func (c *lspClient) actions(name, at string, only ...string) []lspAction {
	c.t.Helper()
	i := strings.Index(c.texts[name], at)
	where := lspRange{position16(c.texts[name], i), position16(c.texts[name], i+len(at))}
	var out []lspAction
	err := c.call("textDocument/codeAction", map[string]any{"textDocument": map[string]any{"uri": c.uri(name)},
		"range":   map[string]any{"start": where.Start, "end": where.End},
		"context": map[string]any{"diagnostics": []any{}, "only": only}}, &out)
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}

// hoverAt is the hover at a piece of an open text, "" when there is none.
func (c *lspClient) hoverAt(name, at string) string {
	c.t.Helper()
	i := strings.Index(c.texts[name], at)
	var out *struct{ Contents struct{ Kind, Value string } }
	err := c.call("textDocument/hover", map[string]any{"textDocument": map[string]any{"uri": c.uri(name)},
		"position": position16(c.texts[name], i)}, &out)
	if err != nil {
		c.t.Fatal(err)
	}
	if out == nil {
		return ""
	}
	return out.Contents.Value
}

func rawJSON(text string) json.RawMessage { return json.RawMessage(text) }
