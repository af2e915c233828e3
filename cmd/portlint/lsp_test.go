package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
)

const twoWebs = `services:
  a: {image: app, ports: ["8080:80"]}
  b: {image: "🦀", ports: ["8080:80"]}
`

// TestLSPTyping follows a file from open to close: every message belongs to the text as it is in the editor.
func TestLSPTyping(t *testing.T) {
	c := startLSP(t, map[string]string{"compose.yaml": "services:\n  a: {image: app, ports: [\"8080:80\"]}\n  b: {image: \"🦀\", ports: [\"8081:80\"]}\n"})
	got := c.initialize(everything, `{"static": true}`)
	if got["positionEncoding"] != "utf-16" || got["hoverProvider"] != true || got["codeActionProvider"] == nil {
		t.Errorf("the server can %v", got)
	}
	c.open("compose.yaml")
	c.want("compose.yaml")
	c.swap("compose.yaml", "8081", "8080")
	c.want("compose.yaml", "duplicate-port")
	if got := c.rules("compose.yaml"); !slices.Equal(got, []string{"duplicate-port 2:28-32"}) {
		t.Errorf("columns count UTF-16: got %q", got)
	}
	d := c.shown["compose.yaml"].Diagnostics[0]
	if d.Severity != 1 || d.Source != "portlint" || len(d.Related) != 1 || d.Related[0].Location.Range.Start != (lspPosition{1, 27}) {
		t.Errorf("got %+v", d)
	}
	c.swap("compose.yaml", "  b: {image", "  b: {{image") // as it is while one types
	c.want("compose.yaml", "unloadable-project")
	c.swap("compose.yaml", "  b: {{image", "  b: {image")
	c.want("compose.yaml", "duplicate-port")
	c.swap("compose.yaml", "services:", "services:\r\n  #\r\n")
	c.until(func() bool { return c.upToDate("compose.yaml") })
	if got := c.rules("compose.yaml"); !slices.Equal(got, []string{"duplicate-port 4:28-32"}) {
		t.Errorf("with lines before: got %q", got)
	}
	c.notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": c.uri("compose.yaml")}})
	delete(c.texts, "compose.yaml")
	c.want("compose.yaml")
	if c.shown["compose.yaml"].Version != nil {
		t.Error("a closed text has a version")
	}
	if got := c.asked; !slices.Equal(got, []string{"client/registerCapability"}) {
		t.Errorf("the server asked for %q", got)
	}
	if code := c.quit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if c.stderr.Len() > 0 {
		t.Errorf("on standard error:\n%s", c.stderr.String())
	}
}

// TestLSPFiles opens files of several kinds: parts of a project, other projects, and what is none.
func TestLSPFiles(t *testing.T) {
	c := startLSP(t, map[string]string{
		"a/compose.yaml":          "include: [db.yaml]\nservices:\n  web: {image: app, ports: [\"${WEB:-8080}:80\"]}\n",
		"a/compose.override.yaml": "services:\n  api: {image: app, ports: [\"8081:80\"]}\n",
		"a/db.yaml":               "services:\n  db: {image: app, ports: [\"5432:5432\"]}\n",
		"a/.env":                  "WEB=8082\n",
		"b/compose.yaml":          twoWebs,
		"k8s.yaml":                "kind: Service\nspec: {ports: [{port: 80}]}\n",
		"compose-values.yaml":     "replicas: 3\n",
	})
	c.initialize(everything, `{"static": true}`)
	c.open("a/compose.override.yaml", "b/compose.yaml", "k8s.yaml", "compose-values.yaml")
	c.want("b/compose.yaml", "duplicate-port")
	c.want("a/compose.override.yaml")
	c.swap("a/compose.override.yaml", "8081", "8082")
	c.want("a/compose.yaml", "duplicate-port") // not open, so it is as on the disk
	c.open("a/.env")
	c.want("a/.env")
	c.swap("a/.env", "8082", "5432") // saved nowhere
	c.until(func() bool { return strings.Contains(c.message("a/db.yaml"), "5432/tcp") })
	c.open("a/db.yaml")
	c.want("a/db.yaml", "duplicate-port")
	c.swap("a/db.yaml", "5432:", "5433:")
	c.until(func() bool { return len(c.codes("a/db.yaml")) == 0 && c.upToDate("a/db.yaml") })
	for _, name := range []string{"k8s.yaml", "compose-values.yaml"} {
		if shown, ok := c.shown[name]; ok {
			t.Errorf("%s is no Compose file, and %+v is said of it", name, shown)
		}
	}
	c.openText("new/compose.yaml", "yaml", twoWebs) // never saved
	c.want("new/compose.yaml", "duplicate-port")
	c.openText("stack.yaml", "dockercompose", twoWebs)
	c.want("stack.yaml", "duplicate-port")
	c.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{"uri": "untitled:Untitled-1", "languageId": "dockercompose",
		"version": 1, "text": twoWebs}})
	if code := c.quit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestLSPSettings obeys .portlint.yaml and ignore comments, and says when the settings can't be read.
