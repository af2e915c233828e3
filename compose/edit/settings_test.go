package edit

import (
	"strings"
	"testing"

	"github.com/portlint/portlint/lint"
)

// TestRehearseExamples makes safe fixes beside example files: neither a copy of the example nor a variable that people set
// already may change what Compose loads.
func TestPlanFixesExamples(t *testing.T) {
	for _, c := range []planCase{
		{name: "one variable on both sides, set in the example", rules: "one-variable-both-sides", files: `
-- compose.yaml --
services:
  relay:
    image: app
    environment: [RELAY_PORT]
    ports: ["${RELAY_PORT:-3478}:${RELAY_PORT:-3478}/udp"]
-- env.example --
RELAY_PORT=3479
`, want: `
compose.yaml
  ports: ["${RELAY_HOST_PORT:-${RELAY_PORT:-3478}}:${RELAY_PORT:-3478}/udp"]
env.example
  # host port of relay
  #RELAY_HOST_PORT=3478
`},
		{name: "the copy of the example goes into the container", files: `
-- compose.yaml --
services:
  web: {image: app, env_file: .env, ports: ["8080:80"]}
-- .env.example --
KEY=1
`, want: quietly},
		{name: "as an optional file", files: `
-- compose.yaml --
services:
  web: {image: app, env_file: [{path: .env, required: false}], ports: ["8080:80"]}
-- .env.example --
KEY=1
`, want: strings.Replace(quietly, "env_file: .env", "env_file: [{path: .env, required: false}]", 1)},
		{name: "as a file that is yet to be made", files: `
-- compose.yaml --
services:
  web: {image: app, env_file: [{path: app.env, required: false}], ports: ["8080:80"]}
-- .env.example --
KEY=1
`, want: strings.Replace(quietly, "env_file: .env", "env_file: [{path: app.env, required: false}]", 1)},
		{name: "as labels", files: `
-- compose.yaml --
services:
  web: {image: app, label_file: .env, ports: ["8080:80"]}
-- .env.example --
KEY=1
`, want: strings.Replace(quietly, "env_file: .env", "label_file: .env", 1)},
		{name: "of an included project", files: `
-- compose.yaml --
include: [sub/compose.yaml]
-- sub/compose.yaml --
services:
  web: {image: app, env_file: .env, ports: ["8080:80"]}
-- sub/.env.example --
KEY=1
`, want: `
sub/.env.example
  # host port of web
  #WEB_PORT=8080
sub/compose.yaml
  web: {image: app, env_file: .env, ports: ["${WEB_PORT:-8080}:80"]}
`},
		{name: "an env file of a service is no copy", files: `
-- compose.yaml --
services:
  web: {image: app, env_file: app.env, ports: ["8080:80"]}
-- app.env --
KEY=1
-- .env.example --
KEY=1
`, want: `
.env.example
  # host port of web
  WEB_PORT=8080
compose.yaml
  web: {image: app, env_file: app.env, ports: ["${WEB_PORT:-8080}:80"]}
`},
		{name: "an include reads the example itself", files: `
-- compose.yaml --
include: [{path: sub/compose.yaml, env_file: .env.example}]
-- sub/compose.yaml --
services:
  web: {image: app, ports: ["8080:80"], environment: ["URL=${URL}"]}
-- .env.example --
URL=1
`, want: `
.env.example
  # host port of web
  WEB_PORT=8080
sub/compose.yaml
  web: {image: app, ports: ["${WEB_PORT:-8080}:80"], environment: ["URL=${URL}"]}
`},
		{name: "two projects, one variable", setup: func(s *fixEnv) { s.projects = []string{"a.yaml", "b.yaml"} }, files: `
-- a.yaml --
services: {node: {image: app, ports: ["7000:70"]}}
-- b.yaml --
services: {node: {image: app, ports: ["7000:70", "7001:71"]}}
-- default.env --
A=1
`, want: `
a.yaml
  services: {node: {image: app, ports: ["${NODE_PORT:-7000}:70"]}}
b.yaml
  services: {node: {image: app, ports: ["${NODE_PORT:-7000}:70", "${NODE_71_PORT:-7001}:71"]}}
default.env
  # host port of node
  NODE_PORT=7000
  # host port of node for 71
  NODE_71_PORT=7001
`},
		{name: "names that the example uses, and that a secret reads", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["8080:80"]}
  db: {image: app, ports: ["5432:5432"], secrets: [port]}
secrets: {port: {environment: DB_PORT}}
-- .env.example --
URL=http://localhost:${WEB_PORT:-1}
`, want: `
.env.example
  # host port of web
  WEB_HOST_PORT=8080
  # host port of db
  DB_HOST_PORT=5432
compose.yaml
  web: {image: app, ports: ["${WEB_HOST_PORT:-8080}:80"]}
  db: {image: app, ports: ["${DB_HOST_PORT:-5432}:5432"], secrets: [port]}
`},
		{name: "Compose refuses the project, so no line of the example can be proved", files: `
-- compose.yaml --
services:
  web: {image: app, containr_name: x, ports: ["8080:80"]}
-- .env.example --
KEY=1
`, want: `
.env.example
  # host port of web
  #WEB_PORT=8080
compose.yaml
  web: {image: app, containr_name: x, ports: ["${WEB_PORT:-8080}:80"]}
`},
	} {
		c.most = lint.Safe
		if c.rules == "" {
			c.rules = "fixed-port"
		}
		t.Run(c.name, c.run)
	}
}

const quietly = `
.env.example
  # host port of web
  #WEB_PORT=8080
compose.yaml
  web: {image: app, env_file: .env, ports: ["${WEB_PORT:-8080}:80"]}
`

// TestProofSettings asks for fixes that are right as things are, and wrong under a setting that somebody may have.
func TestProofSettings(t *testing.T) {
	for _, c := range []struct {
		name, files string
		old, new    string // in compose.yaml
		line        string // for the end of .env.example
		move        lint.Move
		want        string
	}{
		{name: "a variable is lost", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["${WEB_PORT:-8080}:80"]}
`, old: "${WEB_PORT:-8080}", new: "8080", want: `services.web.ports[0].published of project "001" would change with WEB_PORT=30000`},
		{name: "the default of a default is lost", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["${WEB_PORT:-${PORT:-8080}}:80"]}
`, old: "${PORT:-8080}", new: "8080", want: `services.web.ports[0].published of project "001" would change with PORT=30101`},
		{name: "a repeat as long as a variable has its default", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["${WEB_PORT:-8080}:80", "8080:80/tcp"]}
`, old: `, "8080:80/tcp"`, new: ``, want: `services.web.ports of project "001" would change with WEB_PORT=30000`},
		{name: "the new variable keeps another one from being followed", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["${PORT:-8080}:${PORT:-8080}"]}
