// Package diagnose says, of a port or a name that was refused, who has it now and what to do next.
package diagnose

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"slices"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/refusal"
	"github.com/portlint/portlint/lint/report"
)

// Diagnosis is what became of the refusals that an engine printed.
type Diagnosis struct {
	Refusals []report.Diagnosis
	Report   report.Report
}

// Refusals asks who has the ports now that an engine refused. Where none was refused nothing is asked.
func Refusals(ctx context.Context, w run.Process, g run.Flags, refusals []refusal.Refusal) Diagnosis {
	if len(refusals) == 0 {
		return Diagnosis{Report: report.Report{Version: w.Version, Dir: w.Dir}}
	}
	files := projectFiles{all: run.NoProjects(w, g), here: run.NewHere(w, g)}
	host, ports, sources := askRefused(ctx, w, g, refusals, &files)
	files.host = host
	files.all.Sources.Merge(sources)

	d := Diagnosis{}
	for i, r := range refusals {
		d.Refusals = append(d.Refusals, DiagnosisOf(host, r, ports[i], files.samePort(ctx, r, ports[i])))
	}
	d.addFindings(ctx, files.here)
	d.addMoves(ctx, files.here)
	files.all.Sources.Merge(files.here.Sources())
	blind := slices.Concat(host.Blind, files.here.Unread())
	if names := namesOf(refusals); len(names) > 0 {
		named, places := run.AskNames(ctx, w, g, names)
		files.all.Sources.Merge(places)
		for i := range d.Refusals {
			addHolderOfName(&d.Refusals[i], named)
		}
		blind = withoutSockets(named.Blind, blind)
	}
	d.Report = report.Report{Asked: w.Now(), Version: w.Version, Dir: w.Dir, Sources: files.all.Sources, NotChecked: blind}
	return d
}

// addFindings says of a refused subnet, address or network what the project here has to do with it, and who has it.
func (d *Diagnosis) addFindings(ctx context.Context, here *run.Here) {
	var rules []string
	for _, r := range d.Refusals {
		rules = append(rules, r.Rules()...)
	}
	if len(rules) == 0 {
		return
	}

	found := here.Findings(ctx, rules)
	for i := range d.Refusals {
		r := &d.Refusals[i]
		for _, f := range found {
			if slices.Contains(r.Rules(), f.Rule) {
				r.Found = append(r.Found, f)
			}
		}
		if len(r.Found) > 0 && r.Advice.Title == refusal.AskCheck {
			r.Advice = lint.Fix{}
		}
	}
}

// addMoves says of the refused ports that the project here asks for which others it can have, where that helps.
func (d *Diagnosis) addMoves(ctx context.Context, here *run.Here) {
	var uses []*lint.PortUse
	for i := range d.Refusals {
		r := &d.Refusals[i]
		for j := range r.Uses {
			if r.Same.Message == "" {
				uses = append(uses, &r.Uses[j])
			}
		}
	}
	here.AddMoves(ctx, uses)
}

// namesOf are the names that containers have, in the words of refusals.
func namesOf(refusals []refusal.Refusal) []string {
	var names []string
	for _, r := range refusals {
		if r.Kind == refusal.NameTaken && r.Name != "" {
			names = append(names, r.Name)
		}
	}
	return names
}

// addHolderOfName says who has a refused name now.
func addHolderOfName(d *report.Diagnosis, host *lint.Host) {
	if d.Kind != refusal.NameTaken || d.Name == "" {
		return
	}
	use, taken := host.WhoIsNamed(d.Name)
	switch {
	case taken:
		d.Named = &use
	case host.Engine.Version == "" || host.NotListed:
		d.Now = "no engine was asked: who has it there is not known"
	case d.By == refusal.ByPodman:
		d.Now = "no container has it now: try again, or see whether a pod has it: " + lint.ShellLine(listPods(host))
	default:
		d.Now = "whoever had it is gone: try again"
	}
}

// listPods is podman's command that lists pods, as it reaches the engine that was asked where that is Podman.
func listPods(host *lint.Host) []string {
	if c := host.Engine.Client; c.Podman {
		return c.Words("pod", "ps")
	}
	return []string{"podman", "pod", "ps"}
}

// withoutSockets is what an engine did not tell, where nobody asks about sockets, with what is known to be blind already.
func withoutSockets(of, known []lint.Blind) []lint.Blind {
	out := slices.Clone(known)
	for _, b := range of {
		if b.What == lint.BlindEngine && !slices.Contains(known, b) {
			out = append(out, b)
		}
	}
	return out
}

// Print writes the diagnosis as text or json.
func (d Diagnosis) Print(out io.Writer, format string, color bool) error {
	d.Report.Color, d.Report.Width = color, run.Width(out)
	return report.Explain(out, d.Report, d.Refusals, format)
}

