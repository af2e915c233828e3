package report

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/portlint/portlint/lint"
)

// Ports writes every host port of every project, for `portlint ports`: as a table for the format "text" or "table", as "markdown", or
// as "json", where the projects are as in JSON.
func Ports(w io.Writer, r Report, format string) error {
	switch format {
	case "text", "table":
		return portTables(w, r)
	case "markdown":
		return portMarkdown(w, r)
	case "json":
		return encode(w, jsonPorts{Version: jsonVersion, Tool: r.jsonTool(), Projects: each(r.Projects, r.jsonProject),
			NotChecked: each(r.NotChecked, newJSONBlind)})
	default:
		return fmt.Errorf("unknown format %q for ports, expected text, table, markdown or json", format)
	}
}

type jsonPorts struct {
	Version    int           `json:"version"`
	Tool       jsonTool      `json:"tool"`
	Projects   []jsonProject `json:"projects"`
	NotChecked []jsonBlind   `json:"notChecked"`
}

func portTables(w io.Writer, r Report) error {
	for i, p := range r.Projects {
		head := printer{color: r.Color, width: r.Width}
		if i > 0 {
			head.end()
		}
		head.put(bold, p.Label()+":")
		head.put(plain, " "+count(len(p.Bindings()), "port"))
		if dir := r.Path(p.Dir); dir != "." {
			head.put(plain, " in "+dir)
		}
		head.end()
		g := portGrid(r, p)
		g.fit(r.Width, r.portColumns())
		if err := errors.Join(head.flush(w), g.write(w, 0)); err != nil {
			return err
		}
	}
	return nil
}

// portColumns are how the columns of a table give way to a narrow terminal: first they are shortened to their least width, then they
// go, those with a number in its order.
func (r Report) portColumns() map[string]room {
	rooms := map[string]room{
		"SERVICE":    {least: 10},
		"ADDRESS":    {least: 9, goes: 5},
		"PORT":       {least: 11},
		"CONTAINER":  {least: 9, goes: 6},
		"VARIABLE":   {least: 10, goes: 3},
		"VALUE FROM": {least: 10, goes: 2},
		"WRITTEN":    {least: 16, tail: true, goes: 7},
		"LAYER":      {goes: 1},
		"ACTIVE":     {least: 11, goes: 4},
	}
	for _, n := range r.Now {
		rooms[n.title()] = room{least: 14}
	}
	return rooms
}

// portMarkdown writes a section for each project.
func portMarkdown(w io.Writer, r Report) error {
	for i, p := range r.Projects {
		before := ""
		if i > 0 {
			before = "\n"
		}
		_, err := fmt.Fprintf(w, "%s### %s\n\n%s in %s\n\n", before, markdownText(p.Label()), count(len(p.Bindings()), "port"), markdownText(r.Path(p.Dir)))
		if err := errors.Join(err, portGrid(r, p).markdown(w)); err != nil {
			return err
		}
	}
	return nil
}

func portGrid(r Report, p *lint.Project) *grid {
	g := grid{header: slices.Concat(heads("service", "address", "port", "container"), each(r.Now, Now.title),
		heads("variable", "value from", "written", "layer", "active"))}
	wanted, others := p.WantedTimes(), r.wantedByOthers(p)
	for _, s := range p.Services {
		for i := range s.Bindings {
			b := &s.Bindings[i]
			now := each(r.Now, func(n Now) string { return nowText(b, n.Of[b], wanted[b]) + others(b, n.Of[b]) })
			g.add(slices.Concat([]string{s.Name, address(b), hostPort(b), containerPort(b)}, now,
				[]string{b.Var, r.valueText(b), r.written(b), b.Layer.Kind, active(s)})...)
		}
	}

	for _, s := range p.Services {
		if s.Network.Host {
			g.add(slices.Concat([]string{s.Name, "*", "?", "network of the host"}, each(r.Now, func(Now) string { return "not checked" }),
				[]string{"", "", r.placeLine(s.Network.Span), "file", active(s)})...)
		}
	}

	g.drop("variable", "")
	g.drop("layer", "file")
	g.drop("active", "yes")
	return &g
}

// valueText is the origin of a host port for people, with the value of a file that it hides or that does not count.
func (r Report) valueText(b *lint.Binding) string {
	text, at := r.valueFrom(b.From), b.From.Unused.At(r.Dir)
	switch b.From.Unused.Kind {
	case lint.HiddenByShell:
		text += ", hides " + at
	case lint.InExample:
		text += ", example " + at
	case lint.InContainer:
		text += ", container " + at
	}
	return text
}

func address(b *lint.Binding) string {
	if b.HostIP.IsValid() {
		return b.HostIP.String()
	}
	return "*"
}

func hostPort(b *lint.Binding) string {
	switch {
	case b.Unknown:
		return "?"
	case b.Ephemeral():
		return "any"
	default:
		return b.PortText()
	}
}

func containerPort(b *lint.Binding) string {
	if b.Target == 0 {
		return "?/" + b.Proto
	}
	return strconv.Itoa(int(b.Target)) + "/" + b.Proto
}

// written is the place of the port without its column.
func (r Report) written(b *lint.Binding) string { return r.placeLine(b.Span()) }

// placeLine is a place without its column.
func (r Report) placeLine(s lint.Span) string {
	at := r.place(s)
	if !at.exact {
		return at.file
	}
	return fmt.Sprintf("%s:%d", at.file, at.line())
}

// active says whether `up` starts the service, and which profiles would if it does not.
func active(s lint.Service) string {
	switch {
	case s.Active:
		return "yes"
	case len(s.Profiles) > 0:
		return "no, profile " + lint.AndList(s.Profiles)
	default:
		return "no"
	}
}
