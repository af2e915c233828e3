package report

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/portlint/portlint/lint"
)

const jsonVersion = 1

// The types below are version 1 of the JSON format; portlint-output.schema.json beside is its schema. A field may be added, none is renamed or removed. Pointers and
// omitempty stand for "not known": it is left out then, never guessed.

type jsonDocument struct {
	Version    int           `json:"version"`
	Tool       jsonTool      `json:"tool"`
	Verdict    lint.Verdict  `json:"verdict"`
	Command    string        `json:"command,omitempty"`
	Projects   []jsonProject `json:"projects"`
	Findings   []jsonFinding `json:"findings"`
	NotChecked []jsonBlind   `json:"notChecked"`
	Engines    []jsonEngine  `json:"engines,omitempty"`
	Twice      *jsonTwice    `json:"twice,omitempty"`
	Summary    jsonSummary   `json:"summary"`
}

type jsonTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type jsonProject struct {
	Name      string              `json:"name"`
	Directory string              `json:"directory"`
	Files     []string            `json:"files"`
	Ports     []jsonPublishedPort `json:"ports"`
	// HostNetwork are the services in the network of the host: what they open on the machine is in no file.
	HostNetwork []string `json:"hostNetwork,omitempty"`
}

// jsonPublishedPort is a port of a project, with where it is written.
type jsonPublishedPort struct {
	Service string `json:"service"`
	jsonPort
	Replicas  int         `json:"replicas"`
	Active    bool        `json:"active"`
	Variable  string      `json:"variable,omitempty"`
	ValueFrom string      `json:"valueFrom"`
	Unused    *jsonUnused `json:"unused,omitempty"`
	Layer     string      `json:"layer,omitempty"`
	Wanted    int         `json:"wanted,omitempty"` // how many containers of one up ask for it, where that is too many
	Now       *jsonNow    `json:"now,omitempty"`
	// NowOn is the same where several engines were asked.
	NowOn []jsonNow `json:"nowOn,omitempty"`
	jsonPlace
}

// jsonUnused is a value of the variable that Compose does not use for the port.
type jsonUnused struct {
	Why   string `json:"why"`
	Value string `json:"value,omitempty"`
	jsonPlace
}

type jsonPort struct {
	HostIP       string  `json:"hostIp"`
	Published    *uint16 `json:"published,omitempty"`
	PublishedEnd *uint16 `json:"publishedEnd,omitempty"`
	Target       uint16  `json:"target,omitempty"`
	Protocol     string  `json:"protocol"`
}

type jsonPlace struct {
	File  string        `json:"file,omitempty"`
	Start *jsonPosition `json:"start,omitempty"`
	End   *jsonPosition `json:"end,omitempty"`
}

type jsonPosition struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Offset int `json:"offset"`
}

type jsonFinding struct {
	Rule      string `json:"rule"`
	Severity  string `json:"severity"`
	Certainty string `json:"certainty"`
	Message   string `json:"message"`
	// Notes are what else there is to know, each with what it tells: who has it, on what it depends.
	Notes   []jsonNote `json:"notes"`
	Project string     `json:"project,omitempty"`
	Service string     `json:"service,omitempty"`
	Port    *jsonPort  `json:"port,omitempty"`
	Name    *jsonName  `json:"name,omitempty"`
	jsonPlace
	Related []jsonRelated `json:"related"`
	Owner   *jsonOwner    `json:"owner,omitempty"`
	Fixes   []jsonFix     `json:"fixes"`
	// Profiles are those of Compose with any of which it holds, where it does not hold for the `up` that is asked about.
	Profiles []string `json:"profiles,omitempty"`
	// Contexts are those of docker for which it holds, where several engines were asked and it does not hold for all.
	Contexts []string `json:"contexts,omitempty"`
}

// jsonName is something other than a port that a whole engine has once.
type jsonName struct {
	Kind      lint.NameKind `json:"kind"`
	Text      string        `json:"text"`
	Variable  string        `json:"variable,omitempty"`
	ValueFrom string        `json:"valueFrom,omitempty"`
}

// jsonNote is a line below the message of a finding.
type jsonNote struct {
	Label lint.Label `json:"label"`
	Text  string     `json:"text"`
	jsonPlace
}

type jsonRelated struct {
	Message string `json:"message"`
	jsonPlace
}

type jsonFix struct {
	Title   string       `json:"title"`
	Kind    lint.FixKind `json:"kind,omitempty"`
	Safety  string       `json:"safety"`
	Edits   []jsonEdit   `json:"edits"`
	Command string       `json:"command"`
}

type jsonEdit struct {
	File    string `json:"file"`
	Start   int    `json:"start"`
	End     int    `json:"end"`
	NewText string `json:"newText"`
}

type jsonBlind struct {
	What string `json:"what"`
	Why  string `json:"why"`
	// Context is that of docker, where several engines were asked.
	Context string `json:"context,omitempty"`
}

type jsonSummary struct {
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
	Infos    int `json:"infos"`
	Projects int `json:"projects"`
	Ports    int `json:"ports"`
	Shared   int `json:"sharedPorts,omitempty"`
}

