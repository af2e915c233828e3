package compose

import (
	"fmt"
	"slices"
	"testing"

	"github.com/portlint/portlint/compose/testdir"
)

// TestExtensionMentions: app stores repeat a published port under a key of their own.
func TestExtensionMentions(t *testing.T) {
	l, err := Load(t.Context(), Options{Static: true, Dir: testdir.Layout(t, `-- compose.yaml --
x-common: &common
  environment: {PORT: "8080"}
services:
  web:
    image: nginx
    <<: *common
    ports: ["8080:80"]
    environment: {PORT: "8080"}
    x-casaos:
      web_port: 8080
      ports: [{container: "8080"}]
x-casaos:
  port_map: "8080"
  index: /8080
  container_port: 8080
  internal_port: 8080
  support: 8080
  scheme: http
  port: ${PORT}
`)})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range l.Project.Mentions {
		text := l.Sources[m.Span.File].Text[m.Span.Start:m.Span.End]
		got = append(got, fmt.Sprintf("%s %d %s", m.Kind, m.Port, text))
	}
	slices.Sort(got)
	if want := []string{"port_map 8080 8080", "web_port 8080 8080"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