func TestLSPSettings(t *testing.T) {
	c := startLSP(t, map[string]string{".git/HEAD": "", ".portlint.yaml": "rules: {duplicate-port: warning}\n", "compose.yaml": twoWebs})
	c.initialize(everything, `{"static": true}`)
	c.open("compose.yaml")
	c.until(func() bool {
		d := c.shown["compose.yaml"].Diagnostics
		return len(d) == 1 && d[0].Severity == 2
	})
	c.save(".portlint.yaml", "rules: {duplicate-prot: off}\n")
	changed := map[string]any{"changes": []any{map[string]any{"uri": c.uri(".portlint.yaml"), "type": 2}}}
	c.notify("workspace/didChangeWatchedFiles", changed)
	c.until(func() bool {
		d := c.shown["compose.yaml"].Diagnostics
		return len(d) == 1 && strings.Contains(d[0].Message, `.portlint.yaml:1: unknown rule "duplicate-prot"`)
	})
	c.save(".portlint.yaml", "rules: {duplicate-port: off}\n")
	c.notify("workspace/didChangeWatchedFiles", changed)
	c.want("compose.yaml")
	c.save(".portlint.yaml", "")
	c.notify("workspace/didChangeWatchedFiles", changed)
	c.want("compose.yaml", "duplicate-port")
	c.replace("compose.yaml", len(twoWebs)-1, len(twoWebs)-1, " # portlint:ignore duplicate-port one at a time")
	c.want("compose.yaml")
}

// TestLSPActions makes the fixes that are offered, and looks at what is left.
func TestLSPActions(t *testing.T) {
	c := startLSP(t, map[string]string{"compose.yaml": "services:\n  a: {image: \"🦀\", ports: [\"${A:-8080}:80\"]}\n  b: {image: \"🦀\", ports: [\"${B:-8080}:80\", \"9000:90\"]}\n"})
	c.initialize(everything, `{"static": true}`)
	c.open("compose.yaml")
	c.want("compose.yaml", "duplicate-port")
	got := c.actions("compose.yaml", "${B:-8080}")
	if len(got) != 2 || got[0].Title != "set B=8081 in .env (unsafe: changes ports)" || got[0].Kind != "quickfix" || got[0].IsPreferred ||
		len(got[0].Diagnostics) != 1 || got[0].Diagnostics[0].Code != "duplicate-port" {
		t.Fatalf("got %+v", got)
	}
	if texts := c.applied(got[0].Edit); texts[".env"] != "B=8081\n" && texts[".env"] != "# host port of b\nB=8081\n" {
		t.Errorf("got %q", texts)
	}
	if texts := c.applied(got[1].Edit); !strings.Contains(texts["compose.yaml"], "${B:-8081}:80") {
		t.Errorf("%s: got %q", got[1].Title, texts)
	}
	c.openText(".env", "dotenv", "B=8081\n")
	c.want("compose.yaml")
	got = c.actions("compose.yaml", "9000")
	if len(got) != 1 || got[0].Title != "write ${B_90_PORT:-9000}" || got[0].Kind != "refactor.rewrite" || !got[0].IsPreferred {
		t.Fatalf("what is below the level is a rewrite: %+v", got)
	}
	want := strings.Replace(c.texts["compose.yaml"], "9000", "${B_90_PORT:-9000}", 1)
	if texts := c.applied(got[0].Edit); texts["compose.yaml"] != want {
		t.Errorf("got %q", texts["compose.yaml"])
	}
	for only, n := range map[string]int{"quickfix": 0, "refactor": 1, "refactor.rewrite": 1, "refactor.rewrite.x": 0, "source": 0} {
		if got := c.actions("compose.yaml", "9000", only); len(got) != n {
			t.Errorf("%d actions of the kind %q", len(got), only)
		}
	}
	if got := c.actions("compose.yaml", "services"); len(got) != 0 {
		t.Errorf("nothing was found there: %+v", got)
	}
}

