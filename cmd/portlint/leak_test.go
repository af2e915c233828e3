package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/testdir"
	"github.com/portlint/portlint/lint/report"
)

// secret is a value that nobody may read in anything that portlint prints. Its parts are looked for, too, in any case.
const secret = "Zq7hT0kenXw9Lm"

// beyond is what lies outside of the repository of a stranger.
const beyond = `-- outside/cred.env --
TOKEN=` + secret + `
-- outside/broken.env --
PASSWORD ` + secret + ` = x
` + secret + `
-- outside/config.json --
{"auths":{"r":{"auth":"` + secret + `"}},"services":{"x":{"image":"` + secret + `","ports":["9000:80","9000:81","` + secret + `:82"]}},"` + secret + `":1}
-- outside/settings.yaml --
` + secret + `: x
-- outside/text.yaml --
` + secret + `
-- outside/names.env --
DB_HOST=shop-db
URL=http://shop-db/?` + secret + `
-- outside/names.md --
docker exec shop-db echo ` + secret + `
-- outside/README.md --
http://localhost:8080/?` + secret + `
-- repo/.git/HEAD --
ref: refs/heads/main
`

// leaks are checkouts that try to make portlint tell. A link is written NAME -> TARGET.
var leaks = []struct{ name, links, files string }{
	{"include with the environment as its env file", "",
		"-- repo/compose.yaml --\ninclude: [{path: b.yaml, env_file: /proc/self/environ}]\n-- repo/b.yaml --\nservices: {b: {image: b, ports: [\"${TOKEN}:80\"]}}\n"},
	{"a variable of the environment everywhere", "", `-- repo/compose.yaml --
name: x${TOKEN}
services:
  port: {image: a, ports: ["${TOKEN}:80", "8080:${TOKEN}", "8080:80/${TOKEN}", "${TOKEN}:8080:80", "${PAIR}:80", "${TOKEN}", "1-${TOKEN}:2-3"]}
  ip: {image: a, ports: ["[fe80::1%${TOKEN}]:8080:80", {target: 80, published: 8081, host_ip: "fe80::1%${TOKEN}"}]}
  long: {image: a, ports: [{target: "${TOKEN}", published: "8082"}, {target: 80, published: "${TOKEN}"}, {target: 80, published: 80, protocol: "${TOKEN}"}]}
  profile: {image: a, profiles: ["${TOKEN}"], ports: ["8083:80"]}
  other: {image: a, profiles: ["${TOKEN}"], ports: ["8083:80"]}
  mode: {image: a, network_mode: "container:${TOKEN}", ports: ["8084:80"]}
  nets: {image: a, networks: ["${TOKEN}"], ports: ["8085:80"]}
  needs: {image: a, depends_on: ["${TOKEN}"], ports: ["8086:80"]}
  scaled: {image: a, scale: "${TOKEN}", ports: ["8087:80"]}
  extended: {extends: {file: "${TOKEN}.yaml", service: "${TOKEN}"}, ports: ["8088:80"]}
  env: {image: a, env_file: "${TOKEN}", ports: ["8089:80"]}
  named: {image: a, container_name: "${TOKEN}", ports: ["8090:80"]}
  namedtoo: {image: a, container_name: "${TOKEN}", ports: ["8091:80"]}
`},
	{"a network by a secret name", "", "-- repo/compose.yaml --\nservices: {a: {image: a, networks: [n], ports: [\"8080:80\"]}, b: {image: b, networks: [\"${TOKEN}\"], ports: [\"8080:81\"]}}\n" +
		"networks: {n: {name: \"${TOKEN}\", internal: true}}\n"},
	{"one reason at a time: a name", "", "-- repo/compose.yaml --\nname: ${TOKEN}\nservices: {a: {image: a, ports: [\"8080:80\", \"8080:80\"]}}\n"},
	{"one reason at a time: a boolean", "", "-- repo/compose.yaml --\nservices: {a: {image: a, privileged: \"${TOKEN}\", ports: [\"8080:80\"]}}\n"},
	{"one reason at a time: a size", "", "-- repo/compose.yaml --\nservices: {a: {image: a, mem_limit: \"${TOKEN}\", ports: [\"8080:80\"]}}\n"},
	{"one reason at a time: a duration", "", "-- repo/compose.yaml --\nservices: {a: {image: a, stop_grace_period: \"${TOKEN}\", ports: [\"8080:80\"]}}\n"},
	{"one reason at a time: a volume", "", "-- repo/compose.yaml --\nservices: {a: {image: a, volumes: [\"${PAIR}\", \":${TOKEN}\", \"${TOKEN}:/x:${TOKEN}\"], ports: [\"8080:80\"]}}\n"},
	{"one reason at a time: a message", "", "-- repo/compose.yaml --\nservices: {a: {image: \"${NOTHING:?${TOKEN}}\", ports: [\"8080:80\"]}}\n"},
	{"one reason at a time: an expression", "", "-- repo/compose.yaml --\nservices: {a: {image: \"${NOTHING:?${TOKEN}\", ports: [\"${TOKEN:=1}:80\"]}}\n"},
	{"one reason at a time: an include", "", "-- repo/compose.yaml --\ninclude: [\"${TOKEN}.yaml\", {path: b.yaml, env_file: \"${TOKEN}\", project_directory: \"${TOKEN}\"}]\nservices: {a: {image: a, ports: [\"8080:80\"]}}\n-- repo/b.yaml --\nservices: {b: {image: b}}\n"},
	{"one reason at a time: a remote include", "", "-- repo/compose.yaml --\ninclude: [\"https://example.com/${TOKEN}.git\", {path: \"oci://${TOKEN}\"}]\nservices: {a: {image: a, extends: {file: \"git@${TOKEN}\", service: x}, ports: [\"8080:80\"]}}\n"},
	{"one reason at a time: an env file", "", "-- repo/compose.yaml --\nservices: {a: {image: a, env_file: [\"${TOKEN}.env\"], ports: [\"8080:80\"]}}\n"},
	{".env made of the environment", "", "-- repo/.env --\nCOMPOSE_PROJECT_NAME=${TOKEN}\nCOMPOSE_PROFILES=${TOKEN}\nPORT=${TOKEN}\n-- repo/compose.yaml --\nservices: {a: {image: a, profiles: [x], ports: [\"${PORT}:80\"]}}\n"},
	{"COMPOSE_FILE made of the environment", "", "-- repo/.env --\nCOMPOSE_FILE=${TOKEN}.yaml:compose.yaml\n-- repo/compose.yaml --\nservices: {a: {image: a, ports: [\"8080:80\"]}}\n"},
	{".env that leads out", "repo/.env -> ../outside/cred.env", "-- repo/compose.yaml --\nname: a${TOKEN}\nservices: {a: {image: a, ports: [\"${TOKEN}:80\"]}}\n"},
	{".env that leads out and is broken", "repo/.env -> ../outside/broken.env", "-- repo/compose.yaml --\nservices: {a: {image: a, ports: [\"8080:80\"]}}\n"},
	{"example file that leads out", "repo/.env.example -> ../outside/cred.env", "-- repo/compose.yaml --\nservices: {a: {image: a, ports: [\"${TOKEN}:80\"]}}\n"},
	{"env file of a service that leads out and is broken", "repo/a.env -> ../outside/broken.env", "-- repo/compose.yaml --\nservices: {a: {image: a, env_file: [a.env], label_file: [a.env], ports: [\"8080:80\"]}}\n"},
	{"env file of an include that leads out and is broken", "repo/a.env -> ../outside/broken.env", "-- repo/compose.yaml --\ninclude: [{path: b.yaml, env_file: a.env}]\nservices: {a: {image: a, ports: [\"8080:80\"]}}\n-- repo/b.yaml --\nservices: {b: {image: b, ports: [\"8080:80\"]}}\n"},
	{"include that leads out", "", "-- repo/compose.yaml --\ninclude: [../outside/config.json]\nservices: {a: {image: a, ports: [\"9000:80\"]}}\n"},
	{"include of what is no YAML", "", "-- repo/compose.yaml --\ninclude: [../outside/text.yaml]\nservices: {a: {image: a, ports: [\"9000:80\"]}}\n"},
	{"include by a link", "repo/b.json -> ../outside/config.json", "-- repo/compose.yaml --\ninclude: [b.json]\nservices: {a: {image: a, ports: [\"9000:80\"]}}\n"},
	{"extends that leads out", "", "-- repo/compose.yaml --\nservices: {a: {extends: {file: ../outside/config.json, service: x}, ports: [\"9000:80\"]}, b: {image: b, ports: [\"9000:80\"]}}\n"},
	{"COMPOSE_FILE that leads out", "", "-- repo/.env --\nCOMPOSE_FILE=../outside/config.json\n"},
	{"Compose file that leads out", "repo/compose.yaml -> ../outside/config.json", "-- repo/x --\n"},
	{"Compose file by a name that leads out", "repo/docker-compose.dev.yaml -> ../outside/config.json", "-- repo/compose.yaml --\nservices: {a: {image: a, ports: [\"9000:80\"]}}\n"},
	{"directory that leads out", "repo/sub -> ../outside", "-- repo/compose.yaml --\ninclude: [sub/config.json]\nservices: {a: {image: a, ports: [\"9000:80\"]}}\n"},
	{"settings that lead out", "repo/.portlint.yaml -> ../outside/settings.yaml", "-- repo/compose.yaml --\nservices: {a: {image: a, ports: [\"9000:80\"]}}\n"},
	{"settings below a directory that leads out", "repo/sub -> ../outside",
		"-- outside/compose.yaml --\nservices: {a: {image: a, ports: [\"9000:80\"]}}\n-- outside/.portlint.yaml --\n" + secret + ": x\n-- repo/.env --\nCOMPOSE_FILE=sub/compose.yaml\n"},
	{"pieces of a value", "", "-- repo/compose.yaml --\nservices:\n  a: {image: a, ports: [\"8080:80/${TOKEN}\", \"${PAIR}:80\"]}\n  b: {image: b, privileged: \"${PAIR}\"}\n"},
	{"page with a container's name that leads out", "repo/README.md -> ../outside/names.md", "-- repo/compose.yaml --\nservices: {a: {image: a, container_name: shop-db}}\n"},
	{".env with a container's name that leads out", "repo/.env -> ../outside/names.env", "-- repo/compose.yaml --\nservices: {a: {image: a, container_name: shop-db}}\n"},
	{"a password beside a container's name", "", "-- repo/.env --\nURL=postgres://me:" + secret + "@shop-db/x\n-- repo/compose.yaml --\nservices: {a: {image: a, container_name: shop-db}}\n"},
	{"page that leads out", "repo/README.md -> ../outside/README.md", "-- repo/compose.yaml --\nservices: {a: {image: a, ports: [\"8080:80\", \"8080:81\"]}}\n"},
}

