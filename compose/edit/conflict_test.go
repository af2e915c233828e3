package edit

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/portlint/portlint/lint"
)

func TestRehearseConflicts(t *testing.T) {
	for _, c := range []rehearseCase{
		{name: "a literal", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["8080:80"]}
  api: {image: app, ports: ["8080:3000"]}
-- .env.example --
A=1
`, want: `
.env.example
  # host port of api
  API_PORT=8081
compose.yaml
  api: {image: app, ports: ["${API_PORT:-8081}:3000"]}
`},
		{name: "a default, no .env yet", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["8080:80"]}
  api: {image: app, ports: ["${API_PORT:-8080}:3000"]}
`, want: `
.env (new)
  API_PORT=8081
`},
		{name: "a default, and a .env of its own style", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["8080:80"]}
  api: {image: app, ports: ["${API_PORT:-8080}:3000"]}
-- .env --
export A='1'
export B='2'
`, want: `
.env
  export API_PORT='8081'
`},
		{name: "set in .env", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["8080:80"]}
  api: {image: app, ports: ["${API_PORT}:3000"]}
-- .env --
API_PORT="8080" # the API
OTHER=1
`, want: `
.env
  API_PORT="8081" # the API
`},
		{name: "set twice in .env", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["8080:80"]}
  api: {image: app, ports: ["${API_PORT}:3000"]}
-- .env --
API_PORT=7000
API_PORT=8080
`, want: `
.env
  API_PORT=8081
`},
		{name: "an address and a port in .env", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["127.0.0.1:8080:80"]}
  api: {image: app, ports: ["${API_BIND}:3000"]}
-- .env --
API_BIND=127.0.0.1:8080
`},
		{name: ".env goes into the container too", files: `
-- compose.yaml --
services:
  api: {image: app, ports: ["8080:80"]}
  web: {image: app, env_file: .env, ports: ["${WEB_PORT:-8080}:3000"]}
-- .env --
A=1
`, want: `
compose.yaml
  web: {image: app, env_file: .env, ports: ["${WEB_PORT:-8081}:3000"]}
`},
		{name: "the variable is read inside too", files: `
-- compose.yaml --
services:
  api: {image: app, ports: ["8080:80"]}
  web: {image: app, environment: ["PORT=${WEB_PORT:-8080}"], ports: ["${WEB_PORT:-8080}:3000"]}
`, want: `
compose.yaml
  web: {image: app, environment: ["PORT=${WEB_PORT:-8080}"], ports: ["${WEB_PORT:-8081}:3000"]}
`},
		{name: "another port follows the variable", files: `
-- compose.yaml --
services:
  api: {image: app, ports: ["8080:80"]}
  web: {image: app, ports: ["${WEB_PORT:-8080}:3000", "${WEB_PORT:-8080}:3000/udp"]}
`, want: `
compose.yaml
  web: {image: app, ports: ["${WEB_PORT:-8081}:3000", "${WEB_PORT:-8080}:3000/udp"]}
`},
		{name: "the shell sets the variable", files: `
-- compose.yaml --
services:
  api: {image: app, ports: ["8080:80"]}
  web: {image: app, ports: ["${WEB_PORT:-8000}:3000"]}
`, setup: func(s *stage) { s.env["WEB_PORT"] = "8080" }},
		{name: "one variable for both", files: `
-- compose.yaml --
services:
  api: {image: app, ports: ["${PORT:-8080}:80"]}
  web: {image: app, ports: ["${PORT:-8080}:3000"]}
-- .env.example --
PORT=8080
`, want: `
.env.example
  # host port of web
  WEB_PORT=8081
compose.yaml
  web: {image: app, ports: ["${WEB_PORT:-8081}:3000"]}
`},
		{name: "the env file of an include decides", files: `
-- compose.yaml --
include: [{path: inc/compose.yaml, env_file: inc/ports.env}]
services:
  api: {image: app, ports: ["8080:80"]}
-- inc/compose.yaml --
services:
  web: {image: app, ports: ["${WEB_PORT}:3000"]}
-- inc/ports.env --
WEB_PORT=8080
`, want: `
inc/ports.env
  WEB_PORT=8081
`},
		{name: "env files by name", files: `
-- compose.yaml --
services:
  api: {image: app, ports: ["8080:80"]}
  web: {image: app, ports: ["${WEB_PORT:-8080}:3000"]}
-- .env --
A=1
-- a.env --
A=2
-- b.env --
B=1
`, setup: func(s *stage) {
			s.env["COMPOSE_ENV_FILES"] = filepath.Join(s.dir, "a.env") + "," + filepath.Join(s.dir, "b.env")
		}, want: `
b.env
  WEB_PORT=8081
`},
		{name: ".env is turned off", files: `
-- compose.yaml --
services:
  api: {image: app, ports: ["8080:80"]}
  web: {image: app, ports: ["${WEB_PORT:-8080}:3000"]}
`, setup: func(s *stage) { s.env["COMPOSE_DISABLE_ENV_FILE"] = "1" }, want: `
compose.yaml
  web: {image: app, ports: ["${WEB_PORT:-8081}:3000"]}
`},
		{name: "a pool", files: `
-- compose.yaml --
services:
  api: {image: app, ports: ["8080-8082:80-82"]}
  web: {image: app, ports: ["${WEB_PORTS:-8081-8083}:81-83"]}
`, want: `
.env (new)
  WEB_PORTS=8084-8086
`},
		{name: "static, with the value of an example", files: `
-- compose.yaml --
services:
  api: {image: app, ports: ["8080:80"]}
  web: {image: app, ports: ["${WEB_PORT}:3000"]}
-- .env.example --
WEB_PORT=8080
`, setup: func(s *stage) { s.static = true }, want: `
.env (new)
  WEB_PORT=8081
`},
		{name: "two projects read one .env", files: `
-- compose.yaml --
services:
  api: {image: app, ports: ["8080:80"]}
  web: {image: app, ports: ["${WEB_PORT:-8080}:3000"]}
-- other.yaml --
services:
  job: {image: app, command: "serve ${WEB_PORT:-8080}"}
`, setup: func(s *stage) { s.projects = []string{"compose.yaml", "other.yaml"} }, want: `
compose.yaml
  web: {image: app, ports: ["${WEB_PORT:-8081}:3000"]}
`},
	} {
		c.most, c.rules = lint.Unsafe, "duplicate-port"
		t.Run(c.name, c.run)
	}
}

