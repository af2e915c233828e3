package report

import (
	"bytes"
	"net/netip"
	"testing"
	"time"

	"github.com/portlint/portlint/lint"
)

func TestJSONOwner(t *testing.T) {
	schema := compileSchema(t, outputSchema(t))
	r := sample()
	started := time.Date(2026, 11, 20, 9, 12, 0, 0, time.UTC)
	for want, b := range map[string]*lint.Owner{
		`"owner": {"kind": "unknown"}`:                {Kind: lint.OwnerUnknown},
		`"owner": {"kind": "swarm", "swarm": "shop"}`: {Kind: lint.OwnerSwarm, Swarm: "shop"},
		`"owner": {"kind": "process", "process": {"user": "114", "unit": "postgresql@16-main.service"}}`: {
			Kind: lint.OwnerProcess, Seen: lint.NoPrivilege, UID: 114, Unit: "postgresql@16-main.service"},
		`"owner": {"kind": "process", "process": {"user": "root"}}`: {Kind: lint.OwnerProcess, Seen: lint.NoPrivilege},
		`"owner": {"kind": "connection", "process": {"pid": 811, "name": "firefox", "startedAt": "2026-11-20T09:12:00Z"}, "remote": "1.2.3.4:443"}`: {
			Kind: lint.OwnerConnection, Outgoing: true, Remote: netip.MustParseAddrPort("1.2.3.4:443"), Process: lint.Process{PID: 811, Name: "firefox", StartedAt: started}},
		`"owner": {"kind": "container", "container": {"id": "b1", "name": "stack-pg-1", "project": "stack", "service": "pg", ` +
			`"workingDir": "/src/other", "configFiles": ["/src/other/compose.yaml"], "file": "/home/ann/stack/docker-compose.yml", "line": 3}}`: {
			Kind: lint.OwnerContainer, Span: find(r.Sources, otherFile, "5432"), Container: &lint.Container{ID: "b1", Name: "stack-pg-1",
				Project: "stack", Service: "pg", WorkingDir: "/src/other", ConfigFiles: []string{"/src/other/compose.yaml"}}},
	} {
		r.Findings = []lint.Finding{{Rule: "port-in-use", Severity: lint.Error, Certainty: lint.Certain, Message: "x", Owner: b}}
		doc := render(t, writeJSON, r)
		if err := validate(t, schema, doc); err != nil {
			t.Errorf("%s: %v", want, err)
		}
		if flat := bytes.Join(bytes.Fields(doc), []byte(" ")); !bytes.Contains(squeeze(flat), squeeze([]byte(want))) {
			t.Errorf("no %s in\n%s", want, doc)
		}
	}
}

// squeeze takes all spaces away.
func squeeze(text []byte) []byte { return bytes.ReplaceAll(text, []byte(" "), nil) }
