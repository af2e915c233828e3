package report

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint"
)

// severalEngines is the sample asked about three machines, of which one has the first finding and one did not answer.
func severalEngines() Report {
	r := sample()
	r.Findings[0].Contexts = []string{"build1"}
	r.Engines = []Engine{
		{Context: "build1", Engine: lint.Engine{Endpoint: "ssh://build1", Name: "Docker Engine", Version: "29.0.1"}, Verdict: lint.VerdictConflict},
		{Context: "build2", Engine: lint.Engine{Endpoint: "ssh://build2", Name: "Docker Engine", Version: "20.10.24"}, Verdict: lint.VerdictClear},
		{Context: "gone", Verdict: lint.VerdictUnknown},
	}
	r.NotChecked = append(r.NotChecked, lint.Blind{What: "engine", Why: "no answer", Context: "gone"})
	b := &r.Projects[0].Services[0].Bindings[0]
	r.Now = []Now{{Context: "build1", Of: map[*lint.Binding]lint.PortStatus{b: {Known: true, Free: 1}}}, {Context: "gone"}}
	return r
}

// TestSeveralEngines: every format names the machine, of a finding and of what was not checked.
func TestSeveralEngines(t *testing.T) {
	r := severalEngines()
	for name, format := range Formats {
		text := string(render(t, format, r))
		if !strings.Contains(text, "on build1: ") && !strings.Contains(text, "on: build1") && !strings.Contains(text, "  on:      build1") && !strings.Contains(text, `"contexts": [`) {
			t.Errorf("%s does not say where the finding holds:\n%s", name, text)
		}
		if !strings.Contains(text, "engine on gone") && !strings.Contains(text, `"context": "gone"`) {
			t.Errorf("%s does not say which engine was not asked:\n%s", name, text)
		}
	}
	if doc := string(render(t, writeSARIF, r)); !strings.Contains(doc, `"contexts": [`) {
		t.Errorf("no contexts in\n%s", doc)
	}
	text := string(render(t, Text, r))
	for _, want := range []string{
		"\nCONTEXT  ENGINE                  AT            VERDICT\n",
		"\nbuild1   Docker Engine 29.0.1    ssh://build1  conflict\n",
		"\ngone     no answer                             unknown\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// TestSeveralEnginesInJUnit: consumers take tests of one name for one test.
func TestSeveralEnginesInJUnit(t *testing.T) {
	r := severalEngines()
	r.Findings = []lint.Finding{r.Findings[0], r.Findings[0]}
	r.Findings[1].Contexts = []string{"build2", "gone"}
	var doc junitSuites
	if err := xml.Unmarshal(render(t, writeJUnit, r), &doc); err != nil {
		t.Fatal(err)
	}
	one, other := doc.Suites[0].Cases[0].Name, doc.Suites[0].Cases[1].Name
	if !strings.HasSuffix(one, " on build1") || !strings.HasSuffix(other, " on build2 and gone") {
		t.Errorf("%q and %q", one, other)
	}
}

// TestContextsInAnyOrder: a finding is the same one however the flags stand.
func TestContextsInAnyOrder(t *testing.T) {
	r := severalEngines()
	name := func(contexts ...string) string {
		r.Findings[0].Contexts = contexts
		return r.fingerprints()[0]
	}
	if name("a", "b") != name("b", "a") || name("a") == name("b") {
		t.Errorf("%s, %s, %s", name("a", "b"), name("b", "a"), name("a"))
	}
}

// TestManyEnginesNotChecked: each machine has room for its own reasons.
func TestManyEnginesNotChecked(t *testing.T) {
	var r Report
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		r.Engines = append(r.Engines, Engine{Context: name})
		r.NotChecked = append(r.NotChecked, lint.Blind{What: "engine", Why: name + " does not answer", Context: name})
	}
	if got := r.notChecked(); len(got) != 6 || got[5] != "engine on f: f does not answer" {
		t.Errorf("%q", got)
	}
}

// TestSeveralEnginesInJSON: the fields for several machines are those of the schema, which takes no others in their place.
func TestSeveralEnginesInJSON(t *testing.T) {
	schema := compileSchema(t, outputSchema(t))
	doc := render(t, writeJSON, severalEngines())
	if err := validate(t, schema, doc); err != nil {
		t.Error(err)
	}
	for _, name := range []string{`"contexts": [`, `"engines": [`, `"nowOn": [`, `"context": "gone"`} {
		if !bytes.Contains(doc, []byte(name)) {
			t.Errorf("no %s in\n%s", name, doc)
		}
		broken := bytes.ReplaceAll(doc, []byte(name), []byte(strings.Split(name, ":")[0]+`: [7], "x": [`))
		if strings.HasSuffix(name, `"gone"`) {
			broken = bytes.ReplaceAll(doc, []byte(name), []byte(`"context": ""`))
		}
		if validate(t, schema, broken) == nil {
			t.Errorf("the schema takes a broken %s", name)
		}
	}
}

// TestWorst: what holds for all machines is what is worst on one of them.
func TestWorst(t *testing.T) {
	for _, c := range []struct {
		each []lint.Verdict
		want lint.Verdict
	}{
		{[]lint.Verdict{lint.VerdictClear}, lint.VerdictClear}, {[]lint.Verdict{lint.VerdictClear, lint.VerdictPossible}, lint.VerdictPossible}, {[]lint.Verdict{lint.VerdictPossible, lint.VerdictUnknown, lint.VerdictClear}, lint.VerdictUnknown},
		{[]lint.Verdict{lint.VerdictUnknown, lint.VerdictConflict, lint.VerdictPossible}, lint.VerdictConflict},
	} {
		if got := Worst(each(c.each, func(v lint.Verdict) Engine { return Engine{Verdict: v} })); got != c.want {
			t.Errorf("%v: %s, want %s", c.each, got, c.want)
		}
	}
}

// TestPortsOnSeveralEngines: one table with a column for each machine, under its name as docker has it.
func TestPortsOnSeveralEngines(t *testing.T) {
	table := string(render(t, func(w io.Writer, r Report) error { return Ports(w, r, "table") }, severalEngines()))
	if line := strings.Split(table, "\n")[1]; !strings.Contains(line, "NOW ON build1       NOW ON gone") {
		t.Errorf("%q", line)
	}
	if line := strings.Split(table, "\n")[3]; !strings.Contains(line, "  free, wanted twice  not checked  ") {
		t.Errorf("%q", line)
	}
}
