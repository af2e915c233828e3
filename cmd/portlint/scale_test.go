package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/fakes"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/testdir"
)

// sharedRepository makes a repository of n projects. Each has a port that two of its services publish, and all include
// one file, so that a fix of that file concerns all of them.
func sharedRepository(tb testing.TB, n int) string {
	tb.Helper()
	files := map[string]string{"shared/base.yaml": "services: {base: {image: a, ports: [\"9000:80\"]}}\n"}
	for i := range n {
		files[fmt.Sprintf("p%03d/compose.yaml", i)] = fmt.Sprintf(`include: [../shared/base.yaml]
services:
  web: {image: a, ports: ["%d:80"]}
  api: {image: a, ports: ["%[1]d:81", "${BASE:-9000}:82"]}
`, 10000+i)
	}
	return repositoryOf(tb, files)
}

// repositoryOf writes files, by their paths, into a repository of their own.
func repositoryOf(tb testing.TB, files map[string]string) string {
	tb.Helper()
	dir := tb.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
		tb.Fatal(err)
	}
	for name, text := range files {
		testdir.Write(tb, filepath.Join(dir, filepath.FromSlash(name)), text)
	}
	return dir
}

// quietly runs the program without keeping what it prints. Exit 2 is a failure.
func quietly(tb testing.TB, dir string, args ...string) {
	tb.Helper()
	quietlyIn(tb, run.Process{}, dir, args...)
}

// quietlyIn is [quietly] in a process; without an environment none of an engine.
func quietlyIn(tb testing.TB, w run.Process, dir string, args ...string) {
	tb.Helper()
	var stderr strings.Builder
	env := map[string]string{"DOCKER_HOST": noEngine, "XDG_STATE_HOME": filepath.Join(dir, ".state")}
	maps.Copy(env, w.Env)
	w.Env, w.Dir, w.Stdin, w.Stdout, w.Stderr = env, dir, strings.NewReader(""), io.Discard, &stderr
	if code := execute(context.Background(), args, w); code == run.ExitFailed {
		tb.Fatalf("%q: %s", args, stderr.String())
	}
}

// allocated are the bytes that a function takes from the heap. Unlike time it hardly depends on the machine.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestReportCostsWhatFindingsCost expects that the report for people costs about what the findings cost: it proves no fix.
func TestReportCostsWhatFindingsCost(t *testing.T) {
	dir := sharedRepository(t, 12)
	quietly(t, dir, "check", "--static", "-q", ".") // what is made once in a process
	quiet := allocated(func() { quietly(t, dir, "check", "--static", "-q", ".") })
	full := allocated(func() { quietly(t, dir, "check", "--static", ".") })
	if full > quiet*3/2 {
		t.Errorf("the report takes %d bytes, and %d with -q", full, quiet)
	}
}

// BenchmarkReport is `check` on projects that share a file: with -q, with the whole report, and with --fix. Each is run
// on n projects and on 2n: twice the work.
func BenchmarkReport(b *testing.B) {
	for _, n := range []int{12, 24, 48} {
		dir := sharedRepository(b, n)
		for _, args := range []string{"-q", "--level info", "--fix --unsafe-fixes --diff"} {
			b.Run(fmt.Sprintf("%s/%d", strings.ReplaceAll(args, " ", ""), n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					quietly(b, dir, append([]string{"check", "--static", "."}, strings.Fields(args)...)...)
				}
			})
		}
	}
}

// shapes are Compose files with n of something of which real ones have a few.
var shapes = map[string]func(n int) string{
	"ports": func(n int) string {
		return "services:\n" + publishing("web", n, func(i int) string { return fmt.Sprintf("%d:%d", 10000+i, 1+i) })
	},
	"ports with a variable for both sides": func(n int) string {
		return "services:\n" + publishing("web", n, func(i int) string { return fmt.Sprintf("${P%d:-%d}:${P%[1]d:-%[2]d}", i, 10000+i) })
	},
	"ports of two services": func(n int) string {
		port := func(i int) string { return fmt.Sprintf("%d:80", 10000+i) }
		return "services:\n" + publishing("api", n, port) + publishing("web", n, port)
	},
	"ranges": func(n int) string {
		n *= 4
		return "services:\n" + publishing("web", 2, func(i int) string {
			return fmt.Sprintf("%d-%d:%[1]d-%[2]d", 20000+i*20000, 20000+i*20000+n-1)
		})
	},
	"ranges that overlap": func(n int) string {
		n *= 4
		return "services:\n" + publishing("web", 2, func(i int) string {
			return fmt.Sprintf("%d-%d:%d-%d", 20000+i*n/2, 20000+i*n/2+n-1, 1+i*n/2, 1+i*n/2+n-1)
		})
	},
	"services": func(n int) string {
		text := "services:\n"
		for s := range n {
			text += publishing(fmt.Sprintf("s%d", s), 1, func(int) string { return fmt.Sprintf("%d:80", 10000+s) })
		}
		return text
	},
	"networks": func(n int) string {
		text := "services:\n" + publishing("web", 1, func(int) string { return "8080:80" }) + "    networks:\n"
		for i := range n {
			text += fmt.Sprintf("      n%d: {}\n", i)
		}
		text += "networks:\n"
		for i := range n {
			text += fmt.Sprintf("  n%d: {}\n", i)
		}
		return text
	},
	"replicas": func(n int) string {
		return "services:\n" + publishing("web", 1, func(int) string { return fmt.Sprintf("20000-%d:80", 20000+n*8) }) + fmt.Sprintf("    scale: %d\n", n*4)
	},
}

