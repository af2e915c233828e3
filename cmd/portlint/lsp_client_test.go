package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

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
	heard    bytes.Buffer // all that the server sent of its own, and the answers that hear asked for
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
	c.heard.Write(m.Params)
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
