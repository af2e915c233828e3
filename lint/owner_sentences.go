package lint

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// who names the blocker as the end of "8080/tcp of "web" is …".
func (s scene) who(b Blocker) string {
	switch b.Kind {
	case ByContainer:
		if b.unasked && b.Container.Name == "" {
			return "held by " + b.program() + " in container " + b.Container.ID[:min(12, len(b.Container.ID))]
		}
		return "held by " + s.whichContainer(b.Container)
	case BySwarm:
		return fmt.Sprintf("held by the swarm service %q, which %s", b.Swarm, s.where(b))
	case ByConnection:
		return "the local port of an outgoing connection" + b.connection() + ", which comes and goes"
	case ByClosing:
		return "still held by a closing connection that has no process any more; it is free again within a minute"
	case ByKernel:
		return "held by no process that portlint can see: by the kernel itself, or by a process of another container"
	case ByUnknown:
		return "in use, and nothing that portlint can see on this machine explains it"
	default:
		return "held by " + b.process()
	}
}

func (s scene) whichContainer(c *Container) string {
	name := strconv.Quote(c.Name)
	if c.Name == "" {
		return fmt.Sprintf("a process of container %s, which this engine does not list", c.ID[:min(12, len(c.ID))])
	}
	switch {
	case s.plan.ours(c) && s.plan.foreign(c):
		return fmt.Sprintf("container %s of another project in %s, which has the same project name", name, c.WorkingDir)
	case s.plan.ours(c):
		return fmt.Sprintf("our own container %s, %s", name, s.plan.stays(c))
	case c.Project == "":
		return "container " + name + c.state()
	}
	said := fmt.Sprintf("container %s, service %q of project %q", name, c.Service, c.Project)
	if c.WorkingDir != "" {
		said += " in " + c.WorkingDir
	}
	return said + c.state()
}

// stays says why `up` leaves a container of ours alone.
func (plan Plan) stays(c *Container) string {
	switch {
	case c.OneOff:
		return "which `docker compose run` started and `up` leaves alone"
	case plan.may[c]:
		return "for which the engine chose that port"
	case plan.orphan(c):
		return fmt.Sprintf("an orphan: the project has no service %q any more", c.Service)
	case plan.chosen[c.Service]:
		return "which keeps the ports that it has with --no-recreate"
	default:
		return fmt.Sprintf("of the service %q that this `up` leaves alone", c.Service)
	}
}

// state says what is special about a container that holds ports.
func (c *Container) state() string {
	switch {
	case c.State == "paused":
		return ", which is paused"
	case c.NetworkMode == "host":
		return ", which uses the host's network"
	}
	return since(", since ", c.StartedAt)
}

func since(before string, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return before + t.Format("2006-01-02 15:04")
}

// process names a process as far as it could be seen.
func (b Blocker) process() string {
	said := b.program()
	switch {
	case b.State == BoundOnly:
		return said + ", which has bound it but does not listen"
	case b.Local.IsValid() && !b.Local.Addr().IsUnspecified():
		return said + ", at " + b.Local.String()
	}
	return said
}

// program is the process with what is known of it.
func (b Blocker) program() string {
	switch {
	case b.Process.Name == "" && b.Seen == NoPrivilege:
		return "a process of " + b.user() + b.unit() + " that only root may see"
	case b.Process.Name == "" && b.Seen == Hidden:
		return "a process of " + b.user() + b.unit() + " that root may not look into: " + b.hidden()
	case b.Process.Name == "":
		return "a process of " + b.user() + b.unit()
	default:
		return b.Process.Name + b.details() + b.purpose()
	}
}

// hidden says which processes keep their descriptors even from root: one of them has the socket, or the kernel.
func (b Blocker) hidden() string {
	if len(b.hiding) == 1 {
		p := b.hiding[0]
		return fmt.Sprintf("pid %d (%s) is the only one that hides its descriptors", p.PID, p.Name)
	}
	return fmt.Sprintf("%d processes hide their descriptors", len(b.hiding))
}

// details are what is known of a process, in brackets.
func (b Blocker) details() string {
	var parts []string
	if b.Process.PID != 0 {
		parts = append(parts, "pid "+strconv.Itoa(b.Process.PID))
	}
	if b.Process.User != "" {
		parts = append(parts, b.Process.User)
	}
	if b.Unit != "" {
		parts = append(parts, b.Unit)
	}
	if at := since("since ", b.Process.StartedAt); at != "" {
		parts = append(parts, at)
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// purpose is what a process is there for: its command, or what stands behind a forwarder.
func (b Blocker) purpose() string {
	if f := b.Process.forwarder(); f != nil {
		switch {
		case b.unasked && b.proxy.IsValid():
			return fmt.Sprintf(" for the container at %s", b.proxy)
		case b.unasked && f.engine:
			return ", for a container or a swarm service of an engine that did not answer"
		case b.proxy.IsValid():
			return " for " + b.proxied()
		}
		return ", " + f.what
	}
	if cmd := b.Process.Command; cmd != "" && cmd != b.Process.Name {
		return ": " + strconv.Quote(shorten(cmd))
	}
	return ""
}

// proxied says what a docker-proxy forwards to that no container of the engine explains.
func (b Blocker) proxied() string {
	switch b.proxyOwner() {
	case otherEngine:
		return fmt.Sprintf("a container of another engine (%s, dockerd with pid %d)", b.proxy, b.parent.PID)
	case leftByThis:
		return fmt.Sprintf("%s: a leftover, as this engine lists no container with that port", b.proxy)
	case leftByGone:
		return fmt.Sprintf("%s: a leftover of an engine that has ended", b.proxy)
	default:
		return fmt.Sprintf("%s: a container of another engine, or a leftover", b.proxy)
	}
}

// mostCommand is how much of a command line a message shows.
const mostCommand = 80

func shorten(s string) string {
	r := []rune(s)
	if len(r) <= mostCommand {
		return s
	}
	return string(r[:mostCommand-1]) + "…"
}

func (b Blocker) user() string {
	switch {
	case b.Process.User != "":
		return "user " + b.Process.User
	case b.UID == 0:
		return "root"
	case b.User != "" && b.User != strconv.Itoa(b.UID):
		return "user " + b.User
	case b.UID > 0:
		return "uid " + strconv.Itoa(b.UID)
	default:
		return "another user"
	}
}

func (b Blocker) unit() string {
	if b.Unit == "" {
		return ""
	}
	return " in " + b.Unit
}

// connection says where a connection goes and whose it is.
func (b Blocker) connection() string {
	said := ""
	if b.Remote != (netip.AddrPort{}) {
		said = " to " + b.Remote.String()
	}
	if b.Process.Name != "" {
		said += " of " + b.Process.Name + b.details()
	}
	return said
}
