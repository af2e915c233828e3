package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/portlint/portlint/lint"
)

// whoSample is a machine with everything that may have a port.
func whoSample(s lint.Sources) []lint.PortUse {
	at := time.Date(2026, 11, 17, 9, 12, 0, 0, time.UTC)
	local := netip.MustParseAddrPort
	pg := &lint.Container{ID: "b1", Name: "stack-pg-1", State: "running", Project: "stack", Service: "pg", WorkingDir: "/home/ann/stack",
		ConfigFiles: []string{otherFile}, StartedAt: at}
	old := &lint.Container{ID: "b2", Name: "old-pg-1", State: "exited", Restart: "always"}
	proxy := lint.Process{PID: 812, Name: "docker-proxy", User: "root"}
	span := find(s, otherFile, "5432")
	evil := lint.Process{PID: 7, Name: evilName, Command: evilName + " --serve", User: "ann", StartedAt: at}
	free := &lint.Probe{Result: lint.Free}
	excluded := &lint.Probe{Endpoint: lint.Endpoint{Proto: "tcp", Addr: local("0.0.0.0:50051")}, Result: lint.Excluded, Reason: "50000-50059"}
	return []lint.PortUse{
		{Port: 5432, Proto: "tcp", Transient: 214, Holders: []lint.Owner{
			{Kind: lint.OwnerContainer, Container: pg, Span: span, Local: local("0.0.0.0:5432"), Process: proxy, Unit: "docker.service"},
			{Kind: lint.OwnerContainer, Container: pg, Span: span, Local: local("[::]:5432"), Process: lint.Process{PID: 813, Name: "docker-proxy", User: "root"}, Unit: "docker.service"},
			{Kind: lint.OwnerProcess, Seen: lint.NoPrivilege, UID: 114, Unit: "postgresql@16-main.service", Local: local("127.0.0.2:5432")},
		}, Waiting: []lint.Owner{{Kind: lint.OwnerContainer, Container: old}}},
		{Port: 8080, Proto: "tcp", Holders: []lint.Owner{
			{Kind: lint.OwnerProcess, Seen: lint.Known, Process: evil, Local: local("127.0.0.1:8080"), State: lint.BoundOnly}}},
		{Port: 8080, Proto: "udp", Probe: free},
		{Port: 43010, Proto: "tcp", Transient: 2, Holders: []lint.Owner{{Kind: lint.OwnerConnection, Outgoing: true, Local: local("10.0.0.5:43010"),
			Remote: local("140.82.112.3:443"), State: lint.Connection, Process: lint.Process{PID: 811, Name: "firefox"}}}},
		{Port: 9000, Proto: "tcp", Holders: []lint.Owner{{Kind: lint.OwnerSwarm, Swarm: "shop_web"}}},
		{Port: 9001, Proto: "tcp", Probe: free, Waiting: []lint.Owner{{Kind: lint.OwnerContainer, Container: old}}},
		{Port: 9002, Proto: "udp", Holders: []lint.Owner{{Kind: lint.OwnerUnknown}}},
		{Port: 9003, Proto: "udp"},
		{Port: 50051, Proto: "tcp", Probe: excluded},
		{Port: 8081, Proto: "tcp", Probe: free, Transient: 5, Closing: 3},
		{Port: 8081, Proto: "udp", Probe: free, Implied: true},
	}
}

func renderWho(format string) func(io.Writer, Report) error {
	return func(w io.Writer, r Report) error { return Who(w, r, whoSample(r.Sources), format) }
}

func TestWhoGolden(t *testing.T) {
	text := render(t, renderWho("text"), sample())
	golden(t, "who.txt", text)
	golden(t, "who.json", render(t, renderWho("json"), sample()))
	for _, r := range string(text) {
		if r != '\n' && !strconv.IsGraphic(r) {
			t.Errorf("who prints %q", r)
		}
	}
	if err := Who(io.Discard, sample(), nil, "sarif"); err == nil {
		t.Error("who accepts a format that it does not have")
	}
	for _, format := range []string{"text", "json"} {
		if err := renderWho(format)(brokenPipe{}, sample()); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: %v", format, err)
		}
	}
}

func TestWhoMatchesItsSchema(t *testing.T) {
	schema := schemaNamed(t, "portlint-who.schema.json")
	for name, r := range map[string]Report{"sample": sample(), "empty": {Version: "v0.1.0"}} {
		doc := render(t, func(w io.Writer, r Report) error {
			if name == "empty" {
				return Who(w, r, nil, "json")
			}
			return renderWho("json")(w, r)
		}, r)
		if err := validate(t, schema, doc); err != nil || bytes.Contains(doc, []byte("null")) {
			t.Errorf("%s: %v\n%s", name, err, doc)
		}
	}
	doc := string(render(t, renderWho("json"), sample()))
	for _, change := range [][2]string{
		{`"kind": "container"`, `"kind": "thing"`}, {`"free": false`, `"free": "no"`}, {`"state": "listening"`, `"state": "up"`},
		{`"holders": [`, `"x": [`}, {`"port": 5432`, `"port": 0`}, {`"notChecked": [`, `"y": [`}, {`"connections": 214`, `"connections": -1`},
	} {
		if validate(t, schema, []byte(strings.Replace(doc, change[0], change[1], 1))) == nil {
			t.Errorf("accepted: %s in place of %s", change[1], change[0])
		}
	}
}

// TestFieldsHaveOneType: below "ports" a field of a name has the same type wherever it stands, so that a script needs no case for it.
func TestFieldsHaveOneType(t *testing.T) {
	var doc struct{ Ports any }
	if err := json.Unmarshal(render(t, renderWho("json"), sample()), &doc); err != nil {
		t.Fatal(err)
	}
	types := map[string]string{}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			for field, value := range v {
				is := fmt.Sprintf("%T", value)
				if was := types[field]; was != "" && was != is {
					t.Errorf("%q is %s, and %s elsewhere", field, was, is)
				}
				types[field] = is
				walk(value)
			}
		}
	}
	walk(doc.Ports)
	if types["free"] != "bool" || types["command"] != "string" {
		t.Errorf("%v", types)
	}
}
