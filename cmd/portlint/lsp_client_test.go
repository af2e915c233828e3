package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/portlint/portlint/compose"
)

// lspClient is an editor that shares no code with the server: it frames messages, counts UTF-16 and edits texts by itself.
type lspClient struct {
	t        *testing.T
	dir      string
	cmd      *exec.Cmd
	stdin    io.WriteCloser
	stderr   bytes.Buffer
	received chan lspMessage
	id       int
	texts    map[string]string // by file name, as the editor has them
	versions map[string]int
	shown    map[string]lspShown // by file name
	asked    []string            // methods that the server called
	logs     []string
}

type lspMessage struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *lspError       `json:"error"`
	broken error
}

type lspError struct {
	Code    int
	Message string
}

func (e *lspError) Error() string { return fmt.Sprintf("%d %s", e.Code, e.Message) }

type lspShown struct {
	Version     *int
	Diagnostics []lspDiagnostic
}

type lspDiagnostic struct {
	Range    lspRange
	Severity int
	Code     string
	Source   string
	Message  string
	Related  []struct {
		Location struct {
			URI   string
			Range lspRange
		}
		Message string
	} `json:"relatedInformation"`
}

type lspRange struct{ Start, End lspPosition }

type lspPosition struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

// maxWait is for a server that hangs: no test waits that long otherwise.
const maxWait = time.Minute

// everything is what VS Code can do, as far as portlint asks.
const everything = `{"general": {"positionEncodings": ["utf-16"]},
	"workspace": {"workspaceEdit": {"documentChanges": true, "resourceOperations": ["create", "rename", "delete"]},
		"didChangeWatchedFiles": {"dynamicRegistration": true}},
	"textDocument": {"hover": {"contentFormat": ["markdown", "plaintext"]}, "publishDiagnostics": {"relatedInformation": true},
		"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}, "isPreferredSupport": true}}}`

// startLSP starts the program in a directory with files.
func startLSP(t *testing.T, files map[string]string, env ...string) *lspClient {
	t.Helper()
	c := &lspClient{t: t, dir: compose.RealPath(t.TempDir()), received: make(chan lspMessage, 1000), texts: map[string]string{},
		versions: map[string]int{}, shown: map[string]lspShown{}}
	for name, text := range files {
		c.save(name, text)
	}
	c.cmd = exec.Command(portlintProgram(t), "lsp", "--stdio")
	c.cmd.Dir, c.cmd.Stderr = t.TempDir(), &c.stderr
	c.cmd.Env = append(append(os.Environ(), "DOCKER_HOST="+noEngine, "XDG_STATE_HOME="+t.TempDir()), env...)
	var err error
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.stdin.Close(); _ = c.cmd.Wait() })
	go c.read(bufio.NewReader(stdout))
	return c
}

// read takes messages apart; anything else on standard output is an error.
func (c *lspClient) read(from *bufio.Reader) {
	defer close(c.received)
	for {
		length := -1
		for {
			line, err := from.ReadString('\n')
			if errors.Is(err, io.EOF) && line == "" || errors.Is(err, os.ErrClosed) {
				return
			}
			if line == "\r\n" {
				break
			}
			name, value, ok := strings.Cut(strings.TrimSuffix(line, "\r\n"), ": ")
			if !ok || err != nil || !strings.HasPrefix(name, "Content-") {
				c.received <- lspMessage{broken: fmt.Errorf("no header: %q", line)}
				return
			}
			if name == "Content-Length" {
				length, _ = strconv.Atoi(value)
			}
		}
		text := make([]byte, max(0, length))
		var m lspMessage
		if _, err := io.ReadFull(from, text); err != nil {
			m.broken = err
		} else if err := json.Unmarshal(text, &m); err != nil {
			m.broken = fmt.Errorf("%w in %q", err, text)
		}
		c.received <- m
	}
}

