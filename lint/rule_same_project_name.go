package lint

import (
	"cmp"
	"fmt"
	"slices"
)

var sameProjectName = Rule{
	Name: "same-project-name", Severity: Warning, Certainty: Possible, Live: true,
	Summary: "containers of the same project name come from another directory",
	Check:   checkSameProjectName,
}

// otherCheckout are the containers of another directory that carry the project's name.
type otherCheckout struct {
	first   *Container // that names the directory; one that runs, where one does
	taken   *Container // the first that this `up` starts, stops or makes anew; nil where it does none of that
	running bool
}

func checkSameProjectName(p *Pass) {
	if p.up.keepsOthers && p.up.Replace {
		return
	}
	for _, o := range p.Plan.otherCheckouts(p.Host, p.up) {
		p.reportSameName(o)
	}
}

// Takeovers has one container of each other checkout whose containers this `up` would make its own, be the directory of
// that checkout there or gone.
func (plan Plan) Takeovers(h *Host, o UpOptions) []*Container {
	var all []*Container
	for i := range h.Containers {
		c := &h.Containers[i]
		known := func(k *Container) bool { return k.otherDir() == c.otherDir() }
		if plan.takes(c, o) && !plan.home.Made(c) && !slices.ContainsFunc(all, known) {
			all = append(all, c)
		}
	}
	return all
}

// otherCheckouts are the other checkouts with the project's name. What `docker compose run` started is left alone by every
// `up`, and says nothing.
func (plan Plan) otherCheckouts(h *Host, up UpOptions) []*otherCheckout {
	var all []*otherCheckout
	at := map[string]*otherCheckout{}
	for i := range h.Containers {
		c := &h.Containers[i]
		elsewhere := plan.ours(c) && plan.foreign(c)
		if !elsewhere || c.OneOff || c.Hook {
			continue
		}

		o := at[c.otherDir()]
		if o == nil {
			o = &otherCheckout{first: c}
			at[c.otherDir()] = o
			all = append(all, o)
		}

		if c.Running() && !o.running {
			o.first, o.running = c, true
		}

		if o.taken == nil && plan.takes(c, up) {
			o.taken = c
		}
	}

	return all
}

// otherDir names the directory of a container one way only.
func (c *Container) otherDir() string { return cleanDir(cmp.Or(c.RealDir, c.WorkingDir)) }

// takes reports whether `up` starts a container of the project's name, stops it or makes it anew: whatever its state, and
// whoever made it. One that is up to date runs on, as the caller's own.
// Source: compose pkg/compose/reconcile.go, and what engines 20.10 and 29 show of stopped and created containers.
func (plan Plan) takes(c *Container, up UpOptions) bool {
	if !plan.ours(c) || c.OneOff || c.Hook {
		return false
	}
	return plan.selected[c.Service] || up.RemoveOrphans && plan.orphan(c)
}

// orName says how one `up` is given another project name, "" where Compose is nothing that can be typed as a part of the engine's program.
func orName(e Engine) string {
	words := e.Client.Compose("NAME", "up")
	if words == nil {
		return ", or run `up` with -p"
	}
	return ", or run `" + ShellLine(words) + "`"
}

// ownName is how this checkout gets a name of its own.
func (p *Pass) ownName() []Fix {
	if p.Project.NameFromCaller {
		return []Fix{advise("give this checkout a project name of its own: set COMPOSE_PROJECT_NAME" + orName(p.Host.Engine))}
	}
	return []Fix{
		{Title: "give this checkout a name and ports of its own", Safety: Manual, Command: "portlint assign --write"},
		{Title: "the same for one run", Safety: Manual, Command: "portlint up --move"},
	}
}

func (p *Pass) reportSameName(o *otherCheckout) {
	c := cmp.Or(o.taken, o.first)
	f := Finding{
		Owner: &Owner{Kind: OwnerContainer, Container: c, UID: -1},
		Fixes: p.ownName(),
	}

	label, how := NotePossible, "may"
	if p.up.keepsOthers && o.taken != nil && c.DirState != DirNotKnown {
		f.Severity, f.Certainty = Error, Certain
		label, how = NoteWhy, "would"
	}
	does := "recreate the containers"
	if !o.running {
		does = "take the stopped containers"
	}

	f.Message = fmt.Sprintf("`up` %s take over %q", how, p.Project.Label())
	f.shorter = []string{fmt.Sprintf("`up` %s take over a stack", how)}
	f.note(label, fmt.Sprintf("it would %s of %s, such as %q, not start a second stack", does, c.WorkingDir, c.Name))
	if c.DirState == DirNotKnown {
		f.note(NotePossible, "whether that directory is still there is not known: "+p.Host.Engine.DirsElsewhere)
	}
	if len(p.Project.Files) > 0 {
		f.Span = Span{File: p.Project.Files[0]}
	}
	p.Report(f)
}
