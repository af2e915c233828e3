package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/machine"
)

// HostPorts writes the host ports of machines, for `portlint ports --all` and `portlint who` alone: as a "table" for people, as
// "markdown", or as "json", where each claim stands by itself.
func HostPorts(w io.Writer, r Report, claims []machine.Claim, by machine.Order, format string) error {
	r.NotChecked = append(slices.Clone(r.NotChecked), machine.Blind(claims)...)
	switch format {
	case "text", "table":
		return r.hostTable(w, claims, by)
	case "markdown":
		return r.hostMarkdown(w, claims, by)
	case "json":
		return r.hostJSON(w, claims)
	default:
		return fmt.Errorf("unknown format %q for host ports, expected table, json or markdown", format)
	}
}

// hostTable draws one row for each range of ports that are alike.
func (r Report) hostTable(w io.Writer, claims []machine.Claim, by machine.Order) error {
	g := r.hostGrid(claims, by)
	g.fit(r.Width, hostColumns)
	if r.Color {
		g.tint = hostTint
	}
	if err := g.write(w, 0); err != nil {
		return err
	}

	t := textPrinter{Report: r}
	t.color, t.width = r.Color, r.Width
	if len(g.rows) > 0 {
		t.end()
	}
	for _, line := range machine.Summary(claims) {
		t.put(plain, line)
		t.end()
	}
	t.blindSpots(t.notChecked())
	return t.flush(w)
}

// hostColumns are how the columns of the table give way to a narrow terminal: first they are shortened to their least width, then
// they go, those with a number in its order.
var hostColumns = map[string]room{
	"WHO":     {least: 18},
	"BY":      {least: 16, goes: 2},
	"ADDRESS": {least: 12, goes: 1},
	"REACH":   {goes: 4},
	"WHERE":   {least: 20, tail: true, goes: 3},
	"CONTEXT": {least: 10, goes: 5},
}

func (r Report) hostGrid(claims []machine.Claim, by machine.Order) *grid {
	rows := machine.Rows(claims)
	machine.Sort(rows, by)
	g := grid{header: heads("port", "now", "who", "by", "address", "reach", "where", "context")}
	for _, row := range rows {
		g.add(row.PortText(), string(row.Now), row.Who(), row.By(), row.Address(), row.ReachText(), r.where(row.Claim), row.Context)
	}
	g.drop("context", "")
	return &g
}

// where is the place where a port is written, else the directory of who has it.
func (r Report) where(c machine.Claim) string {
	at := ""
	switch {
	case c.Span.Known():
		at = r.placeLine(c.Span)
	case c.File != "":
		at = r.Path(c.File)
	case c.Dir != "":
		at = strings.TrimSuffix(r.Path(c.Dir), "/") + "/"
	}
	if c.DirGone && at != "" {
		at += ", gone"
	}
	return at
}

// hostTint colors a cell: the state of a port, and what stands behind it.
func hostTint(head, cell string) style {
	switch {
	case head == "PORT":
		return bold
	case cell == string(machine.Taken):
		return red
	case cell == string(machine.Free):
		return green
	case cell == string(machine.NotChecked):
		return yellow
	case head == "WHO":
		return cyan
	case head == "ADDRESS", head == "WHERE", head == "REACH" && cell == string(machine.ThisMachine):
		return faint
	}
	return plain
}

func (r Report) hostMarkdown(w io.Writer, claims []machine.Claim, by machine.Order) error {
	if err := r.hostGrid(claims, by).markdown(w); err != nil {
		return err
	}
	var out strings.Builder
	out.WriteString("\n")
	for _, line := range machine.Summary(claims) {
		fmt.Fprintf(&out, "- %s\n", markdownText(line))
	}
	for _, line := range r.notChecked() {
		fmt.Fprintf(&out, "- not checked: %s\n", markdownText(line))
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// The types below are part of version 1 of the JSON formats of `portlint ports` and `portlint who`.

type jsonHostPorts struct {
	Version    int            `json:"version"`
	Tool       jsonTool       `json:"tool"`
	Projects   []jsonProject  `json:"projects"`
	Ports      []jsonPortUse  `json:"ports"`
	HostPorts  []jsonHostPort `json:"hostPorts"`
	NotChecked []jsonBlind    `json:"notChecked"`
}

// jsonHostPort is a claim to a host port.
type jsonHostPort struct {
	Context   string       `json:"context,omitempty"`
	Port      uint16       `json:"port"`
	PortEnd   uint16       `json:"portEnd,omitempty"` // left out for one port
	AnyOf     bool         `json:"anyOf,omitempty"`
	Protocol  string       `json:"protocol,omitempty"`
	Kind      string       `json:"kind"`
	Now       string       `json:"now"`
	Who       string       `json:"who"`
	Addresses []string     `json:"addresses"`
	Reach     string       `json:"reach,omitempty"`
	Project   string       `json:"project,omitempty"`
	Service   string       `json:"service,omitempty"`
	Directory string       `json:"directory,omitempty"`
	Gone      bool         `json:"directoryGone,omitempty"`
	File      string       `json:"file,omitempty"`
	Line      int          `json:"line,omitempty"`
	Variable  string       `json:"variable,omitempty"`
	Assigned  string       `json:"assignedTo,omitempty"`
	Until     string       `json:"until,omitempty"`
	Owners    []*jsonOwner `json:"owners"`
	TakenBy   []*jsonOwner `json:"takenBy,omitempty"`
}

func (r Report) hostJSON(w io.Writer, claims []machine.Claim) error {
	return encode(w, jsonHostPorts{Version: jsonVersion, Tool: r.jsonTool(), Projects: each(r.Projects, r.jsonProject), Ports: []jsonPortUse{},
		HostPorts: each(claims, r.jsonHostPort), NotChecked: each(r.NotChecked, newJSONBlind)})
}

func (r Report) jsonHostPort(c machine.Claim) jsonHostPort {
	owner := func(o lint.Owner) *jsonOwner { return r.jsonOwner(&o) }
	out := jsonHostPort{Context: c.Context, Port: c.Ports.First, AnyOf: c.Pool, Protocol: c.Proto, Kind: string(c.Kind), Now: string(c.Now), Who: c.Who(),
		Addresses: c.Sockets(), Reach: string(c.Reach), Project: c.Project, Service: c.Service, Directory: c.Dir, Gone: c.DirGone, Variable: c.Key, Assigned: c.Lease,
		Owners: each(c.Owners, owner)}
	if c.Ports.Width() > 1 {
		out.PortEnd = c.Ports.Last
	}
	if at := r.place(c.Span); c.Span.Known() {
		out.File, out.Line = at.file, at.start.Line
	}
	if !c.Until.IsZero() {
		out.Until = c.Until.UTC().Format(time.RFC3339)
	}
	if len(c.TakenBy) > 0 {
		out.TakenBy = each(c.TakenBy, owner)
	}
	return out
}
