package report

import (
	"errors"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/refusal"
)

// explainSample has every way in which a refusal can be explained.
func explainSample(s lint.Sources) []Diagnosis {
	uses, span := whoSample(s), find(s, otherFile, "5432")
	refused := func(text string, kind refusal.Kind, by refusal.Refuser, port uint16) refusal.Refusal {
		return refusal.Refusal{Raw: text, Kind: kind, By: by, First: port, Last: port}
	}
	allocated := refused("Bind for 127.0.0.1:5432 failed: port is already allocated", refusal.Allocated, refusal.ByEngine, 5432)
	allocated.Addr, allocated.Container, allocated.Service = netip.MustParseAddr("127.0.0.1"), "shop-db-1"+evilName, "db"
	inUse := refused("listen udp4 0.0.0.0:8080: bind: address already in use", refusal.InTheWay, refusal.ByRootless, 8080)
	inUse.Proto = "udp"
	forbidden := refused("bind: forbidden", refusal.Forbidden, refusal.ByDesktop, 50051)
	forbidden.Proto = "tcp"
	swarm := refused("port '5432' is already in use by service 'zoo_a'", refusal.SwarmHas, refusal.BySwarm, 5432)
	swarm.Holder = "zoo_a" + evilName
	nginx := refused("nginx: [emerg] bind() to 0.0.0.0:5432 failed (98: Address already in use)", refusal.InTheWay, refusal.ByProgram, 5432)
	nginx.Program, nginx.Addr = "nginx", netip.IPv4Unspecified()
	django := refused("Error: That port is already in use.", refusal.InTheWay, refusal.ByProgram, 0)
	django.Program, django.Proto = "Django", "tcp"
	file := refused("listen unix /run/a.sock: bind: address already in use", refusal.SocketFile, refusal.ByProgram, 0)
	file.Program, file.Path = "Go", "/run/a.sock"+evilName

	return []Diagnosis{
		{Refusal: allocated, Uses: uses[:1]},
		{Refusal: inUse, Uses: uses[2:3], Now: "whoever had it is gone: try again"},
		{Refusal: forbidden, Uses: uses[8:9],
			Advice: lint.Fix{Title: "choose another", Command: "netsh interface ipv4 show excludedportrange protocol=tcp"}},
		{Refusal: swarm, Advice: lint.Fix{Title: "publish another port"}},
		{Refusal: refused("Bind for 0.0.0.0:5432 failed", refusal.Allocated, refusal.ByEngine, 5432), Uses: []lint.PortUse{uses[0].BackWithUp("stack")},
			Same: lint.SamePort{Services: []string{"pg", "pg-gpu"}, Message: `5432/tcp is published by both "pg" and "pg-gpu` + evilName + `"`, Fix: lint.Fix{Title: "give each its own"},
				Places: []lint.Related{{Message: `5432/tcp of "pg"`, Span: span}, {Message: `5432/tcp of "pg-gpu"`, Span: span}}}},
		{Refusal: refused("all ports are allocated", refusal.AllTaken, refusal.ByEngine, 0), Now: "the text does not name the port"},
		{Refusal: nginx, Uses: uses[:1]},
		{Refusal: django, Unnamed: true, Uses: uses[:1]},
		{Refusal: file, Advice: lint.Fix{Title: "remove the file"}},
	}
}

func renderExplain(format string) func(io.Writer, Report) error {
	return func(w io.Writer, r Report) error { return Explain(w, r, explainSample(r.Sources), format) }
}

func TestExplainGolden(t *testing.T) {
	text := render(t, renderExplain("text"), sample())
	golden(t, "explain.txt", text)
	golden(t, "explain.json", render(t, renderExplain("json"), sample()))
	for _, r := range string(text) {
		if r != '\n' && !strconv.IsGraphic(r) {
			t.Errorf("explain prints %q", r)
		}
	}
	if err := Explain(io.Discard, sample(), nil, "sarif"); err == nil {
		t.Error("explain accepts a format that it does not have")
	}
	for _, format := range []string{"text", "json"} {
		if err := renderExplain(format)(brokenPipe{}, sample()); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: %v", format, err)
		}
	}
}

func TestExplainMatchesItsSchema(t *testing.T) {
	schema := schemaNamed(t, "portlint-explain.schema.json")
	doc := render(t, renderExplain("json"), sample())
	if err := validate(t, schema, doc); err != nil {
		t.Error(err)
	}
	for _, change := range [][2]string{{`"kind": "in-use"`, `"kind": "odd"`}, {`"by": "desktop"`, `"by": ""`}, {`"free": true`, `"free": 1`}, {`"holder": "zoo_a`, `"holder": 1, "x": "`}, {`"samePort": {`, `"samePort": 1, "x": {`}} {
		broken := strings.Replace(string(doc), change[0], change[1], 1)
		if broken == string(doc) || validate(t, schema, []byte(broken)) == nil {
			t.Errorf("%q is accepted", change[1])
		}
	}
}

// TestExplainBlocks: a blank line stands between ports that take several lines, as in `portlint who`.
func TestExplainBlocks(t *testing.T) {
	use := func(port uint16) lint.PortUse {
		return lint.PortUse{Port: port, Proto: "tcp", Holders: []lint.Owner{{Kind: lint.OwnerProcess, Process: lint.Process{Name: "node", PID: 7}}}}
	}
	var out strings.Builder
	if err := Explain(&out, Report{}, []Diagnosis{{Uses: []lint.PortUse{use(80), use(81)}}}, "text"); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "\n\n81/tcp is ") {
		t.Errorf("no blank line before the second port:\n%s", out.String())
	}
}