// TestLSPSmallEditors has editors that can do little: no file is created, and edits come in the old form.
func TestLSPSmallEditors(t *testing.T) {
	files := map[string]string{"compose.yaml": "services:\n  a: {image: app, ports: [\"8080:80\"]}\n  b: {image: app, ports: [\"${B:-8080}:80\"]}\n"}
	c := startLSP(t, files)
	c.initialize(`{"textDocument": {"codeAction": {"codeActionLiteralSupport": {}}}}`, `null`)
	c.open("compose.yaml")
	c.want("compose.yaml", "duplicate-port")
	if got := c.actions("compose.yaml", "${B:-8080}"); len(got) != 1 || got[0].Title != `publish "b" on host port 8081 (unsafe: changes ports)` {
		t.Errorf("it can't create .env: %+v", got)
	}
	got := c.actions("compose.yaml", "8080:80")
	if len(got) == 0 || !strings.Contains(c.applied(got[0].Edit)["compose.yaml"], `"${A_PORT:-8080}:80"`) {
		t.Errorf("got %+v", got)
	}
	old := startLSP(t, files)
	if got := old.initialize(`{}`, `{}`); got["codeActionProvider"] != nil || got["positionEncoding"] != "utf-16" {
		t.Errorf("the server can %v", got)
	}
	old.open("compose.yaml")
	old.want("compose.yaml", "duplicate-port")
	if d := old.shown["compose.yaml"].Diagnostics[0]; d.Related != nil {
		t.Errorf("got %+v", d)
	}
}

// TestLSPEncodings agrees on the unit of columns.
func TestLSPEncodings(t *testing.T) {
	for offered, want := range map[string]string{`["utf-8", "utf-16"]`: "utf-8 2:30-34", `["utf-16", "utf-8"]`: "utf-16 2:28-32", `["utf-32"]`: "utf-32 2:27-31", `["ebcdic"]`: "utf-16 2:28-32"} {
		c := startLSP(t, map[string]string{"compose.yaml": twoWebs})
		got := c.initialize(`{"general": {"positionEncodings": `+offered+`}}`, `{"static": true}`)
		c.open("compose.yaml")
		c.until(func() bool { return len(c.shown["compose.yaml"].Diagnostics) == 1 })
		r := c.shown["compose.yaml"].Diagnostics[0].Range
		if got := fmt.Sprintf("%s %d:%d-%d", got["positionEncoding"], r.Start.Line, r.Start.Character, r.End.Character); got != want {
			t.Errorf("%s: got %s, want %s", offered, got, want)
		}
	}
}

