package compose

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestMentions finds the numbers that follow a host port, and none that a container sees.
func TestMentions(t *testing.T) {
	dir := layout(t, `-- compose.yaml --
services:
  web:
    image: web
    command: ["--url", "http://localhost:8001"]
    entrypoint: serve localhost:8002
    healthcheck: {test: curl localhost:8003}
    ports: ["127.0.0.1:8004:8004"]
    environment:
      PUBLIC_URL: http://localhost:8080/x
      KAFKA_ADVERTISED_LISTENERS: IN://kafka:29092,OUT://${HOST}:9092
      LONG: localhost:123456
      SELF: http://localhost:${SELF_PORT:-8094}/x
      SET: http://localhost:${WEB_PORT:-8095}/x
-- .env --
WEB_PORT=8085
URL=http://127.0.0.1:8086
NAME=x8087
-- .devcontainer/devcontainer.json --
{"forwardPorts": [8088, "8089", "web:8090", "localhost:8091"], "x": [8092]}
`)
	l, err := Load(t.Context(), Options{Dir: dir, Env: map[string]string{}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range l.Project.Mentions {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s", l.Sources.Text(m.Span), m.Kind, m.Var)))
	}
	want := []string{"8080 URL", "29092 advertised listener", "9092 advertised listener", "8085 .env", "8086 URL",
		"8088 forwardPorts", "8089 forwardPorts", "8094 URL SELF_PORT"}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(slices.Compact(got), want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestMentionsBeside reads the files around a project. A number marked with a tilde is a port that has to be found, every
// other one looks like a port and is none.
func TestMentionsBeside(t *testing.T) {
	layouts := `-- compose.yaml --
services:
  web: {image: web, ports: ["8080:80"]}
-- .env.local --
WEB_PORT=~8001
export API_PORT="~8002" # of the api
WEBPORT=~8003
PORT_2=~8004
MAX=8005
SUPPORT=8006
TIMEOUT_EXPORT=8007
DATABASE_URL=postgres://me@localhost:~8008/db
LISTEN=0.0.0.0:8009
V6=http://[::1]:~8010/
-- package.json --
{
  "version": "8011",
  "scripts": {
    "dev": "vite --port ~8012 --host 0.0.0.0",
    "wait": "wait-on tcp:127.0.0.1:~8013 http://0.0.0.0:~8014/x",
    "start": "PORT=~8015 node . --max-old-space-size=8016",
    "test": "cross-env REPORT=8017 --timeout 8018"
  }
}
-- playwright.config.ts --
export default defineConfig({
  timeout: 30000, retries: 8019,
  use: { baseURL: 'http://localhost:~8020', viewport: { width: 8021 } },
  webServer: { command: 'x', port: ~8022, reuse: true },
  other: process.env.WEB_PORT || ~8023, more: process.env['API_PORT'] ?? '~8024', support: SUPPORT || 8025,
});
-- vite.config.mjs --
export default { server: { port: ~8026, strictPort: true, proxy: { '/api': 'http://localhost:~8027' } }, viewport: 8028 }
-- cypress.config.js --
module.exports = { e2e: { baseUrl: "http://localhost:~8029" }, import: 8030 }
-- vite.config.ts.bak.txt --
port: 8031
-- README.md --
Open http://localhost:~8032/ or 127.0.0.1:~8033. It has 8034 users; set port: 8035. example.com:8036, localhost:8037123
-- Makefile --
WEB_PORT ?= ~8038
API_PORT := ~8039
SIZE = 8040
open: ; open http://localhost:~8041
-- .vscode/launch.json --
{"configurations": [{"port": ~8042, "url": "http://localhost:~8043", "timeout": 8044}]}
-- .vscode/settings.json --
{"port": 8045}
-- .devcontainer/docker-compose.yml --
services: {}
-- .devcontainer/devcontainer.json --
{"forwardPorts": [~8046, "db:8047"], "appPort": ["~8048:8049", ~8050], "x": 8051}
-- frontend/vite.config.ts --
export default { server: { port: 8052, proxy: { '/api': 'http://localhost:~8053' } } }
-- frontend/.env --
VITE_PORT=8054
VITE_API=http://localhost:~8055
-- frontend/deep/README.md --
http://localhost:8056
-- node_modules/README.md --
http://localhost:8057
-- other/compose.yaml --
services: {}
-- other/README.md --
http://localhost:8058
-- main.go --
http://localhost:8059
`
	var want []string
	for _, part := range strings.Split(layouts, "~")[1:] {
		want = append(want, part[:4])
	}
	dir := layout(t, strings.ReplaceAll(layouts, "~", ""))
	l, err := Load(t.Context(), Options{Dir: dir, Static: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range l.Project.Mentions {
		if text := l.Sources.Text(m.Span); text != fmt.Sprint(m.Port) {
			t.Errorf("%s of %s is %q", fmt.Sprint(m.Port), filepath.Base(m.Span.File), text)
		}
		got = append(got, fmt.Sprint(m.Port))
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
