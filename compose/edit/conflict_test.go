package edit

import (
	"path/filepath"
	"testing"

	"github.com/portlint/portlint/lint"
)

func TestPlanFixesConflicts(t *testing.T) {
	for _, c := range []planCase{
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
		{name: "a URL follows the variable", files: `
-- compose.yaml --
services:
  api: {image: app, ports: ["8080:80"]}
  web: {image: app, environment: ["SELF=http://localhost:${WEB_PORT:-8080}/x"], ports: ["${WEB_PORT:-8080}:3000"]}
`, want: `
.env (new)
  WEB_PORT=8081
`},
		{name: "a URL follows the value of .env", files: `
-- compose.yaml --
services:
  api: {image: app, ports: ["8080:80"]}
  web: {image: app, labels: {self: "http://localhost:${WEB_PORT:-1}/x"}, ports: ["${WEB_PORT:-1}:3000"]}
-- .env --
WEB_PORT=8080
`, want: `
.env
  WEB_PORT=8081
`},
		{name: "a URL follows the default", files: `
-- compose.yaml --
services:
  api: {image: app, ports: ["8080:80"]}
  web: {image: app, environment: ["SELF=http://localhost:${WEB_PORT:-8080}/x"], ports: ["${WEB_PORT:-8080}:3000"]}
`, setup: func(s *fixEnv) { s.env["COMPOSE_DISABLE_ENV_FILE"] = "1" }, want: `
compose.yaml
  web: {image: app, environment: ["SELF=http://localhost:${WEB_PORT:-8081}/x"], ports: ["${WEB_PORT:-8081}:3000"]}
`},
		{name: "a URL inside the container", files: `
-- compose.yaml --
services:
  api: {image: app, ports: ["8080:80"]}
  web: {image: app, command: "curl localhost:${WEB_PORT:-8080}", ports: ["${WEB_PORT:-8080}:3000"]}
`, want: `
compose.yaml
  web: {image: app, command: "curl localhost:${WEB_PORT:-8080}", ports: ["${WEB_PORT:-8081}:3000"]}
`},
		{name: "another protocol follows the variable", files: `
-- compose.yaml --
services:
  api: {image: app, ports: ["8080:80"]}
  web: {image: app, ports: ["${WEB_PORT:-8080}:3000", "${WEB_PORT:-8080}:3000/udp"]}
`, want: `
.env (new)
  WEB_PORT=8081
`},
		{name: "a port of another container port follows the variable", files: `
-- compose.yaml --
services:
  api: {image: app, ports: ["8080:80"]}
  web: {image: app, ports: ["${WEB_PORT:-8080}:3000", "${WEB_PORT:-8080}:3001/udp"]}
`, want: `
compose.yaml
  web: {image: app, ports: ["${WEB_PORT:-8081}:3000", "${WEB_PORT:-8080}:3001/udp"]}
`},
		{name: "two protocols move together", files: `
-- compose.yaml --
services:
  api: {image: app, ports: ["443:80"]}
  web: {image: app, ports: ["443:443", "443:443/udp"]}
`, want: `
compose.yaml
  web: {image: app, ports: ["${WEB_PORT:-8443}:443", "${WEB_PORT:-8443}:443/udp"]}
`},
		{name: "the shell sets the variable", files: `
-- compose.yaml --
services:
  api: {image: app, ports: ["8080:80"]}
  web: {image: app, ports: ["${WEB_PORT:-8000}:3000"]}
`, setup: func(s *fixEnv) { s.env["WEB_PORT"] = "8080" }},
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
`, setup: func(s *fixEnv) {
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
`, setup: func(s *fixEnv) { s.env["COMPOSE_DISABLE_ENV_FILE"] = "1" }, want: `
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
`, setup: func(s *fixEnv) { s.static = true }, want: `
.env.example
  WEB_PORT=8081
`},
		{name: "a default that an example shows, no .env yet", files: `
-- compose.yaml --
services:
  api: {image: app, ports: ["${API_PORT:-8080}:80"]}
  web: {image: app, ports: ["${WEB_PORT:-8080}:3000"]}
-- .env.example --
API_PORT=8080
WEB_PORT=8080 # the site
`, want: `
.env.example
  WEB_PORT=8081 # the site
compose.yaml
  web: {image: app, ports: ["${WEB_PORT:-8081}:3000"]}
`},
		{name: "static, a default that an example shows, no .env yet", files: `
-- compose.yaml --
services:
  api: {image: app, ports: ["${API_PORT:-8080}:80"]}
  web: {image: app, ports: ["${WEB_PORT:-8080}:3000"]}
-- .env.example --
API_PORT=8080
WEB_PORT=8080 # the site
`, setup: func(s *fixEnv) { s.static = true }, want: `
.env.example
  WEB_PORT=8081 # the site
compose.yaml
  web: {image: app, ports: ["${WEB_PORT:-8081}:3000"]}
`},
		{name: "an example that shows something else, no .env yet", files: `
-- compose.yaml --
services:
  api: {image: app, ports: ["${API_PORT:-8080}:80"]}
  web: {image: app, ports: ["${WEB_PORT:-8080}:3000"]}
-- .env.example --
KEY=
`, want: `
compose.yaml
  web: {image: app, ports: ["${WEB_PORT:-8081}:3000"]}
`},
		{name: "an example and a .env", files: `
-- compose.yaml --
services:
  api: {image: app, ports: ["${API_PORT:-8080}:80"]}
  web: {image: app, ports: ["${WEB_PORT:-8080}:3000"]}
-- .env.example --
WEB_PORT=8080
-- .env --
KEY=
`, want: `
.env
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
`, setup: func(s *fixEnv) { s.projects = []string{"compose.yaml", "other.yaml"} }, want: `
compose.yaml
  web: {image: app, ports: ["${WEB_PORT:-8081}:3000"]}
`},
	} {
		c.most, c.rules = lint.Unsafe, "duplicate-port"
		t.Run(c.name, c.run)
	}
}

