package lint

import (
	"fmt"
	"net/netip"
	"strconv"
	"time"
)

// Sentence says who it is, as the end of "8080/tcp is …". Where the socket is bound and the process runs is left out: Local and
// Background tell that.
func (o Owner) Sentence() string {
	o.Local, o.Origin.Dir = netip.AddrPort{}, ""
	return ownerSentence(o, Plan{})
}

// Headline says in a few words who has a port, as the end of "8080/tcp is …": whole in a line of a terminal beside what takes other
// columns of it, and for how long where the line has room.
func (o Owner) Headline(beside int, now time.Time) string {
	var all []string
	for _, name := range (Plan{}).shortNames(o) {
		all = append(all, "taken by "+name+o.age(now), "taken by "+name)
	}
	return Fitting(append(all, "taken"), beside)
}

// HeldBy is the line below: who it is to the end, but for what Sentence leaves out as well.
func (o Owner) HeldBy() Note {
	o.Local, o.Origin.Dir = netip.AddrPort{}, ""
	return Plan{}.heldBy(o)
}

// Outcome says how it stands with a port that nobody holds, as the end of "8080/tcp …", and why where it can't be had.
func (u PortUse) Outcome() (text, why string) {
	free, known := u.Free()
	switch {
	case !known:
		return "may be free: nobody that portlint can see has it", ""
	case !free:
		return "cannot be bound", u.Probe.whyExcluded()
	case u.Probe.Result != Free:
		return "is free as far as the socket table tells; this user may not try it", ""
	default:
		return "is free", ""
	}
}

// whyExcluded says of a port that nobody holds why it cannot be bound.
func (p *Probe) whyExcluded() string {
	return fmt.Sprintf("%d lies in the range%s that the system keeps for itself; no process holds it", p.Addr.Port(), spaced(p.Reason))
}

// Server names the process that serves the port for a container or a swarm service, "" when it was not seen. Since when, and as whom,
// is the container's to tell.
func (o Owner) Server() string {
	behind := o.Kind == OwnerContainer || o.Kind == OwnerSwarm
	switch {
	case !behind || o.Process == (Process{}) && o.Unit == "", o.unasked && o.Container != nil && o.Container.Name == "": // the sentence names it
		return ""
	case o.Process.Name == "":
		return o.program()
	case o.Process.PID == 0:
		return o.Process.Name
	}
	return fmt.Sprintf("%s (pid %d)", o.Process.Name, o.Process.PID)
}

// Written is where the Compose file of the holder's own project writes the port, as far as it was found.
func (o Owner) Written(port uint16, proto string) []Related { return o.related(port, proto) }

// Free is how the owner gives the port back, or never takes it, without harm to anything else: a command, or advice in
// the title alone. It is the zero Fix where nothing of it helps, see [PortUse.BackWithUp].
func (o Owner) Free() Fix {
	if o.back {
		return Fix{}
	}
	if c := o.Container; c != nil && c.State != "" && !c.Running() {
		return c.keepStopped()
	}
	return howToFree(o, Plan{})
}

// LaterHeadlines say in a few words which stopped containers may take the port, as the end of "8080/tcp …", where nobody is known to
// have it: the most telling first.
func (u PortUse) LaterHeadlines() []string {
	how := "is free now, but "
	if _, known := u.Free(); !known {
		how = mayBeFree + " "
	}
	if n := len(u.Waiting); n > 1 {
		return []string{fmt.Sprintf("%s%d containers may take it", how, n)}
	}

	var all []string
	for _, name := range (Plan{}).shortContainerNames(u.Waiting[0].Container) {
		all = append(all, how+name+" may take it")
	}
	return all
}

// StartClause says of a stopped container when it takes the port.
func (o Owner) StartClause() string {
	what := "it"
	if o.pool != "" {
		what = "one of " + o.pool
	}
	_, clause := o.Container.startWords(containerName(o.Container, Plan{}), what)
	return clause
}

// mayBeFree is what is said of a port that nobody is seen to have, where not everything was looked at.
const mayBeFree = "may be free now, but"

// later says when a stopped container of that name takes its port, as the end of "8080/tcp of "web" …". seen: the port was
// looked at, and is free.
func (c *Container) later(name string, seen bool) string {
	how, clause := c.startWords(name, "it")
	if !seen {
		how = mayBeFree
	}
	return how + " " + clause
}

func (c *Container) startWords(name, what string) (how, clause string) {
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
		return giveBack("stop it, or fix what makes it crash", ShellLine(c.Client.Words("stop", c.Name)), false)
	case c.returns() && c.Client.NoRestart:
		return giveBack("remove it, or make it anew without a restart policy", ShellLine(c.Client.Words("rm", c.Name)), false)
	case c.returns():
		return giveBack("do not let it come back", ShellLine(c.Client.Words("update", "--restart", "no", c.Name)), true)
	default:
		return advise("nothing to do as long as nobody starts it")
	}
}

// Short names the owner for a column of a table: "blog-front-1 (blog)", "python3 pid 812".
func (o Owner) Short() string {
	switch o.Kind {
	case OwnerContainer:
		if o.checkout != "" {
			return o.Container.Name + " in " + o.checkout
		}
		return o.Container.short()
	case OwnerSwarm:
		return "swarm service " + o.Swarm
	case OwnerConnection:
		return "a connection"
	case OwnerClosing:
		return "a closing connection"
	case OwnerKernel:
		return "no visible process"
	case OwnerUnknown:
		return "not known"
	}

	switch {
	case o.Process.Name == "" && o.Unit != "":
		return o.Unit
	case o.Process.Name == "":
		return "a process of " + o.user()
	case o.Process.PID == 0:
		return o.Process.Name
	}
	return o.Process.Name + " pid " + strconv.Itoa(o.Process.PID)
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
