package lint

import "fmt"

var portTakenLater = Rule{
	Name: "port-taken-later", Severity: Warning, Certainty: Latent, Live: true,
	Summary: "a host port that is free now, and that a stopped container will take",
	Check:   checkPortTakenLater,
}

func checkPortTakenLater(p *Pass) {
	s := p.occupancy
	for i := range p.Host.Containers {
		c := &p.Host.Containers[i]
		if !c.returns() || p.Plan.takesCareOf(c) {
			continue
		}
		done := itemSet{}
		for _, b := range p.Plan.Bound() {
			if w := c.requestFor(s, b); w != nil && done.add(b) {
				p.reportLater(s, c, b, w)
			}
		}
	}
}

// returns reports whether the engine starts the container by itself: at once after a crash, or when the engine starts.
// One that was never started stays so, and so does one with "unless-stopped", which ends only where somebody stops it.
// Source: moby daemon/monitor.go handleContainerExit; daemon/daemon.go restore, HasBeenStartedBefore;
// daemon/internal/restartmanager, ShouldRestart.
func (c *Container) returns() bool {
	switch c.State {
	case "restarting":
		return true
	case "exited", "dead":
		return c.Restart == "always" || c.Restart == "on-failure" && c.Retries
	default:
		return false
	}
}

// takesCareOf reports whether a container is a replica that this `up` starts or replaces.
func (plan Plan) takesCareOf(c *Container) bool {
	return plan.ours(c) && !c.OneOff && !c.Hook && plan.selected[c.Service]
}

// requestFor finds the request of a container for a fixed host port of the binding that nothing holds now.
func (c *Container) requestFor(s occupancy, b Bound) *PublishedPort {
	if !b.Binding.Fixed() || len(s.conflicts(b, b.Binding.First)) > 0 {
		return nil
	}

	for i := range c.Wanted {
		w := &c.Wanted[i]
		if w.Proto != b.Binding.Proto || w.Ports() != b.Binding.Ports {
			continue
		}
		request := Bound{&Service{}, &Binding{Proto: w.Proto, HostIP: w.Addr.Addr(), Ports: w.Ports()}}
		if _, conflicts := s.host.Engine.conflicts(request, b, b.Binding.First); conflicts {
			return w
		}
	}
	return nil
}

func (p *Pass) reportLater(s occupancy, c *Container, b Bound, w *PublishedPort) {
	item := b.Service.Item(b.Binding)
	owner := Owner{Kind: OwnerContainer, Container: c, Span: w.Span, UID: -1}
	want, label := b.wantOn([]uint16{w.Addr.Port()}), NoteLatent
	f := item.finding(fmt.Sprintf("%s of %q is taken later", want, b.Service.Name), want+" is taken later")
	if c.State == "restarting" {
		f.Certainty, label = Possible, NotePossible
	}
	f.note(label, "it "+c.later(containerName(c, s.plan), !s.unseen(b)))
	f.Owner, f.Related = &owner, owner.related(w.Addr.Port(), w.Proto)
	f.Fixes = append([]Fix{c.keepStopped()}, p.moveFix([]Item{item})...)
	p.Report(f)
}
