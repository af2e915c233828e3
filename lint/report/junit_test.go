package report

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint"
)

// junitRule is what may stand in an element of a JUnit report, as far as portlint needs it. "!" marks what must be there.
type junitRule struct {
	attributes, children string
}

// junitRules are those of Jenkins, the strictest reader. Source: jenkinsci/xunit-plugin junit-10.xsd.
var junitRules = map[string]junitRule{
	"":           {children: "testsuites"},
	"testsuites": {attributes: "name time tests failures disabled errors", children: "testsuite"},
	"testsuite":  {attributes: "name tests! failures errors time disabled skipped timestamp hostname id package file", children: "testcase system-out system-err"},
	"testcase":   {attributes: "name! assertions time classname status file line", children: "skipped error failure system-out system-err"},
	"skipped":    {attributes: "type message"},
	"failure":    {attributes: "type message"},
	"system-out": {},
}

// junitFaults holds a report against the rules.
func junitFaults(doc string) []string {
	var faults []string
	path := []string{""}
	d := xml.NewDecoder(strings.NewReader(doc))
	for {
		token, err := d.Token()
		switch {
		case errors.Is(err, io.EOF):
			return faults
		case err != nil:
			return append(faults, err.Error())
		}
		switch e := token.(type) {
		case xml.StartElement:
			parent := path[len(path)-1]
			if !slices.Contains(strings.Fields(junitRules[parent].children), e.Name.Local) {
				faults = append(faults, fmt.Sprintf("%s in %s", e.Name.Local, parent))
			}
			faults = append(faults, attributeFaults(e)...)
			path = append(path, e.Name.Local)
		case xml.EndElement:
			path = path[:len(path)-1]
		}
	}
}

func attributeFaults(e xml.StartElement) []string {
	var faults []string
	allowed := strings.Fields(junitRules[e.Name.Local].attributes)
	attributes := each(e.Attr, func(a xml.Attr) string { return a.Name.Local })
	for _, name := range attributes {
		if !slices.Contains(allowed, name) && !slices.Contains(allowed, name+"!") {
			faults = append(faults, fmt.Sprintf("%s has %q", e.Name.Local, name))
		}
	}
	for _, name := range allowed {
		if need, must := strings.CutSuffix(name, "!"); must && !slices.Contains(attributes, need) {
			faults = append(faults, fmt.Sprintf("%s has no %q", e.Name.Local, need))
		}
	}
	return faults
}

func TestJUnitIsWhatJenkinsTakes(t *testing.T) {
	for _, r := range []Report{{}, sample(), {NotChecked: []lint.Blind{{What: "sockets", Why: "remote"}}}} {
		doc := render(t, writeJUnit, r)
		if faults := junitFaults(string(doc)); len(faults) > 0 {
			t.Errorf("%q in\n%s", faults, doc)
		}
	}
	good := string(render(t, writeJUnit, sample()))
	for _, change := range [][2]string{{"classname=", "class-name="}, {"<failure", "<failed"}, {` tests="6"`, ""}, {"</testsuites>", ""}, {"<skipped", "<testsuites"}} {
		broken := strings.Replace(good, change[0], change[1], 1)
		if broken == good || len(junitFaults(broken)) == 0 {
			t.Errorf("no fault with %q in place of %q", change[1], change[0])
		}
	}
}
