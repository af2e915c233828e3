package report

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint"
)

// explainSample has every way in which a refusal can be explained.
func explainSample(s lint.Sources) []Diagnosis {
	uses, span := whoSample(s), find(s, otherFile, "5432")
	return []Diagnosis{
		{Text: "Bind for 127.0.0.1:5432 failed: port is already allocated", Kind: "allocated", By: "engine",
			Meaning: "another container of the same engine has port 5432", HostIP: "127.0.0.1", First: 5432, Last: 5432,
			Container: "shop-db-1" + evilName, Service: "db", Uses: uses[:1]},
		{Text: "listen udp4 0.0.0.0:8080: bind: address already in use", Kind: "in-use", By: "rootlesskit", Meaning: "a socket has it",
			First: 8080, Last: 8080, Proto: "udp", Uses: uses[2:3], Now: "whoever had it is gone: try again"},
		{Text: "bind: forbidden", Kind: "forbidden", By: "desktop", Meaning: "Windows keeps it", First: 50051, Last: 50051, Proto: "tcp", Uses: uses[8:],
			Advice: lint.Fix{Title: "choose another", Command: "netsh interface ipv4 show excludedportrange protocol=tcp"}},
		{Text: "port '5432' is already in use by service 'zoo_a'", Kind: "swarm", By: "swarm", Meaning: "the swarm service has it", First: 5432, Last: 5432,
			Holder: "zoo_a" + evilName, Advice: lint.Fix{Title: "publish another port"}},
		{Text: "Bind for 0.0.0.0:5432 failed", Kind: "allocated", By: "engine", Meaning: "a container has it", First: 5432, Last: 5432, Uses: []lint.PortUse{uses[0].BackWithUp("stack")},
			Same: lint.SamePort{Services: []string{"pg", "pg-gpu"}, Message: `5432/tcp is published by both "pg" and "pg-gpu` + evilName + `"`, Fix: lint.Fix{Title: "give each its own"},
				Places: []lint.Related{{Message: `5432/tcp of "pg"`, Span: span}, {Message: `5432/tcp of "pg-gpu"`, Span: span}}}},
		{Text: "all ports are allocated", Kind: "all-taken", By: "engine", Meaning: "every port is taken", Now: "the text does not name the port"},
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