// publishing is a service with n ports.
func publishing(service string, n int, port func(i int) string) string {
	text := fmt.Sprintf("  %s:\n    image: a\n    ports:\n", service)
	for i := range n {
		text += fmt.Sprintf("      - %q\n", port(i))
	}
	return text
}

// TestWorkGrowsWithInput expects about twice the work for twice the input, by the bytes that it takes from the heap: of large inputs where
// PORTLINT_TEST_LONG is set.
func TestWorkGrowsWithInput(t *testing.T) {
	if testing.Short() {
		t.Skip("the large inputs take long")
	}

	sizes := []int{200, 400}
	if os.Getenv("PORTLINT_TEST_LONG") != "" {
		sizes = []int{400, 800}
	}
	for name, text := range shapes {
		t.Run(name, func(t *testing.T) {
			var work [2]uint64
			for i, n := range sizes {
				dir := repositoryOf(t, map[string]string{"compose.yaml": text(n)})
				work[i] = allocated(func() { quietly(t, dir, "check", "--static") })
			}
			if work[1] > work[0]*5/2 {
				t.Errorf("twice the input takes %.1f times the work", float64(work[1])/float64(work[0]))
			}
		})
	}
}

// BenchmarkShapes is `check` on n, 2n and 4n of each.
func BenchmarkShapes(b *testing.B) {
	for name, text := range shapes {
		for _, n := range []int{250, 500, 1000} {
			dir := repositoryOf(b, map[string]string{"compose.yaml": text(n)})
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					quietly(b, dir, "check", "--static")
				}
			})
		}
	}
}

// ofCommands are the command lines of which the work grows with a project of n ports, or with n of what they are asked.
var ofCommands = map[string]func(n int) []string{
	"check":        func(int) []string { return []string{"check"} },
	"check --fix":  func(int) []string { return []string{"check", "--static", "--fix", "--unsafe-fixes", "--diff"} },
	"check stack":  func(int) []string { return []string{"check", "--static", "--stack"} },
	"ports":        func(int) []string { return []string{"ports"} },
	"ports static": func(int) []string { return []string{"ports", "--static", "--format", "json"} },
	"assign":       func(int) []string { return []string{"assign"} },
	"free":         func(n int) []string { return []string{"free", fmt.Sprint(n)} },
	"who": func(n int) []string {
		args := []string{"who"}
		for i := range n {
			args = append(args, fmt.Sprint(10000+i))
		}
		return args
	},
	"ports all": func(int) []string { return []string{"ports", "--all", "--format", "json"} },
	"up":        func(int) []string { return []string{"up", "-d"} }, // to where it sees that it would fail
	"env":       func(int) []string { return []string{"env"} },
	"init":      func(int) []string { return []string{"init", "--workflow"} },
	"explain": func(n int) []string {
		return []string{"explain", strings.Repeat("web  | listening on port 8080\n", n*10) + "Bind for 0.0.0.0:10001 failed: port is already allocated"}
	},
}

// variablePorts is a Compose file of n services, each with a port that a variable gives.
func variablePorts(n int) string {
	text := "services:\n"
	for i := range n {
		text += publishing(fmt.Sprintf("s%d", i), 1, func(int) string { return fmt.Sprintf("${P%d:-%d}:80", i, 10000+i) })
	}
	return text
}