// TestRehearseSet makes what can be made, whatever stands beside it.
func TestPlanFixesSet(t *testing.T) {
	for _, c := range []planCase{
		{name: "a bad one among good ones", rules: "fixed-port", files: `
-- compose.yaml --
services:
  a: {image: app, ports: ["8001:80"]}
  b: {image: app, ports: ["8002:80"]}
  c: {image: app, ports: ["8003:80"]}
  d: {image: app, ports: ["8004:80"]}
  e: {image: app, ports: ["8005:80"]}
-- compose.override.yaml --
services:
  c: {ports: [{target: 80, published: 8003}]}
-- .env.example --
A=1
`, want: `
.env.example
  # host port of a
  A_PORT=8001
  # host port of b
  B_PORT=8002
  # host port of d
  D_PORT=8004
  # host port of e
  E_PORT=8005
  # host port of c
  C_PORT=8003
compose.yaml
  a: {image: app, ports: ["${A_PORT:-8001}:80"]}
  b: {image: app, ports: ["${B_PORT:-8002}:80"]}
  c: {image: app, ports: ["${C_PORT:-8003}:80"]}
  d: {image: app, ports: ["${D_PORT:-8004}:80"]}
  e: {image: app, ports: ["${E_PORT:-8005}:80"]}
not "write ${C_PORT_2:-8003}", because services.c.ports of project "001" would change
`},
		{name: "two rules want the same bytes", rules: "fixed-port duplicate-port", files: `
-- compose.yaml --
services:
  a: {image: app, ports: ["8080:80"]}
  b: {image: app, ports: ["8080:80"]}
`, want: `
compose.yaml
  a: {image: app, ports: ["${A_PORT:-8080}:80"]}
  b: {image: app, ports: ["${B_PORT:-8081}:80"]}
not "write ${B_PORT:-8080}", because another fix changes the same place
`},
		{name: "delete and move in one fix", rules: "duplicate-port", files: `
-- compose.yaml --
services:
  a:
    image: app
    ports:
      - "8080:80"
      - target: 80
        published: 8080
      - "9090:90"
  b: {image: app, ports: ["8080:80"]}
`, want: `
compose.yaml
  b: {image: app, ports: ["${B_PORT:-8081}:80"]}
`},
	} {
		c.most = lint.Unsafe
		t.Run(c.name, c.run)
	}
}