// TestNothingLeaks wants nothing printed of the environment and of files outside of the repository, whatever a checkout says.
func TestNothingLeaks(t *testing.T) {
	t.Parallel()
	for _, c := range leaks {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			plantLeak(t, dir, c.links, c.files)
			check := []string{"check", "--level", "info"}
			for format := range report.Formats {
				file := filepath.Join(dir, "report."+format)
				check = append(check, "--format", format+"="+file)
			}
			refusal := "Bind for 0.0.0.0:8080 failed: port is already allocated"
			for _, words := range [][]string{
				check, {"ports"}, {"ports", "--format", "json"}, {"ports", "--format", "markdown", "."}, {"ports", "--all", "."}, {"ports", "--all", "--format", "json"}, {"check", "-v", "."}, {"check", "--fix", "--unsafe-fixes", "--diff"},
				{"explain"}, {"explain", refusal}, {"explain", "Error: That port is already in use."}, {"explain", "--format", "json", refusal}, {"who", "8080"}, {"who", "a"}, {"who", "--format", "json", "8080-8090"},
				{"free", "3"}, {"assign"}, {"assign", "--format", "json"}, {"env"}, {"env", "--format", "json"}, {"init"},
			} {
				if words[0] == "check" {
					tellsNothing(t, filepath.Join(dir, "repo"), append(words, "--static"))
				}
				tellsNothing(t, filepath.Join(dir, "repo"), words)
			}
		})
	}
}