// askRefused asks about the ports of all refusals at once. Where a text names no port, the container that it names tells; of
// a program that names none it can be any of the project's and of the usual ones.
func askRefused(ctx context.Context, w run.Process, g run.Flags, refusals []refusal.Refusal, files *projectFiles) (*lint.Host, [][]dockerapi.Port, lint.Sources) {
	var all []dockerapi.Port
	each := make([][]dockerapi.Port, len(refusals))
	var wanting *lint.Host
	for i, r := range refusals {
		switch {
		case unnamed(r):
			each[i] = files.usual(ctx, r)
		case r.First == 0 && r.Taken() && r.Container != "":
			if wanting == nil {
				wanting = lookForAsked(ctx, w, g, refusals)
			}
			each[i] = askedPorts(wanting, r)
		default:
			each[i] = PortsOf(r)
		}
		all = WithAll(all, each[i])
	}

	switch {
	case len(all) > 0:
	case wanting == nil && slices.ContainsFunc(refusals, refusal.Refusal.OfEngine):
		engine := dockerapi.Look(ctx, g.Engine(w, "")) // whose program it is to be
		return &lint.Host{Engine: lint.Engine{Client: engine.Engine.Client}}, each, lint.Sources{}
	default:
		return &lint.Host{}, each, lint.Sources{}
	}

	host, sources := run.AskPorts(ctx, w, g, all)
	return host, each, sources
}

// unnamed reports whether a program says that its port is taken, and not which one.
func unnamed(r refusal.Refusal) bool {
	return r.By == refusal.ByProgram && r.First == 0 && r.Taken()
}

// lookForAsked asks the engine which ports the containers want that could not be started.
func lookForAsked(ctx context.Context, w run.Process, g run.Flags, refusals []refusal.Refusal) *lint.Host {
	o := g.Engine(w, "")
	host := dockerapi.Look(ctx, o)
	for _, r := range refusals {
		if i := named(&host, r.Container); i >= 0 && host.Containers[i].Project != "" {
			o.Project = host.Containers[i].Project
			host = dockerapi.Look(ctx, o)
			break
		}
	}
	return &host
}

// askedPorts are the ports that the container of a refusal asks for, or has by now.
func askedPorts(host *lint.Host, r refusal.Refusal) []dockerapi.Port {
	i := named(host, r.Container)
	if i < 0 {
		return nil
	}
	var ports []dockerapi.Port
	for _, want := range slices.Concat(host.Containers[i].Wanted, host.Containers[i].Bound) {
		asked := want.Ports()
		otherProto := r.Proto != "" && want.Proto != r.Proto || want.Proto == "sctp"
		noPool := r.Kind == refusal.AllTaken && asked.Width() < 2
		if !asked.Known() || otherProto || noPool {
			continue
		}
		ports = WithAll(ports, PortsOf(refusal.Refusal{Kind: r.Kind, First: asked.First, Last: asked.Last, Proto: want.Proto}))
	}

	return ports
}

// DiagnosisOf says who has the ports of a refusal now. same is what else of the same project asks for the port.
func DiagnosisOf(host *lint.Host, r refusal.Refusal, ports []dockerapi.Port, same SameProject) report.Diagnosis {
	d := report.Diagnosis{Refusal: r, Same: same.SamePort}
	d.Advice.Title, d.Advice.Command = r.Help(host.Engine.Client)
	for _, p := range ports {
		u := inTheWayOf(host.Who(p.Number, p.Proto), r)
		u.Implied = unnamed(r) || r.By == refusal.ByProgram && r.Proto == "" && p.Proto == "udp"
		if same.Message != "" {
			u = u.BackWithUp(same.project)
		}
		d.Uses = append(d.Uses, u)
	}
	if d.Now = otherWords(host, r); d.Now == "" && same.Message == "" {
		d.Now = now(host, r, d.Uses)
	}
	if unnamed(r) {
		d.Unnamed = true
		d.Now = ""
		if !slices.ContainsFunc(d.Uses, isHeld) {
			d.Now = noneUsual
		}
	}
	if slices.ContainsFunc(d.Uses, isHeld) || !r.Taken() || unnamed(r) { // then the others are not what was refused
		d.Uses = slices.DeleteFunc(d.Uses, func(u lint.PortUse) bool { return !isHeld(u) })
	}
	return d
}

const noneUsual = "the text names no port, and of the project's and the usual ones none is known to be held now: give the number to portlint who, as in portlint who 8000"

// otherWords says so where the words are of another program than the engine that was asked: of another machine, as a rule.
func otherWords(h *lint.Host, r refusal.Refusal) string {
	e := h.Engine
	if e.Version == "" {
		return ""
	}
	same := true
	switch r.By {
	case refusal.ByDesktop:
		same = e.DockerDesktop()
	case refusal.ByWindowsHNS:
		same = e.System != "linux"
	case refusal.ByRootless:
		same = e.RootlessKit()
	case refusal.ByPodman, refusal.ByPodmanDNS:
		same = e.Podman()
	}
	if same {
		return ""
	}
	return fmt.Sprintf("these are words of %s, but %s was asked: what is said of its machine need not hold where they come from", r.Speaker(), e.Name)
}

