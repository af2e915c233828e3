package edit

import (
	"testing"

	"github.com/portlint/portlint/lint"
)

// TestRehearseFixedPortsOfSeveralFiles proves rewrites of projects that are more than one good file.
func TestPlanFixesFixedPortsOfSeveralFiles(t *testing.T) {
	for _, c := range []planCase{
		{name: "included and extended", files: `
-- compose.yaml --
include: [inc/compose.yaml]
services:
  web: {extends: {file: base.yaml, service: base}, ports: ["8080:80"]}
-- base.yaml --
services:
  base: {image: app, ports: ["7000:70"]}
-- inc/compose.yaml --
services:
  db: {image: db, ports: ["5432:5432"]}
-- inc/.env.example --
X=1
`, want: `
base.yaml
  base: {image: app, ports: ["${BASE_PORT:-7000}:70"]}
compose.yaml
  web: {extends: {file: base.yaml, service: base}, ports: ["${WEB_PORT:-8080}:80"]}
inc/.env.example
  # host port of db
  DB_PORT=5432
inc/compose.yaml
  db: {image: db, ports: ["${DB_PORT:-5432}:5432"]}
`},
		{name: "an override that repeats the item", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["8080:80"]}
-- compose.override.yaml --
services:
  web: {ports: ["8080:80"]}
`, want: `
compose.override.yaml
  web: {ports: ["${WEB_PORT:-8080}:80"]}
compose.yaml
  web: {image: app, ports: ["${WEB_PORT:-8080}:80"]}
`},
		{name: "an override repeats it in the long form", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["8080:80"]}
-- compose.override.yaml --
services:
  web: {ports: [{target: 80, published: "8080", protocol: tcp}]}
`, want: `
compose.override.yaml
  web: {ports: [{target: 80, published: "${WEB_PORT:-8080}", protocol: tcp}]}
compose.yaml
  web: {image: app, ports: ["${WEB_PORT:-8080}:80"]}
`},
		{name: "glued to a variable", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["80${DIGITS:-80}:80", "${BIND:-}9090:90", "${BOTH:-127.0.0.1:7070}:70"]}
`},
		{name: "the host port gives the container port", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["8080:${PORT:-80}"], environment: ["PORT=${PORT:-80}"]}
`, want: `
compose.yaml
  web: {image: app, ports: ["${WEB_PORT:-8080}:${PORT:-80}"], environment: ["PORT=${PORT:-80}"]}
`},
		{name: "escapes and folds", files: `
-- compose.yaml --
services:
  web:
    image: app
    ports:
      - "80\u00380:80"
      - >-
        9090:90
      - ? target
        : 80
`, want: `
compose.yaml
  ${WEB_90_PORT:-9090}:90
`},
		{name: "a project that Compose refuses", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["8080:80"], containr_name: x}
  db: {image: db, depends_on: [nothing], ports: ["5432:5432"]}
`, want: `
compose.yaml
  web: {image: app, ports: ["${WEB_PORT:-8080}:80"], containr_name: x}
  db: {image: db, depends_on: [nothing], ports: ["${DB_PORT:-5432}:5432"]}
`},
		{name: "a required variable", files: `
-- compose.yaml --
services:
  web: {image: "app:${TAG:?say which}", ports: ["8080:80"]}
`, setup: func(s *fixEnv) { s.env["TAG"] = "1" }, want: `
compose.yaml
  web: {image: "app:${TAG:?say which}", ports: ["${WEB_PORT:-8080}:80"]}
`},
		{name: "static, with an example as the only source", setup: func(s *fixEnv) { s.static = true }, files: `
-- compose.yaml --
services:
  web: {image: "app:${TAG}", ports: ["8080:80", "${ADMIN_PORT}:81"]}
-- .env.example --
TAG=1
ADMIN_PORT=8081
`, want: `
.env.example
  # host port of web for 80
  WEB_PORT=8080
compose.yaml
  web: {image: "app:${TAG}", ports: ["${WEB_PORT:-8080}:80", "${ADMIN_PORT}:81"]}
`},
		{name: "a file of two projects", setup: func(s *fixEnv) { s.projects = []string{"one", "two"} }, files: `
-- .git/HEAD --
-- base.yaml --
services:
  base: {image: app, ports: ["7000:70"]}
-- one/compose.yaml --
services:
  web: {extends: {file: ../base.yaml, service: base}}
-- two/compose.yaml --
services:
  web: {extends: {file: ../base.yaml, service: base}, environment: ["BASE_PORT=1"]}
  api: {image: app, environment: ["WEB_PORT"]}
`, want: `
base.yaml
  base: {image: app, ports: ["${BASE_HOST_PORT:-7000}:70"]}
`},
		{name: "two projects of one directory", setup: func(s *fixEnv) { s.projects = []string{"a.yaml", "b.yaml", "c.yaml"} }, files: `
-- a.yaml --
services: {web: {image: app, ports: ["8080:80"]}}
-- b.yaml --
services: {web: {image: app, ports: ["8080:80"]}}
-- c.yaml --
services: {web: {image: app, ports: ["9090:80"]}}
-- .env.example --
A=1
`, want: `
.env.example
  # host port of web
  WEB_PORT=8080
  # host port of web
  WEB_PORT_2=9090
a.yaml
  services: {web: {image: app, ports: ["${WEB_PORT:-8080}:80"]}}
b.yaml
  services: {web: {image: app, ports: ["${WEB_PORT:-8080}:80"]}}
c.yaml
  services: {web: {image: app, ports: ["${WEB_PORT_2:-9090}:80"]}}
`},
		{name: "the dialect of the project", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["${WP1_WEB_PORT:-8080}:80"]}
  db: {image: app, ports: ["${WP1_DB_PORT:-5432}:5432"]}
  mail: {image: app, ports: ["2525:25"]}
`, want: `
compose.yaml
  mail: {image: app, ports: ["${WP1_MAIL_PORT:-2525}:25"]}
`},
		{name: "outside of the project", files: `
-- shared/base.yaml --
services:
  base: {image: app, ports: ["7000:70"]}
-- app/compose.yaml --
services:
  web: {extends: {file: ../shared/base.yaml, service: base}}
`, setup: func(s *fixEnv) { s.projects = []string{"app"} }, want: `
not "write ${BASE_PORT:-7000}", because "shared/base.yaml" lies outside of the project's repository or directory
`},
	} {
		c.most, c.rules = lint.Safe, "fixed-port"
		t.Run(c.name, c.run)
	}
}