// TestUpLeaksNothing is the same for up, which becomes a Compose that says nothing of its own: in one of its ways for each checkout, and
// in all of them with PORTLINT_TEST_LONG.
func TestUpLeaksNothing(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the programs are links")
	}
	ways := [][]string{{"up", "-d", "--move"}, {"up"}, {"up", "--write"}}
	for i, c := range leaks {
		selected := ways[i%len(ways):][:1]
		if os.Getenv("PORTLINT_TEST_LONG") != "" {
			selected = ways
		}

		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			plantLeak(t, dir, c.links, c.files)
			for _, words := range selected {
				cmd := exec.Command(portlintProgram(t), words...)
				cmd.Dir = filepath.Join(dir, "repo")
				cmd.Env = append(os.Environ(), "PATH="+programs(t, "docker"), "DOCKER_HOST="+noEngine, "XDG_STATE_HOME="+t.TempDir(),
					"TOKEN="+secret, "PAIR=user:"+secret)
				out, err := cmd.CombinedOutput()
				if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
					t.Fatal(err)
				}
				demandSilence(t, words, string(out))
			}
		})
	}
}

// TestEditorLeaksNothing is the same for everything that the language server sends: what it finds, and what it answers at each word.
func TestEditorLeaksNothing(t *testing.T) {
	t.Parallel()
	for _, c := range leaks {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			editor := startLSP(t, nil, "TOKEN="+secret, "PAIR=user:"+secret)
			plantLeak(t, editor.dir, c.links, c.files)
			editor.initialize(everything, "{}")
			var opened []string
			for _, f := range txtar.Parse([]byte(c.files)).Files {
				if strings.HasPrefix(f.Name, "repo/") && strings.HasSuffix(f.Name, ".yaml") {
					opened = append(opened, f.Name)
				}
			}
			editor.open(opened...)
			for _, name := range opened {
				editor.until(func() bool { return editor.upToDate(name) })
				for _, at := range askedPlaces.FindAllStringIndex(editor.texts[name], -1) {
					where := position16(editor.texts[name], at[0])
					document := map[string]any{"uri": editor.uri(name)}
					editor.hear("textDocument/hover", map[string]any{"textDocument": document, "position": where})
					editor.hear("textDocument/codeAction", map[string]any{"textDocument": document,
						"range": lspRange{where, where}, "context": map[string]any{"diagnostics": []any{}}})
				}
			}
			if len(opened) > 0 && editor.heard.Len() == 0 {
				t.Error("the server said nothing at all")
			}
			demandSilence(t, []string{"lsp"}, editor.heard.String())
		})
	}
}

