package report

import (
	"bytes"
	"errors"
	"io"
	"net/netip"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/pick"
	"github.com/portlint/portlint/lint/reach"
)

// TestUnusedMatchesItsSchema: what free, assign, env and ports write, and what their schemas refuse.
func TestUnusedMatchesItsSchema(t *testing.T) {
	tests := map[string]struct {
		write  func(io.Writer, Report) error
		broken [][2]string
	}{
		"free": {
			func(w io.Writer, r Report) error {
				return Free(w, r, "127.0.0.1", "udp", []pick.Result{{First: 20001}, {First: 20002}})
			},
			[][2]string{{`"published": 20001`, `"published": "20001"`}, {`"protocol": "udp"`, `"protocol": "sctp"`}, {`"hostIp": "127.0.0.1",`, ``},
				{`"notChecked"`, `"x"`}, {`"tool"`, `"y"`}, {`"version": 1,`, `"version": 2,`}},
		},
		"assign": {
			func(w io.Writer, r Report) error {
				return Assign(w, r, "shop", []Assigned{{Name: "COMPOSE_PROJECT_NAME", Value: "shop-b", Changed: true},
					{Name: "WEB_PORT", Value: "127.0.0.1:20001", Services: []string{"web"}, Published: 20001, PublishedEnd: 20002}})
			},
			[][2]string{{`"publishedEnd": 20002,`, ``}, {`"changed": true`, `"changed": "yes"`}, {`"value": "shop-b"`, `"value": ""`},
				{`"project": "shop"`, `"project": ""`}, {`"variables": [`, `"z": [`}, {`"notChecked"`, `"x"`}},
		},
		"env": {
			func(w io.Writer, r Report) error {
				return Environment(w, r, "shop", []reach.Variable{{Name: "WEB_PORT", Value: "8080", Service: "web", Container: "shop-web-1", Last: 8080,
					Port: lint.PublishedPort{Endpoint: lint.Endpoint{Proto: "tcp", Addr: netip.MustParseAddrPort("0.0.0.0:8080")}, Target: 80}}},
					[]reach.Missing{{Service: "db", Why: "it has no container"}}, "json")
			},
			[][2]string{{`"name": "WEB_PORT"`, `"name": "1-PORT"`}, {`"kind": "port"`, `"kind": "door"`}, {`"published": 8080`, `"published": 0`},
				{`"notUp": [`, `"z": [`}, {`"why": "it has no container"`, `"why": ""`}, {`"notChecked"`, `"x"`}},
		},
		"ports": {
			func(w io.Writer, r Report) error { return Ports(w, r, "json") },
			[][2]string{{`"projects": [`, `"z": [`}, {`"notChecked"`, `"x"`}, {`"replicas": 1`, `"replicas": "one"`}},
		},
	}
	for name, tt := range tests {
		schema := schemaNamed(t, "portlint-"+name+".schema.json")
		doc := render(t, tt.write, sample())
		if err := validate(t, schema, doc); err != nil || bytes.Contains(doc, []byte("null")) {
			t.Errorf("%s: %v in\n%s", name, err, doc)
		}
		for _, change := range tt.broken {
			broken := strings.Replace(string(doc), change[0], change[1], 1)
			if broken == string(doc) || validate(t, schema, []byte(broken)) == nil {
				t.Errorf("%s: %s in place of %s is accepted, or there is none in\n%s", name, change[1], change[0], doc)
			}
		}
		if err := tt.write(brokenPipe{}, sample()); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: %v", name, err)
		}
	}
	nothing := render(t, func(w io.Writer, r Report) error { return Assign(w, r, "shop", nil) }, Report{})
	if err := validate(t, schemaNamed(t, "portlint-assign.schema.json"), nothing); err != nil {
		t.Errorf("%v in\n%s", err, nothing)
	}
}
