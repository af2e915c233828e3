package report

import (
	"io"

	"github.com/portlint/portlint/lint"
)

// The types below are version 1 of the JSON format of `portlint who`; portlint-who.schema.json beside is its schema.

type jsonWho struct {
	Version    int           `json:"version"`
	Tool       jsonTool      `json:"tool"`
	Ports      []jsonPortUse `json:"ports"`
	NotChecked []jsonBlind   `json:"notChecked"`
}

type jsonPortUse struct {
	Port        uint16       `json:"port"`
	Protocol    string       `json:"protocol"`
	Free        *bool        `json:"free,omitempty"` // left out when not known
	Holders     []jsonHolder `json:"holders"`
	Connections int          `json:"connections"`
	WantedBy    []jsonHolder `json:"wantedBy"`
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
