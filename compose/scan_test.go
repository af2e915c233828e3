package compose

import (
	"fmt"
	"slices"
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
		got = append(got, fmt.Sprintf("%s %s", l.Sources.Text(m.Span), m.Kind))
	}
	want := []string{"8080 URL", "29092 advertised listener", "9092 advertised listener", "8085 .env", "8086 URL",
		"8088 forwardPorts", "8089 forwardPorts"}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(slices.Compact(got), want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestIgnores reads the comments that silence a rule, and what each of them speaks of.
func TestIgnores(t *testing.T) {
	dir := layout(t, `-- compose.yaml --
services:
  a:
    ports:
      - "1:1" # portlint:ignore duplicate-port,fixed-port a reason here
      # portlint:ignore fixed-port

      # another comment
      - "2:2"
      - "3:3 # portlint:ignore x y"
      - 4:4#portlint:ignore x y
    command: |
      # portlint:ignore x y

      echo # portlint:ignore x y
    user: 'it''s # portlint:ignore x y' # portlint:ignore unused-ignore z
`)
	l, err := Load(t.Context(), Options{Dir: dir, Static: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, ig := range l.Project.Ignores {
		got = append(got, fmt.Sprintf("%q %q %q", ig.Rules, ig.Reason, l.Sources.Text(ig.Covers)))
	}
	want := []string{
		"[\"duplicate-port\" \"fixed-port\"] \"a reason here\" \"      - \\\"1:1\\\" # portlint:ignore duplicate-port,fixed-port a reason here\"",
		"[\"fixed-port\"] \"\" \"      - \\\"2:2\\\"\"",
		"[\"unused-ignore\"] \"z\" \"    user: 'it''s # portlint:ignore x y' # portlint:ignore unused-ignore z\"",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
