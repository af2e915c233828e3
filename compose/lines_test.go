package compose

import (
	"strings"
	"testing"

	"github.com/portlint/portlint/compose/testdir"
)

// TestLines wants the whole lines of an item and of its list, and nothing where something else stands on them.
func TestLines(t *testing.T) {
	const text = `services:
  a:
    image: a
    ports: # why
      - "1:1" # one
      - target: 2
        published: 2
      - "3:3"   
  b:
    ports: ["4:4", "5:5"]
    image: b
  c: {image: c, ports: ["6:6", "7:7"]}
  d:
    ports:
      - "8:8"
  e:
    image: e
    "ports": !override
      - "9:9"
`
	want := map[uint16][3]string{ // PortsKey, Lines, Block
		1: {"ports", "      - \"1:1\" # one\n", "ports: # why"},
		2: {"ports", "      - target: 2\n        published: 2\n", "ports: # why"},
		3: {"ports", "      - \"3:3\"   \n", "ports: # why"},
		4: {"ports", "", "ports: [\"4:4\""},
		6: {"ports", "", ""},
		8: {"ports", "", ""},
		9: {"", "", "\"ports\": !override\n      - \"9:9\"\n"},
	}
	l, err := Load(t.Context(), Options{Dir: testdir.Layout(t, "-- compose.yaml --\n"+text)})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range l.Project.Bindings() {
		w, ok := want[b.First]
		if !ok {
			continue
		}
		if got := l.Sources.Text(b.PortsKey); got != w[0] {
			t.Errorf("%d: key %q, want %q", b.First, got, w[0])
		}
		if got := l.Sources.Text(b.Lines); got != w[1] {
			t.Errorf("%d: lines %q, want %q", b.First, got, w[1])
		}
		if got := strings.TrimLeft(l.Sources.Text(b.Block), " "); !strings.HasPrefix(got, w[2]) || (got == "") != (w[2] == "") {
			t.Errorf("%d: block %q, want %q", b.First, got, w[2])
		}
	}
}
