package edit

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/portlint/portlint/lint"
)

// TestRehearseBothSides parts the two sides of one variable.
func TestPlanFixesBothSides(t *testing.T) {
	for _, c := range []planCase{
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
		{name: "the example gets the name", files: `
-- compose.yaml --
services:
  b: {image: app, ports: ["${PORT:-8080}:${PORT:-8080}"]}
-- .env.example --
`, want: `
.env.example
  # host port of b
  #B_PORT=8080
compose.yaml
  b: {image: app, ports: ["${B_PORT:-${PORT:-8080}}:${PORT:-8080}"]}
`},
		{name: "set by the shell alone", files: `
-- compose.yaml --
services:
  web: {image: app, ports: ["${PORT}:${PORT}"]}
`, setup: func(s *fixEnv) { s.env["PORT"] = "3000" }, want: `
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
func TestPlanFixesOtherFixes(t *testing.T) {
	for _, c := range []planCase{
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
func TestPlanFixesFiles(t *testing.T) {
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
	for _, c := range []planCase{
		{name: "ignored by Git", want: `
compose.yaml
  web: {image: app, ports: ["${WEB_PORT:-8080}:80"]}
`},
		{name: "a link", setup: func(s *fixEnv) {
			must(t, os.Remove(filepath.Join(s.dir, "compose.yaml")))
			must(t, os.Symlink("real.yaml", filepath.Join(s.dir, "compose.yaml")))
		}, want: `
not "write ${WEB_PORT:-8080}", because "compose.yaml" cannot be changed: it is a symbolic link
`},
		{name: "an example that is a link", setup: func(s *fixEnv) {
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
