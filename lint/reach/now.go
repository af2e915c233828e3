package reach

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/portlint/portlint/lint"
)

// Missing is a service whose ports are not all there.
type Missing struct{ Service, Why string }

// Now tells the running containers of a project on a machine, by service in the order of their numbers, and which of the services that
// `up` would start lack ports that they publish.
func Now(p *lint.Project, h *lint.Host) (running map[string][]*lint.Container, missing []Missing) {
	name := nameNow(p, h)
	running = map[string][]*lint.Container{}
	for i := range p.Services {
		s := &p.Services[i]
		all := h.Replicas(name, s.Name)
		for _, c := range all {
			if c.Running() && isOwn(p, c) {
				running[s.Name] = append(running[s.Name], c)
			}
		}
		slices.SortStableFunc(running[s.Name], func(a, b *lint.Container) int { return cmp.Compare(a.Number, b.Number) })

		starts := s.Active && s.Replicas > 0 && !s.Provider
		publishes := len(s.Bindings) > 0 && h.Engine.Publishes(s.Network)
		if why := lack(p, s, all, running[s.Name]); starts && publishes && why != "" {
			missing = append(missing, Missing{s.Name, why})
		}
	}
	return running, missing
}

// nameNow is the name under which the project runs: an earlier run may have given it another one than the files do.
func nameNow(p *lint.Project, h *lint.Host) string {
	if p.RunsAs == "" {
		return p.Name
	}

	runsAs := func(name string) bool {
		return slices.ContainsFunc(h.Containers, func(c lint.Container) bool { return c.Project == name && c.Running() && isOwn(p, &c) })
	}
	if !runsAs(p.Name) && runsAs(p.RunsAs) {
		return p.RunsAs
	}
	return p.Name
}

// isOwn reports whether a container with the project's name was made here, or in a directory that is gone.
func isOwn(p *lint.Project, c *lint.Container) bool { return p.Made(c) || c.DirState == lint.DirGone }

// lack says why ports of a service are not there, "" when all are.
func lack(p *lint.Project, s *lint.Service, all, running []*lint.Container) string {
	for _, c := range all {
		switch {
		case !isOwn(p, c):
			return fmt.Sprintf("container %q belongs to %q", c.Name, c.WorkingDir)
		case !c.Running():
			return fmt.Sprintf("container %q is %s", c.Name, c.State)
		}
	}
	if len(running) == 0 {
		return "it has no container"
	}

	for _, b := range s.Bindings {
		for _, c := range running {
			has := slices.ContainsFunc(c.Bound, func(q lint.PublishedPort) bool { return q.Proto == b.Proto && (b.Target == 0 || q.Target == b.Target) })
			if !has {
				return fmt.Sprintf("container %q does not publish its port %d/%s", c.Name, b.Target, b.Proto)
			}
		}
	}
	return ""
}
