package lsp

import (
	"context"
	"slices"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/report"
)

// hover describes the port under the cursor. The machine is asked then and there: who has a port is news.
func (e *editor) hover(ctx context.Context, p positionParams) (any, error) {
	now, err := e.current(ctx)
	if err != nil {
		return nil, err
	}
	path, doc, open := now.document(p.Document.URI)
	if !open {
		return nil, nil
	}
	project, item := now.itemAt(path, e.client.encoding.offset(doc.Source, p.Position))
	if project == nil {
		return nil, nil
	}
	r := report.Report{Dir: e.Dir, Sources: now.Projects.Sources, Projects: []*lint.Project{project.Project}}
	if !e.static {
		e.askNow(ctx, &r, *project)
	}
	out := hoverAnswer{Range: e.rangeOf(now, item.Head().Entry), Contents: markup{Kind: "plaintext"}}
	if slices.Contains(e.client.Text.Hover.Formats, "markdown") {
		out.Contents.Kind = "markdown"
	}
	out.Contents.Value = report.Hover(r, item, out.Contents.Kind == "markdown")
	return out, nil
}

// askNow asks the machine who has the ports of a project.
func (e *editor) askNow(ctx context.Context, r *report.Report, project compose.Loaded) {
	timed, stop := context.WithTimeout(ctx, e.Within(patience))
	defer stop()
	read := run.Projects{Process: e.Process, Flags: e.Flags, All: []compose.Loaded{project}, Sources: r.Sources}
	all := read.Clone()
	machines := all.ProbeAllPorts(timed)
	r.Sources, r.Now, r.NotChecked = all.Sources, run.PortsNow(machines, all.Models()), machines[0].Host.Blind
	r.Projects = all.Models()
}

// itemAt is the `ports` item at an offset of a file, with the first project that reads it; nil when there is none.
func (now *analysis) itemAt(path string, offset int) (*compose.Loaded, lint.Item) {
	for i, p := range now.Projects.All {
		for _, item := range p.Project.Items() {
			if at := item.Head().Entry; at.File == path && at.Start <= offset && offset <= at.End {
				return &now.Projects.All[i], item
			}
		}
	}
	return nil, lint.Item{}
}