// TestLSPHover says where a value comes from, and who has the port.
func TestLSPHover(t *testing.T) {
	c := startLSP(t, map[string]string{"compose.yaml": "services:\n  a_b: {image: app, ports: [\"${A:-8080}:80\", \"${B:-8081}:81\", \"8082-8083:82-83\", \"84\", \"${C}:85\"]}\n",
		".env": "# B=1\nB=8090\n"})
	c.initialize(everything, `{"static": true}`)
	c.open("compose.yaml")
	c.want("compose.yaml", "unset-port-variable")
	for at, want := range map[string]string{
		"{A":       "**8080/tcp of \"a\\_b\"**\n\ncontainer port 80/tcp\n\nA is not set: the default of \\$\\{A:-8080\\}",
		"81\"":     "**8090/tcp of \"a\\_b\"**\n\ncontainer port 81/tcp\n\nB comes from .env:2",
		"8082":     "**8082-8083/tcp of \"a\\_b\"**\n\ncontainer ports 82-83/tcp",
		"{C":       "**\\$\\{C\\}/tcp of \"a\\_b\"**\n\ncontainer port 85/tcp\n\nC is not set anywhere",
		"image":    "",
		"services": "",
	} {
		if got := c.hoverAt("compose.yaml", at); got != want {
			t.Errorf("at %q:\n%q, want\n%q", at, got, want)
		}
	}
	c.swap("compose.yaml", ":-8080", ":-8079")
	if got := c.hoverAt("compose.yaml", "{A"); !strings.HasPrefix(got, "**8079/tcp") {
		t.Errorf("right after an edit: %q", got)
	}
}

// TestLSPMachine asks who has a port, when a file is opened or saved and when one hovers.
func TestLSPMachine(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("an engine of this machine is told by its process")
	}
	port := unusedPorts(1)[0]
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c := startLSP(t, map[string]string{"compose.yaml": fmt.Sprintf("services:\n  web: {image: app, ports: [\"%d:80\"]}\n", port)}, "DOCKER_HOST="+startFakeEngine(t, "unix"))
	c.initialize(everything, `{}`)
	c.open("compose.yaml")
	c.want("compose.yaml", "port-in-use")
	if d := c.shown["compose.yaml"].Diagnostics[0]; !strings.Contains(d.Message, "\nheld by: ") {
		t.Errorf("got %q", d.Message)
	}
	if got := c.hoverAt("compose.yaml", "80\"]"); !strings.Contains(got, "now: held by ") {
		t.Errorf("got %q", got)
	}
	c.replace("compose.yaml", 0, 0, "#\n")
	c.want("compose.yaml", "port-in-use") // what the machine said stays while one types
	if line := c.shown["compose.yaml"].Diagnostics[0].Range.Start.Line; line != 2 {
		t.Errorf("it is shown in line %d", line)
	}
	l.Close()
	if got := c.hoverAt("compose.yaml", "80\"]"); !strings.Contains(got, "now: free") {
		t.Errorf("a hover asks again: %q", got)
	}
	c.notify("textDocument/didSave", map[string]any{"textDocument": map[string]any{"uri": c.uri("compose.yaml")}})
	c.want("compose.yaml")
}

// TestLSPNoEngine says what could not be looked at, and never takes it for free.
func TestLSPNoEngine(t *testing.T) {
	c := startLSP(t, map[string]string{"compose.yaml": "services:\n  web: {image: app, ports: [\"8080:80\"]}\n"})
	c.initialize(everything, `{}`)
	c.open("compose.yaml")
	c.until(func() bool { return len(c.logs) > 0 })
	if !strings.Contains(c.logs[0], "not checked: engine: there is no socket") {
		t.Errorf("it logged %q", c.logs)
	}
	if got := c.hoverAt("compose.yaml", "80\"]"); !strings.Contains(got, "now: not checked\n\nengine: there is no socket") {
		t.Errorf("got %q", got)
	}
}

// startFakeEngine starts an engine without containers, or one that hangs, until the test ends, and returns its address.
func startFakeEngine(t *testing.T, kind string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pl") // short: the address of a unix socket has 108 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	at, _ := serving(t, exec.Command(programNamed(t, "dockerd"), kind, dir))
	return at
}

