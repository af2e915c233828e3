package report

import (
	"fmt"
	"io"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/refusal"
)

// Diagnosis is one refusal of a host port or of a name, with what is known of it now.
type Diagnosis struct {
	refusal.Refusal
	Unnamed bool           // the text names no port: Uses are the project's and the usual ones that are held now
	Named   *lint.NameUse  // the container that has the refused name now, nil for none
	Same    lint.SamePort  // of services of one project, the zero SamePort for none
	Uses    []lint.PortUse // who has the ports now
	Found   []lint.Finding // what rules find in the project here that was refused
	Now     string         // how that stands to the refusal, "" when the ports say it
	Advice  lint.Fix       // what to do as well, the zero Fix for nothing
}

// Explain writes diagnoses, for `portlint explain`: as "text" for people or as "json".
func Explain(w io.Writer, r Report, all []Diagnosis, format string) error {
	switch format {
	case "text":
		t := newTextPrinter(r)
		for i, d := range all {
			if i > 0 {
				t.end()
			}
			t.diagnosis(d)
		}
		if blind := t.notChecked(); len(blind) > 0 {
			t.end()
			t.blindSpots(blind)
		}
		return t.flush(w)
	case "json":
		return encode(w, jsonExplain{Version: jsonVersion, Tool: r.jsonTool(), Refusals: each(all, r.jsonRefusal), NotChecked: each(r.NotChecked, newJSONBlind)})
	default:
		return fmt.Errorf("unknown format %q for explain, expected text or json", format)
	}
}

// diagnosis says what was refused, in which words, what that means, and how it stands now.
func (t *textPrinter) diagnosis(d Diagnosis) {
	headline, meaning := lint.Fitting(d.Headlines(), 0), d.Meaning()
	t.put(bold, headline)
	t.end()
	t.labelledLine("said", d.Raw)
	if meaning != headline {
		t.labelledLine("that is", meaning)
	}
	if d.Advice.Title != "" {
		t.fix(d.Advice, true, lint.Span{})
	}

	for _, f := range d.Found {
		t.finding(f)
	}
	if d.Same.Message != "" {
		t.samePort(d.Same)
	}

	if d.Unnamed && len(d.Uses) > 0 {
		t.put(plain, "the text names no port; of the project's and the usual ones, these are held now:")
		t.end()
	}
	t.uses(d.Uses)

	if d.Named != nil {
		t.put(bold, quoted(d.Name))
		t.put(plain, " is "+d.Named.Sentence)
		t.end()
		for _, place := range d.Named.Places {
			t.related(place, lint.Span{})
		}
		t.fix(d.Named.Fix, true, lint.Span{})
	}

	if d.Now != "" {
		t.put(plain, d.Now)
		t.end()
	}
}

// samePort says which services of one project are in each other's way, and where that is written.
func (t *textPrinter) samePort(same lint.SamePort) {
	t.put(plain, same.Message)
	t.end()
	shown := lint.Span{}
	for _, place := range same.Places {
		t.related(place, shown)
		shown = place.Span
	}
	t.fix(same.Fix, true, lint.Span{})
}

func quoted(s string) string { return `"` + s + `"` }

// The types below are version 1 of the JSON format of `portlint explain`; portlint-explain.schema.json beside is its schema.

type jsonExplain struct {
	Version    int           `json:"version"`
	Tool       jsonTool      `json:"tool"`
	Refusals   []jsonRefusal `json:"refusals"`
	NotChecked []jsonBlind   `json:"notChecked"`
}

type jsonRefusal struct {
	Text         string        `json:"text"`
	Kind         string        `json:"kind"`
	By           string        `json:"by"`
	Program      string        `json:"program,omitempty"`
	Message      string        `json:"message"`
	HostIP       string        `json:"hostIp,omitempty"`
	HostName     string        `json:"hostName,omitempty"`
	SocketFile   string        `json:"socketFile,omitempty"`
	Published    uint16        `json:"published,omitempty"`
	PublishedEnd uint16        `json:"publishedEnd,omitempty"`
	Protocol     string        `json:"protocol,omitempty"`
	Container    string        `json:"container,omitempty"`
	Service      string        `json:"service,omitempty"`
	Holder       string        `json:"holder,omitempty"`
	Name         string        `json:"name,omitempty"`
	NamedBy      *jsonHolder   `json:"namedBy,omitempty"` // who has the name now
	SamePort     *jsonSamePort `json:"samePort,omitempty"`
	Unnamed      bool          `json:"unnamed,omitempty"`
	Findings     []jsonFinding `json:"findings,omitempty"` // what rules find in the project here that was refused
	Ports        []jsonPortUse `json:"ports"`
	Now          string        `json:"now,omitempty"`
	Help         string        `json:"help,omitempty"`
	Command      string        `json:"command,omitempty"`
}

// jsonSamePort are services of one project that publish one port.
type jsonSamePort struct {
	Services []string      `json:"services"`
	Message  string        `json:"message"`
	Related  []jsonRelated `json:"related"`
	Help     string        `json:"help"`
}

func (r Report) jsonSamePort(s lint.SamePort) *jsonSamePort {
	if s.Message == "" {
		return nil
	}
	return &jsonSamePort{Services: s.Services, Message: s.Message, Related: each(s.Places, r.jsonRelated), Help: s.Fix.Title}
}

func (r Report) jsonRefusal(d Diagnosis) jsonRefusal {
	hostIP := ""
	if d.Addr.IsValid() {
		hostIP = d.Addr.String()
	}

	found := each(d.Found, r.jsonFinding)
	return jsonRefusal{
		Text: d.Raw, Kind: d.Kind.String(), By: d.By.String(), Program: d.Program, Message: d.Meaning(),
		HostIP: hostIP, HostName: d.Host, SocketFile: d.Path, Unnamed: d.Unnamed, Published: d.First, PublishedEnd: d.Last, Protocol: d.Proto,
		Container: d.Container, Service: d.Service, Holder: d.Holder, Name: d.Name, NamedBy: r.jsonNamedBy(d.Named),
		SamePort: r.jsonSamePort(d.Same), Findings: found, Ports: each(d.Uses, r.jsonPortUse), Now: d.Now,
		Help: d.Advice.Title, Command: d.Advice.Command,
	}
}

func (r Report) jsonNamedBy(n *lint.NameUse) *jsonHolder {
	if n == nil {
		return nil
	}
	return &jsonHolder{Owner: r.jsonOwner(&n.Owner), Message: "is " + n.Sentence, Command: n.Fix.Command, Help: n.Fix.Title}
}
