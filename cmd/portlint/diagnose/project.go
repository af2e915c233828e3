package diagnose

import (
	"context"
	"slices"
	"strings"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/refusal"
)

// SameProject is a refused port that services of one project ask for, so that to stop one of them helps until the next `up` only.
// The zero sameProject is none.
type SameProject struct {
	lint.SamePort
	project string
}

// projectFiles looks for refused ports in the files of projects.
type projectFiles struct {
	host *lint.Host
	all  run.Projects // whose sources are those of what was read
	here *run.Here
}

// samePort finds the services of one project that publish one of the ports, the refused one among them.
func (f *projectFiles) samePort(ctx context.Context, r refusal.Refusal, ports []dockerapi.Port) SameProject {
	if !r.Taken() || r.By == refusal.ByProgram { // a program's own port is none of a container's
		return SameProject{}
	}
	i := named(f.host, r.Container)
	for _, p := range ports {
		holders := f.host.Who(p.Number, p.Proto).Holders
		var found SameProject
		if i >= 0 {
			found = f.ofContainer(ctx, &f.host.Containers[i], holders, p)
		} else {
			found = f.ofDirectory(ctx, r, holders, p)
		}
		if found.Message != "" {
			return found
		}
	}

	return SameProject{}
}

// ofContainer asks for the project of the refused container, where a sibling has the port, or the container asks for it twice.
func (f *projectFiles) ofContainer(ctx context.Context, refused *lint.Container, holders []lint.Owner, p dockerapi.Port) SameProject {
	services, sibling := []string{refused.Service}, (*lint.Container)(nil)
	for _, b := range holders {
		if b.Container != nil && areSiblings(b.Container, refused) {
			services, sibling = append(services, b.Container.Service), b.Container
		}
	}

	twice := refused.AsksTwice(p.Number, p.Proto)
	if sibling == nil && !twice {
		return SameProject{}
	}
	found := SameProject{project: refused.Project}
	project := f.all.ReadProjectOf(ctx, refused)
	switch {
	case refused.Project != "" && project != nil:
		found.SamePort = project.SamePort(p.Number, p.Proto, services...) // none: the files are others by now
	case sibling != nil:
		found.SamePort = lint.SamePortOf(sibling, refused, p.Number, p.Proto)
	default:
		found.SamePort = lint.TwicePort(refused, p.Number, p.Proto)
	}

	return found
}

// areSiblings reports whether two containers are of one project.
func areSiblings(c, o *lint.Container) bool {
	return c.ID != o.ID && c.Project == o.Project && c.Project != ""
}

// ofDirectory asks for the project of the working directory, where the engine does not know the refused container, and where
// nobody else has the port.
func (f *projectFiles) ofDirectory(ctx context.Context, r refusal.Refusal, holders []lint.Owner, p dockerapi.Port) SameProject {
	here, err := f.here.Project(ctx)
	if err != nil {
		return SameProject{}
	}
	foreign := func(b lint.Owner) bool { return b.Container == nil || b.Container.Project != here.Name }
	if slices.ContainsFunc(holders, foreign) {
		return SameProject{}
	}
	found := SameProject{here.SamePort(p.Number, p.Proto), here.Name}
	if !slices.ContainsFunc(found.Services, func(service string) bool { return refuses(r, here.Name, service) }) {
		return SameProject{}
	}
	return found
}

// usual are the ports that a program can mean that names none: those that it takes by itself come first, then those of the project
// of the working directory.
func (f *projectFiles) usual(ctx context.Context, r refusal.Refusal) []dockerapi.Port {
	own, others := r.Usual()
	var project []uint16
	if here, err := f.here.Project(ctx); err == nil {
		for _, b := range here.Bindings() {
			if b.Ports.Known() && b.Width() <= maxAsked {
				project = slices.AppendSeq(project, b.All())
			}
		}
	}

	var ports []dockerapi.Port
	for _, number := range slices.Concat(own, project, others) {
		r.First, r.Last = number, number
		ports = WithAll(ports, PortsOf(r))
	}
	return ports
}

// refuses reports whether the refusal may be about a service of the project: it names its container, or none.
func refuses(r refusal.Refusal, project, service string) bool {
	if r.Service != "" && r.Service != service {
		return false
	}
	return r.Container == "" || strings.HasPrefix(r.Container, project+"-"+service+"-") || strings.HasPrefix(r.Container, project+"_"+service+"_")
}

// named is where a container stands among those of the engine, -1 where it has none of that name.
func named(host *lint.Host, container string) int {
	return slices.IndexFunc(host.Containers, func(c lint.Container) bool { return c.Name == container })
}
