package report

import (
	"io"
	"time"

	"github.com/portlint/portlint/lint"
)

// The types below are version 1 of the JSON format of `portlint who`; portlint-who.schema.json beside is its schema.

type jsonWho struct {
	Version    int           `json:"version"`
	Tool       jsonTool      `json:"tool"`
	Ports      []jsonPortUse `json:"ports"`
	Stacks     []jsonStack   `json:"stacks,omitempty"` // of --orphans
	NotChecked []jsonBlind   `json:"notChecked"`
}

// jsonStack is a stack whose directory is gone.
type jsonStack struct {
	Project    string   `json:"project"`
	Directory  string   `json:"directory"`
	Containers []string `json:"containers"`
	Running    int      `json:"running"`
	HostPorts  []string `json:"hostPorts"`
	Volumes    []string `json:"volumes"`
	CreatedAt  string   `json:"createdAt,omitempty"`
	Message    string   `json:"message"`
	Command    string   `json:"command,omitempty"`
	Help       string   `json:"help"`
}

func newJSONStack(s lint.LostStack) jsonStack {
	fix := s.Free()
	same := func(text string) string { return text }
	out := jsonStack{Project: s.Project, Directory: s.Dir, Running: s.Running(), HostPorts: each(s.Ports(), same), Volumes: each(s.Volumes(), same),
		Containers: each(s.Containers, func(c *lint.Container) string { return c.Name }), Message: s.Sentence(), Command: fix.Command, Help: fix.Title}
	if at := s.CreatedAt(); !at.IsZero() {
		out.CreatedAt = at.UTC().Format(time.RFC3339)
	}
	return out
}

type jsonPortUse struct {
	Port        uint16       `json:"port"`
	Protocol    string       `json:"protocol"`
	Free        *bool        `json:"free,omitempty"` // left out when not known
	Holders     []jsonHolder `json:"holders"`
	Connections int          `json:"connections"`
	WantedBy    []jsonHolder `json:"wantedBy"`
	Moves       []jsonFix    `json:"moves,omitempty"`
}

type jsonHolder struct {
	Address string     `json:"address,omitempty"`
	State   string     `json:"state,omitempty"`
	Owner   *jsonOwner `json:"owner"`
	Message string     `json:"message"`
	Command string     `json:"command,omitempty"`
	Help    string     `json:"help,omitempty"`
}

func (r Report) whoJSON(w io.Writer, uses []lint.PortUse) error {
	return encode(w, jsonWho{Version: jsonVersion, Tool: r.jsonTool(), Ports: each(uses, r.jsonPortUse), NotChecked: each(r.NotChecked, newJSONBlind)})
}

func newJSONBlind(b lint.Blind) jsonBlind {
	return jsonBlind{What: b.What, Why: b.Why, Context: b.Context}
}

func (r Report) jsonPortUse(u lint.PortUse) jsonPortUse {
	out := jsonPortUse{Port: u.Port, Protocol: u.Proto, Connections: u.Transient,
		Holders:  each(u.Holders, func(b lint.Owner) jsonHolder { return r.jsonHolder(b, "is "+b.Sentence()) }),
		WantedBy: each(u.Waiting, func(b lint.Owner) jsonHolder { return r.jsonHolder(b, b.StartClause()) })}
	if len(u.Moves) > 0 {
		out.Moves = each(u.Moves, r.jsonFix)
	}
	if free, known := u.Free(); known {
		out.Free = &free
	}
	return out
}

func (r Report) jsonHolder(b lint.Owner, message string) jsonHolder {
	fix := b.Free()
	out := jsonHolder{Owner: r.jsonOwner(&b), Message: message, Command: fix.Command, Help: fix.Title}
	if b.Local.IsValid() {
		out.Address, out.State = b.Local.String(), b.State.String()
	}
	return out
}