-- .env.example --
KEY=1
`, old: "${PORT:-8080}:$", new: "${WEB_PORT:-${PORT:-8080}}:$", line: "WEB_PORT=8080",
			want: `services.web.ports[0].published of project "001" would change where ".env.example" is copied to ".env" and with PORT=30000`},
		{name: "the line of the example gets into the container", files: `
-- compose.yaml --
services:
  web: {image: app, env_file: [{path: .env, required: false}], ports: ["8080:80"]}
-- .env.example --
KEY=1
`, old: "8080:80", new: "${WEB_PORT:-8080}:80", line: "WEB_PORT=8080",
			want: `services.web.environment.WEB_PORT of project "001" would change where ".env.example" is copied to ".env"`},
		{name: "a second example has the new name", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["8080:80"]}
-- .env.example --
KEY=1
-- env.sample --
WEB_PORT=9
`, old: "8080:80", new: "${WEB_PORT:-8080}:80", want: `services.web.ports[0].published of project "001" would change where "env.sample" is copied to ".env"`},
		{name: "only with what Compose demands it is a project", files: `
-- compose.yaml --
services:
  web: {image: "app:${TAG:?which}", container_name: "${NAME}", volumes: ["${DATA}:/data"], ports: ["${PORT:-80}:${PORT:-80}"]}
`, old: "${PORT:-80}:$", new: "80:$", want: `services.web.ports[0].published of project "001" would change with other values of 4 variables`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newFixEnv(t, c.files)
			targets := s.targets(t)
			file := targets[0].Loaded.Project.Files[0]
			text := string(targets[0].Loaded.Sources[file].Text)
			start := strings.Index(text, c.old)
			fix := lint.Fix{Title: "x", Safety: lint.Safe,
				Edits: []lint.Edit{{Span: lint.Span{File: file, Start: start, End: start + len(c.old)}, New: c.new}}}
			if c.line != "" {
				example := targets[0].Loaded.Project.Examples[0]
				n := len(targets[0].Loaded.Project.EnvTexts[example])
				fix.Edits = append(fix.Edits, lint.Edit{Span: lint.Span{File: example, Start: n, End: n}, New: c.line + "\n"})
			}
			finding := lint.Finding{Rule: "x", Service: "web", Fixes: []lint.Fix{fix}}
			plan, err := PlanFixes(t.Context(), targets, []lint.Finding{finding}, lint.Safe)
			if err != nil || len(plan.Refused) != 1 || plan.Refused[0].Why != c.want {
				t.Errorf("got %+v %v, want %s", plan, err, c.want)
			}
		})
	}
}
