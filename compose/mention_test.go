package compose

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/compose/testdir"
)

// TestMentions finds the numbers that follow a host port, and none that a container sees.
func TestMentions(t *testing.T) {
	dir := testdir.Layout(t, `-- compose.yaml --
services:
  web:
    image: web
    command: ["--url", "http://localhost:8001"]
    entrypoint: serve localhost:8002
    healthcheck: {test: curl localhost:8003}
    ports: ["127.0.0.1:8004:8004"]
    environment:
      PUBLIC_URL: http://localhost:8080/x
      KAFKA_ADVERTISED_LISTENERS: IN://kafka:29092,OUT://host:9092
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

// TestMentionsBeside reads the files around a project, as checkMarked does.
func TestMentionsBeside(t *testing.T) {
	checkMarked(t, `-- compose.yaml --
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
V6=http://[::1]:8010/
-- package.json --
{
  "version": "8011",
  "scripts": {
    "dev": "vite --port 8012 --host 0.0.0.0",
    "wait": "wait-on tcp:127.0.0.1:~8013 http://0.0.0.0:8014/x",
    "start": "PORT=8015 node . --max-old-space-size=8016",
    "test": "cross-env REPORT=8017 --timeout 8018"
  }
}
-- playwright.config.ts --
export default defineConfig({
  timeout: 30000, retries: 8019,
  use: { baseURL: 'http://localhost:~8020', viewport: { width: 8021 } },
  webServer: { command: 'x', port: 8022, reuse: true },
  other: process.env.WEB_PORT || 8023, more: process.env['API_PORT'] ?? '8024', support: SUPPORT || 8025,
});
-- vite.config.mjs --
export default { server: { port: 8026, strictPort: true, proxy: { '/api': 'http://localhost:~8027' } }, viewport: 8028 }
-- cypress.config.js --
module.exports = { e2e: { baseUrl: "http://localhost:~8029" }, import: 8030 }
-- vite.config.ts.bak.txt --
port: 8031
-- README.md --
Open http://localhost:~8032/ or 127.0.0.1:~8033. It has 8034 users; set port: 8035. example.com:8036, localhost:8037123
-- Makefile --
WEB_PORT ?= 8038
API_PORT := 8039
SIZE = 8040
open: ; open http://localhost:~8041
-- .vscode/launch.json --
{"configurations": [{"port": 8042, "url": "http://localhost:~8043", "timeout": 8044}]}
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
`)
}

// TestMentionsInTools reads scripts, pages, requests, workflows and the settings of servers, as checkMarked does: a number
// counts where it is a port of this machine for certain.
func TestMentionsInTools(t *testing.T) {
	checkMarked(t, `-- compose.yaml --
services:
  web:
    image: web
    ports: ["8080:80"]
    volumes:
      - ./mounted.sh:/mounted.sh:ro
      - {type: bind, source: ./conf, target: /etc/nginx}
      - data:/data
      - .:/app
  app: {build: app}
  api: {build: {context: ./api}}
volumes: {data: {}}
configs:
  edge: {file: ./edge/caddy.conf}
-- wait.sh --
#!/bin/sh
until curl -fs http://localhost:~8001/health; do sleep 1; done
nc -z localhost ~8002 && nc -z 127.0.0.1 "~8003"; nc -z db 8004
psql -h localhost -p ~8005; psql -p 8006 -h 127.0.0.1; mysql --host=localhost --port=~8007; psql -h db -p 8008
exec 3<>/dev/tcp/127.0.0.1/~8009
docker compose exec web curl localhost:8010
docker run -p 127.0.0.1:8011:80 x; docker exec web \
  sh -c "curl localhost:8012"
ssh -L 8013:localhost:8014 me@host; ssh host "curl localhost:8015"
docker compose up -d; curl localhost:~8016
PORT=8017
API_PORT="${API_PORT:-8018}"
SIZE=8019
: "${DB_PORT:=8020}"
curl "http://localhost:$PORT/x" "http://127.0.0.1:${API_PORT}/"
nc -z localhost $DB_PORT; curl "localhost:${UI_PORT:-8021}"
-- mounted.sh --
curl localhost:8022 host.docker.internal:8023
-- docker-entrypoint.sh --
curl localhost:8024
-- built.sh --
curl localhost:8025
-- Dockerfile --
COPY --chmod=755 built.sh /
-- run.ps1 --
$Port = 8026
Test-NetConnection localhost -Port ~8027; Invoke-WebRequest "http://localhost:$Port"
-- scripts/smoke.sh --
curl localhost:~8028
PORT=8029
curl localhost:$PORT
-- app/run.sh --
curl localhost:8030
-- api/run.sh --
curl localhost:8031
-- conf/nginx.conf --
proxy_pass http://localhost:8032; proxy_pass http://host.docker.internal:8033;
-- nginx/site.conf --
proxy_pass http://host.docker.internal:~8034; server 127.0.0.1:~8035;
listen 8036; server web:8037;
listen 127.0.0.1:8060;
listen = 127.0.0.1:8061
BIND localhost:8062 # listens on localhost:~8063
-- Caddyfile --
reverse_proxy localhost:~8038
-- edge/caddy.conf --
reverse_proxy localhost:8039
-- traefik.yml --
url: "http://host.docker.internal:8040"
-- prometheus.yaml --
targets: ["host.docker.internal:8041", "localhost:8042"]
-- docker/Containerfile --
COPY docker/app.conf /etc/
-- docker/app.conf --
proxy_pass http://localhost:8064;
-- docs/setup.md --
Open <http://localhost:~8043>. Then docker compose exec web curl localhost:8044.
-- CONTRIBUTING.md --
| ui | http://127.0.0.1:~8045 |
-- CHANGELOG.md --
http://localhost:8046
-- api.http --
@port = 8047
@host = localhost
GET http://localhost:~8048/x
GET http://localhost:{{port}}/y
-- http-client.env.json --
{"dev": {"url": "http://localhost:~8049", "port": 8050}}
-- .github/workflows/e2e.yml --
env: {WEB_PORT: 8051}
jobs:
  e2e:
    services:
      db: {image: postgres, options: --health-cmd "curl localhost:8052", ports: ["8053:5432"]}
      redis:
        ports:
          - 8054:6379
    steps:
      - run: docker compose up -d --wait
      - run: curl -f http://localhost:~8055/ && curl localhost:${{ env.WEB_PORT }}
      - run: psql postgres://me@localhost:8053/x; redis-cli -h localhost -p 8054
-- .github/workflows/unit.yml --
steps: [{run: "npm start & curl localhost:8056"}]
-- .github/workflows/inside.yml --
jobs:
  e2e:
    container: node
    steps: [{run: "docker compose up -d; curl localhost:8057"}]
-- compose.prod.yaml --
services: {x: {image: x, environment: {URL: "http://host.docker.internal:8058"}}}
`)
}

// checkMarked loads the project of a layout. A number marked with a tilde is a port that has to be found as a mention,
// every other one looks like a port and is not one.
func checkMarked(t *testing.T, layouts string) {
	t.Helper()
	var want []string
	for _, part := range strings.Split(layouts, "~")[1:] {
		want = append(want, part[:4])
	}
	dir := testdir.Layout(t, strings.ReplaceAll(layouts, "~", ""))
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
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestNameMentions reads where the files of a project and those beside it need a container by its name, each once.
func TestNameMentions(t *testing.T) {
	l, err := Load(t.Context(), Options{Static: true, Dir: testdir.Layout(t, `-- compose.yaml --
x-env: &env
  A: http://shop-web:8001
services:
  web:
    image: shop-db:8002
    container_name: shop-web
    environment: *env
    command: ["--db", "shop-db:8003"]
    volumes: [./conf:/etc/conf, ./mounted.sh:/mounted.sh, "shop-db:/data"]
  api:
    image: i
    container_name: ${API_NAME:-shop-api}
    environment: *env
    healthcheck: {test: "curl http://shop-api:8004 http://shop-proxy:8005 http://aliased:8006 http://worker:8007"}
    labels: {x: "http://set-elsewhere:8008"}
  db: {image: i, container_name: shop-db, network_mode: "container:shop-web"}
  proxy: {image: i, container_name: shop-proxy, hostname: shop-proxy}
  edge: {image: i, container_name: aliased, networks: {n: {aliases: [aliased]}}}
  worker: {image: i, container_name: worker}
  named: {image: i, container_name: "${SOME_NAME}"}
volumes: {shop-db: {}}
networks: {n: {}}
-- conf/app.yaml --
db: shop-db:8009
-- app.yaml --
db: shop-db:8010
-- mounted.sh --
docker exec shop-web 8011
-- run.sh --
docker exec worker 8012
-- sub/run.sh --
docker exec shop-proxy 8013
-- sub/deep/run.sh --
docker exec shop-proxy 8014
-- compose.prod.yaml --
services: {x: {image: x, environment: {URL: "http://shop-web:8015"}}}
-- .github/workflows/e2e.yml --
steps: [{run: docker compose up -d; docker logs shop-db 8016}]
-- .github/workflows/unit.yml --
steps: [{run: docker logs shop-db 8017}]
-- CHANGELOG.md --
docker exec shop-db 8018
`)})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range l.Project.NameMentions {
		text := l.Sources[m.Span.File].Text
		if string(text[m.Span.Start:m.Span.End]) != m.Name {
			t.Errorf("%q is %q", m.Name, text[m.Span.Start:m.Span.End])
		}
		after := text[m.Span.End+1:]
		got = append(got, fmt.Sprintf("%s %s %s", m.Kind, m.Name, after[:4]))
	}
	want := []string{"URL shop-web 8001", "address shop-db 8003", "URL shop-api 8004", "address shop-db 8009", "docker exec worker 8012",
		"docker exec shop-proxy 8013", "docker logs shop-db 8016"}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if len(l.Project.Mentions) > 0 {
		t.Errorf("a project without ports has mentions of ports: %v", l.Project.Mentions)
	}
}

// TestAddressMentions finds the addresses of the project's subnets in the files beside it, once each, in the order of the places.
func TestAddressMentions(t *testing.T) {
	l, err := Load(t.Context(), Options{Dir: testdir.Layout(t, `-- compose.yaml --
services:
  web: {image: web, networks: {back: {ipv4_address: 10.5.0.9}}, environment: {DB: "10.5.0.10:5432"}}
  proxy: {image: nginx, networks: [back], volumes: ["./conf/site.yml:/etc/site.yml"]}
networks: {back: {ipam: {config: [{subnet: 10.5.0.0/24}]}}}
-- .env --
URL=http://10.5.0.11/
-- nginx.conf --
# upstream 10.5.0.12
upstream db { server 10.5.0.13:5432; server 10.6.0.13; }
-- conf/site.yml --
host: 10.5.0.14
-- conf/other.yml --
host: 10.5.0.15
-- run.sh --
curl http://10.5.0.16/ && ping 110.5.0.16
-- README.md --
Then open http://10.5.0.17/.
-- main.go --
const db = "10.5.0.18"
`), Env: map[string]string{}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range l.Project.Addresses {
		got = append(got, fmt.Sprintf("%s:%d %s", filepath.Base(m.Span.File), l.Sources.Position(m.Span.File, m.Span.Start).Line, l.Sources.Text(m.Span)))
	}
	want := []string{".env:1 10.5.0.11", "README.md:1 10.5.0.17", "compose.yaml:2 10.5.0.10", "nginx.conf:2 10.5.0.13", "run.sh:1 10.5.0.16", "site.yml:1 10.5.0.14"}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