// writeJSON writes version 1 of the JSON format, which scripts may rely on.
func writeJSON(w io.Writer, r Report) error {
	n := r.tally()
	return encode(w, jsonDocument{
		Version:    jsonVersion,
		Tool:       r.jsonTool(),
		Verdict:    r.Verdict,
		Command:    r.Command,
		Projects:   each(r.Projects, r.jsonProject),
		Findings:   each(r.Findings, r.jsonFinding),
		NotChecked: each(r.NotChecked, newJSONBlind),
		Engines:    each(r.Engines, newJSONEngine),
		Twice:      r.jsonTwice(),
		Summary:    jsonSummary{n.errors, n.warnings, n.infos, n.projects, n.ports, n.shared},
	})
}

// encode writes a document. Its texts stay as they are for programs, and can do nothing to a terminal.
func encode(w io.Writer, v any) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(asciiControls(text.Bytes()))
	return err
}

// each converts a slice; the result is never nil, so that JSON shows [] and not null.
func each[A, B any](in []A, convert func(A) B) []B {
	out := make([]B, len(in))
	for i, a := range in {
		out[i] = convert(a)
	}
	return out
}

func (r Report) jsonTool() jsonTool { return jsonTool{Name: toolName, Version: r.Version} }

func (r Report) jsonProject(p *lint.Project) jsonProject {
	out := jsonProject{Name: p.Label(), Directory: r.Path(p.Dir), Files: each(p.Files, r.Path), Ports: []jsonPublishedPort{}}
	wanted := p.WantedTimes()
	for _, s := range p.Services {
		if s.Network.Host {
			out.HostNetwork = append(out.HostNetwork, s.Name)
		}
		for i := range s.Bindings {
			port := r.jsonPublishedPort(s, &s.Bindings[i])
			port.Wanted = wanted[&s.Bindings[i]]
			out.Ports = append(out.Ports, port)
		}
	}

	return out
}

func (r Report) jsonPublishedPort(s lint.Service, b *lint.Binding) jsonPublishedPort {
	now, nowOn := r.jsonNow(b)
	return jsonPublishedPort{
		Service: s.Name, jsonPort: *newJSONPort(b), Replicas: s.Replicas, Active: s.Active,
		Variable: b.Var, ValueFrom: r.valueFrom(b.From), Unused: r.jsonUnused(b.From.Unused), Layer: b.Layer.Kind, Now: now, NowOn: nowOn,
		jsonPlace: r.jsonPlace(b.Span()),
	}
}

func (r Report) jsonUnused(g lint.UnusedValue) *jsonUnused {
	why := map[lint.UnusedKind]string{lint.HiddenByShell: "hidden", lint.InExample: "example", lint.InContainer: "container"}[g.Kind]
	if why == "" {
		return nil
	}
	return &jsonUnused{Why: why, Value: g.Text, jsonPlace: r.jsonPlace(g.Span)}
}

// valueFrom is the origin of a value, with the path of a file as all paths are written.
func (r Report) valueFrom(o lint.Origin) string {
	if o.File != "" {
		return r.Path(o.File)
	}
	return o.String()
}

// jsonName is a name with what gives it, nothing of the latter where no file writes it.
func (r Report) jsonName(n *lint.Name) *jsonName {
	if n == nil {
		return nil
	}
	out := jsonName{Kind: n.Kind, Text: n.Label(), Variable: n.Var}
	if n.Span.Known() {
		out.ValueFrom = r.valueFrom(n.From)
	}
	return &out
}

func newJSONPort(b *lint.Binding) *jsonPort {
	if b == nil {
		return nil
	}

	p := jsonPort{Target: b.Target, Protocol: b.Proto}
	if b.HostIP.IsValid() {
		p.HostIP = b.HostIP.String()
	}

	if !b.Unknown {
		p.Published, p.PublishedEnd = &b.First, &b.Last
	}

	return &p
}

func (r Report) jsonPlace(s lint.Span) jsonPlace {
	at := r.place(s)
	out := jsonPlace{File: at.file}
	if at.exact {
		out.Start, out.End = newJSONPosition(at.start), newJSONPosition(at.end)
	}
	return out
}

func newJSONPosition(p lint.Position) *jsonPosition {
	return &jsonPosition{Line: p.Line, Column: p.Column, Offset: p.Offset}
}

func (r Report) jsonFinding(f lint.Finding) jsonFinding {
	return jsonFinding{
		Rule: f.Rule, Severity: f.Severity.String(), Certainty: f.Certainty.String(), Message: f.Message,
		Project: f.Project, Service: f.Service, Port: newJSONPort(f.Binding), Name: r.jsonName(f.Name), jsonPlace: r.jsonPlace(f.Span),
		Related: each(f.Related, r.jsonRelated), Notes: each(f.Notes, r.jsonNote),
		Owner: r.jsonOwner(f.Owner),
		Fixes: each(f.Fixes, r.jsonFix), Profiles: f.Profiles, Contexts: f.Contexts,
	}
}

func (r Report) jsonNote(n lint.Note) jsonNote {
	return jsonNote{Label: n.Label, Text: n.Text, jsonPlace: r.jsonPlace(n.Span)}
}

func (r Report) jsonRelated(o lint.Related) jsonRelated {
	return jsonRelated{Message: o.Message, jsonPlace: r.jsonPlace(o.Span)}
}

func (r Report) jsonFix(f lint.Fix) jsonFix {
	return jsonFix{Title: f.Title, Kind: f.Kind, Safety: f.Safety.String(), Command: f.Command,
		Edits: each(f.Edits, func(e lint.Edit) jsonEdit {
			return jsonEdit{File: r.Path(e.Span.File), Start: e.Span.Start, End: e.Span.End, NewText: e.New}
		})}
}
