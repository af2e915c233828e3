package compose

import (
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/compose/testdir"
	"github.com/portlint/portlint/lint"
)

// TestStandalone checks a file that PATH gave by itself: what a part of a project lacks is no defect, the rest is.
func TestStandalone(t *testing.T) {
	for text, want := range map[string]string{
		"services: {a: {ports: [\"1:1\"]}}\n":                                                      "",
		"services: {a: {image: a, networks: [n], depends_on: [b], volumes: [\"v:/v\"]}}\n":         "",
		"services: {a: {image: a, scale: -1}}\n":                                                   "scale: must be greater",
		"services: {a: {image: a, scale: 2, deploy: {replicas: 3}}}\n":                             "can't set distinct values",
		"services: {a: {image: a, depends_on: [b]}, b: {image: b, depends_on: [a]}}\n":             "dependency cycle detected: a -> b -> a",
		"services: {a: {image: a, ports: [\"1:1/tpc\"]}, b: {image: b, ports: {a: b}, user: 1}}\n": "services.b.ports must be a array",
	} {
		dir := testdir.Layout(t, "-- x.yaml --\n"+text)
		l, err := Load(t.Context(), Options{Dir: dir, Files: []string{"x.yaml"}, Static: true, Standalone: true})
		if err != nil {
			t.Fatal(err)
		}
		got := slices.IndexFunc(l.Project.Defects, func(d lint.Defect) bool { return strings.Contains(d.Reason, want) })
		if want == "" && len(l.Project.Defects) > 0 || want != "" && got < 0 {
			t.Errorf("%s: %v, want %q", text, l.Project.Defects, want)
		}
	}
}

// TestTooManyPorts bounds what a few lines of ranges cost.
func TestTooManyPorts(t *testing.T) {
	items := strings.Repeat("\"1-65535:1-65535\", \"1-65535:1-65535/udp\", ", 20)
	dir := testdir.Layout(t, "-- compose.yaml --\nservices: {a: {image: a, ports: ["+items+"]}}\n")
	l, err := Load(t.Context(), Options{Dir: dir, Static: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Project.Blind) == 0 || len(l.Project.Defects) == 0 {
		t.Errorf("nothing is said: %v %v", l.Project.Blind, l.Project.Defects)
	}
}

// TestPartlyUnknown keeps a literal host port beside a variable that nothing gives.
func TestPartlyUnknown(t *testing.T) {
	for item, want := range map[string]string{
		"8080:${Y}92": "8080 known", "8081:1${Z}": "8081 known", "8082:80${S}": "8082 known", "8083:${Y}": "8083 known",
		"8084:80/${P}": "8084 unknown", "${IP}:8085:80": "8085 unknown", "80${J}:90": "80${J} unknown", "8000-8002:${T}": "8000-8002 unknown",
	} {
		dir := testdir.Layout(t, "-- compose.yaml --\nservices: {a: {image: a, ports: [\""+item+"\", \"9:${O}9\", \"9:9${O}\"]}}\n")
		l, err := Load(t.Context(), Options{Dir: dir, Static: true})
		if err != nil {
			t.Fatal(err)
		}
		bindings := l.Project.Bindings()
		if len(bindings) != 3 || len(l.Project.Defects)+len(l.Project.Invalid) > 0 {
			t.Fatalf("%s: %d ports, %v %v", item, len(bindings), l.Project.Defects, l.Project.Invalid)
		}
		got := bindings[0].PortText() + " known"
		if bindings[0].Unknown {
			got = bindings[0].PortText() + " unknown"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", item, got, want)
		}
	}
}

// TestUnknownReplicas: how many containers a variable asks for that nothing gives is not known, and no number is made up.
func TestUnknownReplicas(t *testing.T) {
	for service, want := range map[string]int{"scale: \"${N}\"": 1, "deploy: {replicas: \"${N}\"}": 1, "scale: \"${N}0\"": 1, "scale: \"${N:-3}\"": 3, "scale: 4": 4} {
		dir := testdir.Layout(t, "-- compose.yaml --\nservices: {a: {image: a, "+service+", ports: [\"8080:80\"]}}\n")
		l, err := Load(t.Context(), Options{Dir: dir, Static: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := l.Project.Services[0].Replicas; got != want || len(l.Project.Defects) > 0 {
			t.Errorf("%s: %d, want %d; %v", service, got, want, l.Project.Defects)
		}
	}
}