// isHeld reports whether somebody has a port, be it the system itself.
func isHeld(u lint.PortUse) bool {
	free, known := u.Free()
	return known && !free
}

// inTheWayOf leaves out who has the port on other addresses, what never ran, and the refused container itself: none of them
// was in the way.
func inTheWayOf(u lint.PortUse, r refusal.Refusal) lint.PortUse {
	u.Waiting = slices.DeleteFunc(slices.Clone(u.Waiting), func(b lint.Owner) bool {
		return b.Container.State == "created" || r.Container != "" && b.Container.Name == r.Container
	})
	everywhere := r.By == refusal.ByProgram && r.Addr.IsUnspecified() // most programs open both families with one socket
	if r.Kind == refusal.InTheWay && r.Addr.IsValid() && !everywhere {
		u.Holders = slices.DeleteFunc(slices.Clone(u.Holders), func(b lint.Owner) bool { return apart(b.Local.Addr(), r.Addr) })
	}
	return u
}

// apart reports whether sockets on the two addresses certainly leave each other alone.
func apart(holder, asked netip.Addr) bool {
	mayHaveIPv4 := holder == netip.IPv6Unspecified()
	at := func(addr netip.Addr) lint.Endpoint { return lint.Endpoint{Addr: netip.AddrPortFrom(addr, 0)} }
	return holder.IsValid() && !mayHaveIPv4 && !at(holder).Overlaps(at(asked))
}

// now says how the refusal stands to what is the case now, "" when the owners of the ports say it all.
func now(h *lint.Host, r refusal.Refusal, uses []lint.PortUse) string {
	free := 0
	for _, u := range uses {
		if nobody, known := u.Free(); nobody && known {
			free++
		}
	}

	switch {
	case !r.Taken():
		return ""
	case r.Proto == "sctp" && r.First != 0:
		return "who has it now is not known: portlint does not look at sctp"
	case len(uses) == 0:
		return "the text does not name the port: portlint check, in the project's directory, says which ones are taken"
	case startedSince(r, uses):
		return fmt.Sprintf("container %q was started since: nothing is left to do", r.Container)
	case free == 0 && changed(r, uses):
		return "if these are words of this engine, whoever had it then is gone, and this container came after"
	case slices.ContainsFunc(uses, isHeld) && free == 0:
		return ""
	case h.Engine.Version == "" && (r.By != refusal.ByProgram || free < len(uses)):
		return "no engine was asked: who has it there is not known"
	case free == len(uses) && r.Kind == refusal.InTheWay && h.Ephemeral.Contains(r.First):
		return fmt.Sprintf("whoever had it is gone, perhaps a connection: these take ports from %d to %d here; try again", h.Ephemeral.First, h.Ephemeral.Last)
	case free == len(uses) && r.Kind == refusal.Unreasoned:
		return "it is free: try again"
	case free == len(uses) && leftBehind(h, r):
		return fmt.Sprintf("whoever had it is gone: try again with --force-recreate, or the engine may start container %q without its ports", r.Container)
	case free == len(uses):
		return "whoever had it is gone: try again"
	case free > 0 && r.Kind == refusal.AllTaken:
		return fmt.Sprintf("%d of the %d ports can be had now: try again", free, len(uses))
	}

	return ""
}

// leftBehind reports whether the refusal has left a container of Compose that never ran: engines from 29.1 on start it the
// next time as it is. Source: moby issue 51758.
func leftBehind(h *lint.Host, r refusal.Refusal) bool {
	i := named(h, r.Container)
	return i >= 0 && h.Containers[i].State == "created" && h.Containers[i].Service != ""
}

// changed reports whether a container of the engine has what no container of it had when the engine refused: the engine's books,
// which are asked first, know the address.
func changed(r refusal.Refusal, uses []lint.PortUse) bool {
	known := func(p lint.PublishedPort) bool {
		return r.NoContainer || r.Addr.IsValid() && p.Addr.Addr().Unmap() == r.Addr.Unmap()
	}
	return r.Kind == refusal.InTheWay && r.By == refusal.ByEngine && slices.ContainsFunc(uses, func(u lint.PortUse) bool {
		return slices.ContainsFunc(u.Holders, func(b lint.Owner) bool {
			return b.Container != nil && slices.ContainsFunc(b.Container.Bound, func(p lint.PublishedPort) bool {
				return p.Addr.Port() == u.Port && known(p)
			})
		})
	})
}

// startedSince reports whether the container that could not be started has the port by now.
func startedSince(r refusal.Refusal, uses []lint.PortUse) bool {
	return r.Container != "" && slices.ContainsFunc(uses, func(u lint.PortUse) bool {
		return slices.ContainsFunc(u.Holders, func(b lint.Owner) bool { return b.Container != nil && b.Container.Name == r.Container })
	})
}