// TestRehearseBothSides parts the two sides of one variable.
func TestRehearseBothSides(t *testing.T) {
	for _, c := range []rehearseCase{
		{name: "with a default", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["${PORT:-3000}:${PORT:-3000}"], environment: ["PORT=${PORT:-3000}"]}
`, want: `
compose.yaml
  web: {image: app, ports: ["${WEB_PORT:-${PORT:-3000}}:${PORT:-3000}"], environment: ["PORT=${PORT:-3000}"]}
`},
		{name: "both set in .env", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["${PORT}:${PORT}"]}
-- .env --
PORT=3000
`, want: `
compose.yaml
  web: {image: app, ports: ["${WEB_PORT:-${PORT}}:${PORT}"]}
`},
		{name: "set by the shell alone", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["${PORT}:${PORT}"]}
`, setup: func(s *stage) { s.env["PORT"] = "3000" }, want: `
compose.yaml
  web: {image: app, ports: ["${WEB_PORT:-${PORT}}:${PORT}"]}
`},
		{name: "never set", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["${PORT}:${PORT}"]}
`},
	} {
		c.most, c.rules = lint.Safe, "one-variable-both-sides"
		t.Run(c.name, c.run)
	}
}

// TestRehearseOtherFixes proves what changes or takes away ports in another way.
func TestRehearseOtherFixes(t *testing.T) {
	for _, c := range []rehearseCase{
		{name: "a port written twice", rules: "duplicate-port", files: `
-- compose.yaml --
services:
  web:
    image: app
    ports:
      - "8080:80"
      - target: 80
        published: 8080
        mode: host
`, want: `
compose.yaml
  without ["- target: 80" "published: 8080" "mode: host"]
`},
		{name: "an override that adds", rules: "override-adds-port", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["8080:80"]}
-- compose.override.yaml --
services:
  web:
    ports:
      - "9090:80"
`, want: `
compose.override.yaml
  ports: !override
`},
		{name: "an invalid port", rules: "invalid-port", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["8080:80/tpc"]}
  db: {image: app, ports: ["5432:5432"]}
`, want: `
compose.yaml
  web: {image: app, ports: ["8080:80/tcp"]}
`},
		{name: "ignored ports", rules: "ignored-ports", files: `
-- compose.yaml --
services:
  web:
    image: app
    network_mode: none
    ports:
      - "8080:80"
`, want: `
compose.yaml
  without ["ports:" "- \"8080:80\""]
`},
		{name: "ports of another's network", rules: "unusable-ports", files: `
-- compose.yaml --
services:
  web:
    image: app
    network_mode: service:db
    ports:
      - "8080:80"
  db: {image: app}
`, want: `
compose.yaml
  without ["ports:" "- \"8080:80\""]
`},
		{name: "replicas", rules: "replicas-share-port", files: `
-- compose.yaml --
services:
  web: {image: app, scale: 3, ports: ["8080:80"]}
`, want: `
compose.yaml
  web: {image: app, scale: 3, ports: ["8080-8082:80"]}
`},
	} {
		c.most = lint.Unsafe
		t.Run(c.name, c.run)
	}
}

// TestRehearseFiles leaves alone what may not be written.
func TestRehearseFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links and modes of Windows are others")
	}
	const files = `
-- .git/HEAD --
-- .gitignore --
compose.yaml
-- compose.yaml --
services:
  web: {image: app, ports: ["8080:80"]}
-- real.yaml --
services:
  web: {image: app, ports: ["8080:80"]}
`
	for _, c := range []rehearseCase{
		{name: "ignored by Git", want: `
compose.yaml
  web: {image: app, ports: ["${WEB_PORT:-8080}:80"]}
`},
		{name: "a link", setup: func(s *stage) {
			must(t, os.Remove(filepath.Join(s.dir, "compose.yaml")))
			must(t, os.Symlink("real.yaml", filepath.Join(s.dir, "compose.yaml")))
		}, want: `
not "write ${WEB_PORT:-8080}", because "compose.yaml" cannot be changed: it is a symbolic link
`},
		{name: "an example that is a link", setup: func(s *stage) {
			must(t, os.Symlink("real.yaml", filepath.Join(s.dir, ".env.example")))
		}, want: `
compose.yaml
  web: {image: app, ports: ["${WEB_PORT:-8080}:80"]}
`},
	} {
		c.files, c.most, c.rules = files, lint.Safe, "fixed-port"
		t.Run(c.name, c.run)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
