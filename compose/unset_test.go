package compose

import (
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/portlint/portlint/compose/testdir"
)

// TestWhatIsUnknownIsNamed: a variable without a value, on which a host port of this `up` rests, is a blind spot with the line
// that sets it.
func TestWhatIsUnknownIsNamed(t *testing.T) {
	for item, want := range map[string][]string{
		"${A}:80":                 {"${A}"},
		"${A:?}:80":               {"${A}"},
		"${A:?say it}:80":         {"${A}"},
		"${A}:${B}:80":            {"${A}", "${B}"},
		"${A:-${B}}:80":           {"${B}"},
		"${A:-1}:80":              nil,
		"${A:+1}:80":              nil,
		"80:${A}":                 nil, // the host port is known
		"127.0.0.1:${A}-${B}:1-2": {"${A}", "${B}"},
	} {
		l, err := Load(t.Context(), Options{Static: true, Dir: testdir.Layout(t, "-- compose.yaml --\nservices:\n  a: {image: a, ports: [\""+item+
			"\"]}\n  b: {image: b, profiles: [p], ports: [\"${OFF}:80\"]}\n")})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, b := range l.Project.Blind {
			got = append(got, b.What)
			if name := b.What[2 : len(b.What)-1]; b.Why != "nothing gives it a value; write "+name+"=... in .env" || b.AfterUp {
				t.Errorf("%s: %+v", item, b)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", item, got, want)
		}
	}
}

// TestEmptyVariable: what Compose makes of an item whose variables are empty, by its own parser.
func TestEmptyVariable(t *testing.T) {
	for item, empty := range map[string]string{
		"${P}:${P}": ":", "${P}": "", "80:${P}": "80:", "${P}:80": ":80", "${IP}:8080:80": ":8080:80", "127.0.0.1:${P}:80": "127.0.0.1::80",
		"${IP}:${P}:80": "::80", "${P}-81:80": "-81:80", "80:80/${P}": "80:80/",
	} {
		l, err := Load(t.Context(), Options{Static: true, Dir: testdir.Layout(t, "-- compose.yaml --\nservices:\n  a: {image: a, ports: [\""+item+"\"]}\n")})
		if err != nil {
			t.Fatal(err)
		}
		want := ""
		if _, err := types.ParsePortConfig(empty); err != nil {
			want, _, _ = strings.Cut(err.Error(), ":")
		}
		bindings := l.Project.Services[0].Bindings
		if len(bindings) == 0 || bindings[0].Refusal != want {
			t.Errorf("%s: %+v, want the refusal %q", item, bindings, want)
		}
	}
}

func TestHostNetworkIsNotSeen(t *testing.T) {
	l, err := Load(t.Context(), Options{Static: true, Dir: testdir.Layout(t, `-- compose.yaml --
services:
  a: {image: a, network_mode: host}
  b: {image: b, networks: [h]}
  c: {image: c, network_mode: host, profiles: [off]}
  d: {image: d, network_mode: none}
  e: {image: e, ports: ["80:80"]}
networks:
  h: {external: true, name: host}
`)})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, b := range l.Project.Blind {
		got = append(got, b.What)
		if !b.AfterUp || !b.Span.Known() {
			t.Errorf("%+v", b)
		}
	}
	if want := []string{`ports of "a"`, `ports of "b"`}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
