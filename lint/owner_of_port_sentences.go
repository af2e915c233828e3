package lint

import (
	"fmt"
	"net/netip"
	"strconv"
)

// Sentence says who it is, as the end of "8080/tcp is …". Where the socket is bound is left out: Local tells that.
func (b Blocker) Sentence() string {
	b.Local = netip.AddrPort{}
	return scene{}.who(b)
}

// Outcome says how it stands with a port that nobody holds, as the end of "8080/tcp …".
func (u PortUse) Outcome() string {
	free, known := u.Free()
	switch {
	case !known:
		return "may be free: nobody that portlint can see has it"
	case !free:
		return u.Probe.excluded()
	case u.Probe.Result != Free:
		return "is free as far as the socket table tells; this user may not try it"
	default:
		return "is free"
	}
}

// excluded says why a port that nobody holds can't be bound, as the end of "8080/tcp …".
func (p *Probe) excluded() string {
	return fmt.Sprintf("can't be bound: %d lies in the range%s that the system keeps for itself; no process holds it",
		p.Addr.Port(), spaced(p.Reason))
}

// Server names the process that serves the port for a container or a swarm service, "" when it was not seen.
func (b Blocker) Server() string {
	behind := b.Kind == ByContainer || b.Kind == BySwarm
	switch {
	case !behind || b.Process == (Process{}) && b.Unit == "", b.unasked && b.Container != nil: // the sentence names it
		return ""
	case b.Process.Name == "":
		return b.program()
	}
	return b.Process.Name + b.details()
}

// Written is where the Compose file of the holder's own project writes the port, as far as it was found.
func (b Blocker) Written(port uint16, proto string) []Related { return b.related(port, proto) }

// Free is how the blocker gives the port back, or never takes it, without harm to anything else: a command, or advice in
// the title alone. It is the zero Fix where nothing of it helps, see [PortUse.BackWithUp].
func (b Blocker) Free() Fix {
	if b.back {
		return Fix{}
	}
	if c := b.Container; c != nil && c.State != "" && !c.Running() {
		return c.keepStopped()
	}
	return scene{}.frees(b)
}

// Later says when a stopped container takes the port, as the end of "8080/tcp …", where nobody is known to have it.
func (u PortUse) Later(b Blocker) string {
	how, clause := b.wish()
	if _, known := u.Free(); !known {
		how = mayBeFree
	}
	return how + " " + clause
}

// Wish says the same as a clause of its own.
func (b Blocker) Wish() string {
	_, clause := b.wish()
	return clause
}

// mayBeFree is what is said of a port that nobody is seen to have, where not everything was looked at.
const mayBeFree = "may be free now, but"

func (b Blocker) wish() (how, clause string) {
	what := "it"
	if b.pool != "" {
		what = "one of " + b.pool
	}
	return b.Container.wish(scene{}.named(b.Container), what)
}

// later says when a stopped container of that name takes its port, as the end of "8080/tcp of "web" …". seen: the port was
// looked at, and is free.
func (c *Container) later(name string, seen bool) string {
	how, clause := c.wish(name, "it")
	if !seen {
		how = mayBeFree
	}
	return how + " " + clause
}

func (c *Container) wish(name, what string) (how, clause string) {
	switch {
	case c.State == "restarting":
		return "is free only while", fmt.Sprintf("container %s waits for its next start", name)
	case c.returns():
		return "is free now, but", fmt.Sprintf("stopped container %s takes %s when the engine starts again (restart: %s)", name, what, c.Restart)
	case c.State == "created":
		return "is free now, but", fmt.Sprintf("container %s, which never ran, takes %s when it is started", name, what)
	default:
		return "is free now, but", fmt.Sprintf("stopped container %s takes %s when it is started", name, what)
	}
}

// keepStopped is how a stopped container never takes its port.
func (c *Container) keepStopped() Fix {
	switch {
	case c.State == "restarting":
		return Fix{Title: "stop it, or mend what makes it crash", Safety: Manual, Command: dockerLine(c.Flags, "stop", c.Name)}
	case c.returns():
		return Fix{Title: "do not let it come back", Safety: Manual, Command: dockerLine(c.Flags, "update", "--restart", "no", c.Name)}
	default:
		return advise("nothing to do as long as nobody starts it")
	}
}

// Short names the blocker for a column of a table: "blog-front-1 (blog)", "python3 pid 812".
func (b Blocker) Short() string {
	switch b.Kind {
	case ByContainer:
		if b.checkout != "" {
			return b.Container.Name + " in " + b.checkout
		}
		return b.Container.short()
	case BySwarm:
		return "swarm service " + b.Swarm
	case ByConnection:
		return "a connection"
	case ByClosing:
		return "a closing connection"
	case ByKernel:
		return "no visible process"
	case ByUnknown:
		return "not known"
	}
	switch {
	case b.Process.Name == "" && b.Unit != "":
		return b.Unit
	case b.Process.Name == "":
		return "a process of " + b.user()
	case b.Process.PID == 0:
		return b.Process.Name
	}
	return b.Process.Name + " pid " + strconv.Itoa(b.Process.PID)
}

func (c *Container) short() string {
	switch {
	case c.Name == "":
		return "container " + c.ID[:min(12, len(c.ID))]
	case c.Project == "":
		return c.Name
	}
	return c.Name + " (" + c.Project + ")"
}

// String is the name of the state in the JSON format of `portlint who`.
func (s HolderState) String() string {
	return [...]string{"listening", "bound", "datagram", "connection", "closing"}[s]
}