// askedPlaces are where an editor asks: at each port and at each variable.
var askedPlaces = regexp.MustCompile(`\$\{|\b\d{4}\b`)

// hear asks, and leaves the answer in what was heard.
func (c *lspClient) hear(method string, params any) {
	c.t.Helper()
	var answer json.RawMessage
	if err := c.call(method, params, &answer); err != nil {
		c.heard.WriteString(err.Error())
	}
	c.heard.Write(answer)
}

// plantLeak writes the files of a leak, and its link.
func plantLeak(t *testing.T, dir, links, files string) {
	t.Helper()
	for _, f := range txtar.Parse([]byte(beyond + files)).Files {
		testdir.Write(t, filepath.Join(dir, f.Name), string(f.Data))
	}
	if link, target, ok := strings.Cut(links, " -> "); ok {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Skip("no links here: ", err)
		}
	}
}

// tellsNothing runs a command with a secret in its environment, and looks into what it prints and into the reports that it writes.
func tellsNothing(t *testing.T, dir string, words []string) {
	t.Helper()
	var out bytes.Buffer
	execute(context.Background(), words, run.Process{Dir: dir, Version: "v0.0.0", Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out,
		Env: map[string]string{"DOCKER_HOST": noEngine, "XDG_STATE_HOME": t.TempDir(), "TOKEN": secret, "PAIR": "user:" + secret}})
	reports, err := filepath.Glob(filepath.Join(dir, "..", "report.*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range reports {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(text)
	}
	demandSilence(t, words, out.String())
}

// demandSilence looks for every part of the secret in what a command said.
func demandSilence(t *testing.T, words []string, said string) {
	t.Helper()
	low := strings.ToLower(said)
	for n := range len(secret) - 5 {
		if part := strings.ToLower(secret[n : n+6]); strings.Contains(low, part) {
			t.Fatalf("portlint %s tells %q:\n%s", strings.Join(words, " "), part, said)
		}
	}
}