// TestLSPHangingEngine types on while an engine does not answer, and gives up waiting for it.
func TestLSPHangingEngine(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the engine listens on a unix socket")
	}
	c := startLSP(t, map[string]string{"compose.yaml": twoWebs}, "DOCKER_HOST="+startFakeEngine(t, "hang"))
	c.initialize(everything, `{}`)
	c.open("compose.yaml")
	at := map[string]any{"textDocument": map[string]any{"uri": c.uri("compose.yaml")}, "position": position16(twoWebs, strings.Index(twoWebs, "8080"))}
	hover := c.request("textDocument/hover", at)
	c.swap("compose.yaml", "8080", "8081")
	c.want("compose.yaml")
	c.swap("compose.yaml", "8081", "8080")
	c.want("compose.yaml", "duplicate-port")
	c.notify("$/cancelRequest", map[string]any{"id": rawJSON(hover)})
	repeated := c.request("textDocument/hover", at)
	c.notify("$/cancelRequest", map[string]any{"id": rawJSON(repeated)})
	if err := c.answer(repeated, nil); err == nil || !strings.HasPrefix(err.Error(), "-32800 ") {
		t.Errorf("a request that was cancelled: %v", err)
	}
	if code := c.quit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestLSPLife keeps to the protocol's rules for the beginning and the end.
func TestLSPLife(t *testing.T) {
	t.Run("before initialize", func(t *testing.T) {
		c := startLSP(t, nil)
		if err := c.call("textDocument/hover", map[string]any{}, nil); err == nil || !strings.HasPrefix(err.Error(), "-32002 ") {
			t.Errorf("got %v", err)
		}
		c.send(map[string]any{"method": "exit"})
		if code := c.wait(); code != 1 {
			t.Errorf("exit code %d", code)
		}
	})
	t.Run("after shutdown", func(t *testing.T) {
		c := startLSP(t, nil)
		c.initialize(everything, `{}`)
		if err := c.call("initialize", map[string]any{}, nil); err == nil || !strings.HasPrefix(err.Error(), "-32600 ") {
			t.Errorf("a second time: %v", err)
		}
		if err := c.call("no/such", map[string]any{}, nil); err == nil || !strings.HasPrefix(err.Error(), "-32601 ") {
			t.Errorf("an unknown request: %v", err)
		}
		c.notify("$/setTrace", map[string]any{"value": "off"})
		if err := c.call("shutdown", nil, nil); err != nil {
			t.Error(err)
		}
		if err := c.call("textDocument/hover", map[string]any{}, nil); err == nil || !strings.HasPrefix(err.Error(), "-32600 ") {
			t.Errorf("after shutdown: %v", err)
		}
		c.stdin.Close()
		if code := c.wait(); code != 0 {
			t.Errorf("exit code %d", code)
		}
	})
	t.Run("input ends", func(t *testing.T) {
		c := startLSP(t, map[string]string{"compose.yaml": twoWebs})
		c.initialize(everything, `{}`)
		c.open("compose.yaml")
		c.stdin.Close()
		if code := c.wait(); code != 1 {
			t.Errorf("exit code %d", code)
		}
	})
	t.Run("at once", func(t *testing.T) {
		c := startLSP(t, nil)
		c.initialize(everything, `{}`)
		c.request("shutdown", nil)
		c.send(map[string]any{"method": "exit"})
		if code := c.wait(); code != 0 {
			t.Errorf("exit code %d", code)
		}
	})
	t.Run("wrong options", func(t *testing.T) {
		c := startLSP(t, nil)
		for _, options := range []string{`{"level": "loud"}`, `{"statik": true}`} {
			err := c.call("initialize", map[string]any{"capabilities": map[string]any{}, "initializationOptions": rawJSON(options)}, nil)
			if err == nil || !strings.HasPrefix(err.Error(), "-32602 initializationOptions: ") {
				t.Errorf("%s: %v", options, err)
			}
		}
	})
	t.Run("wrong parameters", func(t *testing.T) {
		c := startLSP(t, nil)
		c.initialize(everything, `{}`)
		if err := c.call("textDocument/hover", map[string]any{"position": "here"}, nil); err == nil || !strings.HasPrefix(err.Error(), "-32602 ") {
			t.Errorf("got %v", err)
		}
		if code := c.quit(); code != 0 {
			t.Errorf("exit code %d", code)
		}
	})
}
