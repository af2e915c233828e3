package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/portlint/portlint/lint"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitFailure `xml:"failure"`
	Skipped *junitSkipped `xml:"skipped"`
	Out     *junitText    `xml:"system-out"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",cdata"`
}

type junitSkipped struct {
	Message string `xml:"message,attr"`
}

type junitText struct {
	Text string `xml:",cdata"`
}

// writeJUnit writes one test suite per project: a failed test per error and warning, a passed one per info, one passed test
// for a project without findings, because consumers refuse a report without tests, and a skipped one for each thing that
// was not checked.
func writeJUnit(w io.Writer, r Report) error {
	r = r.rooted()
	all := junitSuites{Name: toolName}
	for _, s := range r.junitSuites() {
		s.Tests = len(s.Cases)
		for _, c := range s.Cases {
			if c.Failure != nil {
				s.Failures++
			}
			if c.Skipped != nil {
				s.Skipped++
			}
		}

		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Suites = append(all.Suites, s)
	}

	body, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, body)
	return err
}

// junitSuites groups the findings by project; those of no project get a suite of their own at the end.
func (r Report) junitSuites() []junitSuite {
	names := []string{}
	suites := map[string]*junitSuite{}
	suite := func(name string) *junitSuite {
		if suites[name] == nil {
			names = append(names, name)
			suites[name] = &junitSuite{Name: Escape(name)}
		}
		return suites[name]
	}
	for _, p := range r.Projects {
		suite(p.Label())
	}

	for _, f := range r.Findings {
		s := suite(cmp.Or(f.Project, toolName))
		s.Cases = append(s.Cases, r.junitCase(f))
	}

	for _, p := range r.Projects {
		if s := suite(p.Label()); len(s.Cases) == 0 {
			s.Cases = []junitCase{{Class: Escape(p.Label()), Name: "host ports", File: Escape(r.firstFile(p))}}
		}
	}

	for _, blind := range r.unplacedBlinds() {
		s := suite(toolName)
		s.Cases = append(s.Cases, r.junitBlind(blind))
	}

	return each(names, func(name string) junitSuite { return *suites[name] })
}

func (r Report) junitCase(f lint.Finding) junitCase {
	at := r.anchor(f)
	c := junitCase{Class: Escape(cmp.Or(f.Project, toolName)), File: Escape(at.file), Line: at.start.Line,
		Name: Escape(f.Rule + " at " + placeOrProject(r, f) + onContexts(f))}
	if f.Severity == lint.Info {
		c.Out = &junitText{Text: r.plainText(f)}
	} else {
		c.Failure = &junitFailure{Message: Escape(f.Headline()), Type: f.Severity.String(), Text: r.plainText(f)}
	}

	return c
}

// onContexts is the end of a name that says for which of several engines a finding holds, "" for all.
func onContexts(f lint.Finding) string {
	if len(f.Contexts) == 0 {
		return ""
	}
	return " on " + lint.AndList(f.Contexts)
}

// junitBlind is a test that could not run: what was not checked.
func (r Report) junitBlind(s unplacedBlind) junitCase {
	at := r.place(s.span)
	c := junitCase{Class: toolName, Name: notCheckedName, File: Escape(at.file), Line: at.start.Line,
		Skipped: &junitSkipped{Message: Escape(s.text)}}
	if at.file != "" {
		c.Name += " at " + Escape(at.String())
	}
	return c
}

// plainText is a finding as Text shows it.
func (r Report) plainText(f lint.Finding) string {
	t := textPrinter{Report: r}
	t.finding(f)
	return strings.TrimRight(t.text.String(), "\n")
}