// commandsOn is what runs a command on a project of n ports whose containers are up.
func commandsOn(tb testing.TB, n int) func(name string) {
	tb.Helper()
	dir := repositoryOf(tb, map[string]string{"compose.yaml": "name: shop\n" + variablePorts(n)})
	var listed []map[string]any
	for i := range n {
		service, port := fmt.Sprintf("s%d", i), 10000+i
		listed = append(listed, map[string]any{"Id": fmt.Sprintf("%012d", i), "Names": []string{"/shop-" + service + "-1"}, "State": "running",
			"HostConfig": map[string]any{"NetworkMode": "shop_default"},
			"Ports":      []map[string]any{{"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": port, "Type": "tcp"}},
			"Labels": map[string]string{"com.docker.compose.project": "shop", "com.docker.compose.service": service, "com.docker.compose.oneoff": "False",
				"com.docker.compose.project.working_dir": dir, "com.docker.compose.project.config_files": filepath.Join(dir, "compose.yaml")}})
	}
	fails := repositoryOf(tb, map[string]string{"compose.yaml": variablePorts(n) + "  again: {image: a, ports: [\"10000:80\"]}\n"})
	running, err := json.Marshal(listed)
	if err != nil {
		tb.Fatal(err)
	}
	answers := repositoryOf(tb, map[string]string{"containers.json": string(running)})
	engine := httptest.NewServer(fakes.Canned{Dir: answers})
	tb.Cleanup(engine.Close)
	up := run.Process{Env: map[string]string{"DOCKER_HOST": "tcp://" + engine.Listener.Addr().String()}}

	return func(name string) {
		switch name {
		case "lsp":
			openInEditor(tb, dir)
		case "env":
			quietlyIn(tb, up, dir, ofCommands[name](n)...)
		case "up":
			quietly(tb, fails, ofCommands[name](n)...)
		default:
			quietly(tb, dir, ofCommands[name](n)...)
		}
		for _, made := range []string{".portlint.yaml", ".github"} {
			if err := os.RemoveAll(filepath.Join(dir, made)); err != nil {
				tb.Fatal(err)
			}
		}
	}
}

// openInEditor runs the language server until it has said what it finds in a project that an editor opens.
func openInEditor(tb testing.TB, dir string) {
	tb.Helper()
	file := filepath.Join(dir, "compose.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	in, editor := io.Pipe()
	said := make(chan struct{}, 1)
	w := run.Process{Env: map[string]string{"DOCKER_HOST": noEngine, "XDG_STATE_HOME": filepath.Join(dir, ".state")}, Dir: dir, Stdin: in, Stderr: io.Discard,
		Stdout: writerFunc(func(p []byte) (int, error) {
			if bytes.Contains(p, []byte("publishDiagnostics")) {
				select {
				case said <- struct{}{}:
				default:
				}
			}
			return len(p), nil
		})}
	ended := make(chan int)
	go func() { ended <- execute(context.Background(), []string{"lsp"}, w) }()

	send := func(fields map[string]any) {
		fields["jsonrpc"] = "2.0"
		message, err := json.Marshal(fields)
		if err == nil {
			_, err = fmt.Fprintf(editor, "Content-Length: %d\r\n\r\n%s", len(message), message)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	uri := "file://" + filepath.ToSlash(file)
	send(map[string]any{"id": 1, "method": "initialize", "params": map[string]any{"rootUri": "file://" + filepath.ToSlash(dir), "capabilities": map[string]any{}}})
	send(map[string]any{"method": "initialized", "params": map[string]any{}})
	send(map[string]any{"method": "textDocument/didOpen", "params": map[string]any{
		"textDocument": map[string]any{"uri": uri, "languageId": "yaml", "version": 1, "text": string(text)}}})
	<-said
	send(map[string]any{"id": 2, "method": "shutdown"})
	send(map[string]any{"method": "exit"})
	if code := <-ended; code != 0 {
		tb.Fatalf("lsp ended with %d", code)
	}
}

// writerFunc is a function that takes what is written.
type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// commandNames are the names of ofCommands, and that of the language server, which takes no input by its command line.
func commandNames() []string { return append(slices.Sorted(maps.Keys(ofCommands)), "lsp") }

// TestCommandsGrowWithInput expects about twice the work for twice the input of each command.
func TestCommandsGrowWithInput(t *testing.T) {
	if testing.Short() {
		t.Skip("the large inputs take long")
	}

	for _, name := range commandNames() {
		t.Run(name, func(t *testing.T) {
			var growth float64
			for range 3 { // what runs beside, such as the editor's next look, counts too, now and then
				var work [2]uint64
				for i, n := range []int{100, 200} {
					command := commandsOn(t, n)
					work[i] = allocated(func() { command(name) })
				}
				if growth = float64(work[1]) / float64(work[0]); growth <= 2.5 {
					return
				}
			}
			t.Errorf("twice the input takes %.1f times the work", growth)
		})
	}
}

// BenchmarkCommands is each command on n, 2n and 4n.
func BenchmarkCommands(b *testing.B) {
	for _, name := range commandNames() {
		for _, n := range []int{100, 200, 400} {
			command := commandsOn(b, n)
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					command(name)
				}
			})
		}
	}
}
