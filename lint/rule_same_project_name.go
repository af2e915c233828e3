package lint

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

var sameProjectName = Rule{
	Name: "same-project-name", Severity: Warning, Certainty: Possible, Live: true,
	Summary: "running containers of the same project name come from another directory",
	Check:   checkSameProjectName,
}

func checkSameProjectName(p *Pass) {
	seen := map[string]bool{}
	for i := range p.Host.Containers {
		c := &p.Host.Containers[i]
		dir := cleanDir(c.WorkingDir)
		if !c.Running() || c.OneOff || !p.Plan.ours(c) || c.WorkingDir == "" || dir == cleanDir(p.Project.Dir) || seen[dir] || p.sameFiles(c) {
			continue
		}
		seen[dir] = true
		p.reportSameName(c)
	}
}

// cleanDir writes a directory one way only: on Windows case and slashes say nothing.
func cleanDir(dir string) string {
	if len(dir) > 1 && dir[1] == ':' {
		dir = strings.ToLower(strings.ReplaceAll(dir, `\`, "/"))
	}
	return path.Clean(dir)
}

// sameFiles reports whether a container was made from the very files of the project, with another project directory.
func (p *Pass) sameFiles(c *Container) bool {
	return len(c.ConfigFiles) > 0 && !slices.ContainsFunc(c.ConfigFiles, func(f string) bool {
		return !slices.ContainsFunc(p.Project.Files, func(o string) bool { return cleanDir(o) == cleanDir(f) })
	})
}

func (p *Pass) reportSameName(c *Container) {
	other := dockerLine(p.Host.Engine.Flags, "compose", "-p", "NAME", "up")
	f := Finding{
		Message: fmt.Sprintf("project %q runs already from %s: `up` would recreate its containers, such as %q, not start a second stack",
			p.Project.Label(), c.WorkingDir, c.Name),
		Owner: &Blocker{Kind: ByContainer, Container: c, UID: -1},
		Fixes: []Fix{advise("give this checkout a project name of its own: set COMPOSE_PROJECT_NAME, or run `" + other + "`")},
	}
	if len(p.Project.Files) > 0 {
		f.Span = Span{File: p.Project.Files[0]}
	}
	p.Report(f)
}