// send writes one message.
func (c *lspClient) send(fields map[string]any) {
	c.t.Helper()
	fields["jsonrpc"] = "2.0"
	text, err := json.Marshal(fields)
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(c.stdin, "Content-Length: %d\r\n\r\n%s", len(text), text); err != nil {
		c.t.Fatal(err)
	}
}

func (c *lspClient) notify(method string, params any) {
	c.t.Helper()
	c.send(map[string]any{"method": method, "params": params})
}

// request sends a request and returns its number.
func (c *lspClient) request(method string, params any) string {
	c.t.Helper()
	c.id++
	fields := map[string]any{"id": c.id, "method": method}
	if params != nil {
		fields["params"] = params
	}
	c.send(fields)
	return strconv.Itoa(c.id)
}

// call sends a request and waits for its answer.
func (c *lspClient) call(method string, params, result any) error {
	c.t.Helper()
	return c.answer(c.request(method, params), result)
}

// answer waits for the answer to a request.
func (c *lspClient) answer(id string, result any) error {
	c.t.Helper()
	for {
		m := c.next()
		if m.Method != "" || string(m.ID) != id {
			continue
		}
		if m.Error != nil {
			return m.Error
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(m.Result, result)
	}
}

// next takes in one message.
func (c *lspClient) next() lspMessage {
	c.t.Helper()
	select {
	case m, ok := <-c.received:
		if !ok {
			c.t.Fatalf("the server is gone; it said:\n%s", c.stderr.String())
		}
		if m.broken != nil {
			c.t.Fatal(m.broken)
		}
		c.take(m)
		return m
	case <-time.After(maxWait):
		c.t.Fatalf("the server hangs; shown is %+v; it logged %q", c.shown, c.logs)
	}
	panic("not reached")
}

func (c *lspClient) take(m lspMessage) {
	c.t.Helper()
	switch {
	case m.Method == "textDocument/publishDiagnostics":
		var p struct {
			lspShown
			URI string
		}
		if err := json.Unmarshal(m.Params, &p); err != nil {
			c.t.Fatal(err)
		}
		name := c.name(p.URI)
		if p.Version != nil && *p.Version > c.versions[name] {
			c.t.Fatalf("%s: diagnostics of version %d, which was never sent", name, *p.Version)
		}
		if p.Version != nil && *p.Version == c.versions[name] {
			for _, d := range p.Diagnostics {
				c.demandWithin(name, d.Range)
			}
		}
		c.shown[name] = p.lspShown
	case m.Method == "window/logMessage":
		c.logs = append(c.logs, string(m.Params))
	case m.Method != "" && m.ID != nil:
		c.asked = append(c.asked, m.Method)
		c.send(map[string]any{"id": m.ID, "result": nil})
	}
}

// demandWithin demands a range that exists in a text: no position behind the end of its line, none within a character.
func (c *lspClient) demandWithin(name string, r lspRange) {
	c.t.Helper()
	for _, p := range []lspPosition{r.Start, r.End} {
		at := offset16(c.texts[name], p)
		if back := position16(c.texts[name], at); back != p {
			c.t.Fatalf("%s: position %v does not exist: offset %d is %v", name, p, at, back)
		}
	}
}

// until takes in messages until something is so.
func (c *lspClient) until(done func() bool) {
	c.t.Helper()
	for !done() {
		c.next()
	}
}

func (c *lspClient) uri(name string) string { return uriOf(filepath.Join(c.dir, name)) }

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
	file := filepath.Join(c.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		c.t.Fatal(err)
	}
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
	c.settle()
	out := []string{}
	for _, d := range c.shown[name].Diagnostics {
		out = append(out, fmt.Sprintf("%s %d:%d-%d", d.Code, d.Range.Start.Line, d.Range.Start.Character, d.Range.End.Character))
	}
	slices.Sort(out)
	return out
}

// settle waits until the diagnostics of every text that has some belong to its latest version.
func (c *lspClient) settle() {
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
	c.until(func() bool { return slices.Equal(c.codes(name), rules) && c.fresh(name) })
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

func (c *lspClient) fresh(name string) bool {
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
