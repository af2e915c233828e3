package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/cmd/portlint/lsp"
	"github.com/portlint/portlint/compose/testdir"
)

func (c *lspClient) uri(name string) string { return lsp.URIOf(filepath.Join(c.dir, name)) }

func (c *lspClient) name(uri string) string {
	c.t.Helper()
	rel, err := filepath.Rel(c.dir, filepath.FromSlash(strings.TrimPrefix(uri, "file://")))
	if err != nil {
		c.t.Fatal(err)
	}
	return filepath.ToSlash(rel)
}

// save writes a file to the disk.
func (c *lspClient) save(name, text string) {
	c.t.Helper()
	testdir.Write(c.t, filepath.Join(c.dir, name), text)
}

// initialize begins the conversation, and returns what the server can.
func (c *lspClient) initialize(abilities, options string) map[string]any {
	c.t.Helper()
	var result struct{ Capabilities map[string]any }
	err := c.call("initialize", map[string]any{"processId": os.Getpid(), "rootUri": c.uri("."), "capabilities": json.RawMessage(abilities),
		"initializationOptions": json.RawMessage(options)}, &result)
	if err != nil {
		c.t.Fatal(err)
	}
	c.notify("initialized", map[string]any{})
	return result.Capabilities
}

// open opens a file with the text of the disk.
func (c *lspClient) open(names ...string) {
	c.t.Helper()
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(c.dir, name))
		if err != nil {
			c.t.Fatal(err)
		}
		c.openText(name, "yaml", string(text))
	}
}

func (c *lspClient) openText(name, language, text string) {
	c.t.Helper()
	c.texts[name], c.versions[name] = text, c.versions[name]+1
	c.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{"uri": c.uri(name), "languageId": language,
		"version": c.versions[name], "text": text}})
}

// replace changes the bytes [start, end) of an open text.
func (c *lspClient) replace(name string, start, end int, with string) {
	c.t.Helper()
	text := c.texts[name]
	c.versions[name]++
	c.notify("textDocument/didChange", map[string]any{"textDocument": map[string]any{"uri": c.uri(name), "version": c.versions[name]},
		"contentChanges": []any{map[string]any{"range": map[string]any{"start": position16(text, start), "end": position16(text, end)}, "text": with}}})
	c.texts[name] = text[:start] + with + text[end:]
}

// swap replaces one piece of an open text by another.
func (c *lspClient) swap(name, old, with string) {
	c.t.Helper()
	at := strings.Index(c.texts[name], old)
	if at < 0 {
		c.t.Fatalf("%s has no %q", name, old)
	}
	c.replace(name, at, at+len(old), with)
}

// rules lists what is shown of a file as "RULE LINE:CHARACTER-CHARACTER", once the server has seen all open texts.
func (c *lspClient) rules(name string) []string {
	c.t.Helper()
	c.waitUntilIdle()
	out := []string{}
	for _, d := range c.shown[name].Diagnostics {
		out = append(out, fmt.Sprintf("%s %d:%d-%d", d.Code, d.Range.Start.Line, d.Range.Start.Character, d.Range.End.Character))
	}
	slices.Sort(out)
	return out
}

// waitUntilIdle waits until the diagnostics of every text that has some belong to its latest version.
func (c *lspClient) waitUntilIdle() {
	c.t.Helper()
	c.until(func() bool {
		for name, shown := range c.shown {
			if shown.Version != nil && *shown.Version != c.versions[name] {
				return false
			}
		}
		return len(c.shown) > 0
	})
}

// want waits until exactly these rules are shown of a file.
func (c *lspClient) want(name string, rules ...string) {
	c.t.Helper()
	c.until(func() bool { return slices.Equal(c.codes(name), rules) && c.upToDate(name) })
}

func (c *lspClient) codes(name string) []string {
	var out []string
	for _, d := range c.shown[name].Diagnostics {
		out = append(out, d.Code)
	}
	slices.Sort(out)
	return out
}

// message is the first thing that is shown of a file.
func (c *lspClient) message(name string) string {
	if d := c.shown[name].Diagnostics; len(d) > 0 {
		return d[0].Message
	}
	return ""
}

func (c *lspClient) upToDate(name string) bool {
	v := c.shown[name].Version
	_, open := c.texts[name]
	return !open || v != nil && *v == c.versions[name]
}

// quit ends the conversation as the protocol wants it, and returns the exit code.
func (c *lspClient) quit() int {
	c.t.Helper()
	if err := c.call("shutdown", nil, nil); err != nil {
		c.t.Fatal(err)
	}
	c.send(map[string]any{"method": "exit"})
	return c.wait()
}

// wait is the exit code, once the program has ended.
func (c *lspClient) wait() int {
	c.t.Helper()
	for m := range c.received {
		if m.broken != nil {
			c.t.Fatal(m.broken)
		}
	}
	err := c.cmd.Wait()
	var failed *exec.ExitError
	switch {
	case errors.As(err, &failed):
		return failed.ExitCode()
	case err != nil:
		c.t.Fatal(err)
	}
	return 0
}
