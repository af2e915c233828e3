package lint

// Who has a port, a name or a subnet, in words, for every format and command: the headline says "taken by", the line below "held by".

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/portlint/portlint/lint/keeper"
)

// ownerSentence names the owner as the end of "8080/tcp of "web" is …".
func ownerSentence(o Owner, plan Plan) string {
	switch o.Kind {
	case OwnerContainer:
		if o.unasked && o.Container.Name == "" {
			return "held by " + o.program() + " in container " + o.Container.ID[:min(12, len(o.Container.ID))]
		}
		return "held by " + containerSentence(o.Container, plan)
	case OwnerSwarm:
		return fmt.Sprintf("held by the swarm service %q, which %s", o.Swarm, where(o))
	case OwnerConnection:
		if !o.Outgoing {
			return "held by a connection" + o.connection()
		}
		return "the local port of an outgoing connection" + o.connection() + ", which comes and goes"
	case OwnerClosing:
		return "still held by a closing connection that has no process any more; it is free again within a minute"
	case OwnerKernel:
		return "held by no process that portlint can see: by the kernel itself, or by a process of another container"
	case OwnerUnknown:
		return "in use, and nothing that portlint can see on this machine explains it"
	default:
		return "held by " + o.process()
	}
}

// takenBy stands in a headline before the name of the owner, which ends it.
const takenBy = " is taken by "

// taken are headlines that say of something that somebody has it, the fullest first. each are its names, the fullest first: who has it
// is worth more than whose it would be.
func (plan Plan) taken(by Owner, each ...string) []string {
	var all []string
	for _, what := range each {
		for _, name := range plan.shortNames(by) {
			all = append(all, what+takenBy+name)
		}
	}
	for _, what := range each {
		all = append(all, what+" is taken")
	}
	return all
}

// Age says for how long the owner that ends the headline has run, as what follows it: ", up 31 min". It is "" where that is not known,
// and where no owner ends the headline.
func (f Finding) Age(now time.Time) string {
	if f.Owner == nil || !strings.Contains(f.Message, takenBy) {
		return ""
	}
	return f.Owner.age(now)
}

// age says for how long the owner has run, as what follows its name: ", up 31 min". It is "" where that is not known.
func (o Owner) age(now time.Time) string {
	started := o.runsSince()
	if now.IsZero() || started.IsZero() || started.After(now) {
		return ""
	}
	return ", up " + age(now.Sub(started))
}

// runsSince is when the owner was started, the zero time where that is not known or it does not run.
func (o Owner) runsSince() time.Time {
	switch {
	case o.Kind == OwnerProcess:
		return o.Process.StartedAt
	case o.Kind == OwnerContainer && o.Container.Running():
		return o.Container.StartedAt
	}
	return time.Time{}
}

// age is a duration for people, in the largest unit of which it is two or more.
func age(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < 2*day:
		return fmt.Sprintf("%d h", d/time.Hour)
	}
	return fmt.Sprintf("%d days", d/day)
}

// shortNames are what an owner is called in a headline, the most telling first; none where nothing short tells it.
func (plan Plan) shortNames(o Owner) []string {
	switch o.Kind {
	case OwnerContainer:
		return plan.shortContainerNames(o.Container)
	case OwnerSwarm:
		return []string{"swarm service " + o.Swarm, "the swarm"}
	case OwnerConnection:
		return []string{"a connection"}
	case OwnerClosing:
		return []string{"a closing connection"}
	case OwnerKernel, OwnerUnknown:
		return nil
	}

	unit := strings.TrimSuffix(strings.TrimSuffix(o.Unit, ".service"), ".socket")
	template, _, _ := strings.Cut(unit, "@")
	switch {
	case o.Process.Name != "":
		return []string{o.Process.Name, "a process"}
	case unit != "":
		return []string{unit, template, "a unit"}
	}
	return []string{"a process of " + o.user(), "a process"}
}

func (plan Plan) shortContainerNames(c *Container) []string {
	switch {
	case c.Name == "":
		return []string{"container " + c.ID[:min(12, len(c.ID))], "a container"}
	case plan.ours(c) && plan.foreign(c):
		return []string{"another checkout"}
	case plan.ours(c):
		return []string{fmt.Sprintf("our own %q", c.Service)}
	case c.Pod != "":
		return []string{"pod " + c.Pod, "a pod"}
	case c.Project == "":
		return []string{"container " + c.Name, c.Name, "a container"}
	}
	return []string{c.Project + "/" + c.Service, c.Project, "a container"}
}

// heldBy is the line that names the owner to the end.
func (plan Plan) heldBy(o Owner) Note {
	n := Note{Label: NoteHeldBy}
	switch o.Kind {
	case OwnerContainer:
		n.Span, n.Text = o.Span, plan.heldByContainer(o)
	case OwnerSwarm:
		n.Text = fmt.Sprintf("swarm service %s, which %s", o.Swarm, where(o))
	case OwnerConnection:
		n.Text = "a connection" + o.connection()
		if o.Outgoing {
			n.Text = "an outgoing connection" + o.connection()
		}
	case OwnerClosing:
		n.Text = "a closing connection that has no process any more"
	case OwnerKernel:
		n.Text = "no process that portlint can see: the kernel itself, or a process of another container"
	case OwnerUnknown:
		n.Text = "nothing that portlint can see on this machine"
	default:
		n.Text = o.process()
	}
	return n
}

// heldByContainer names a container with what its name does not tell: service and project, and where no file is known that
// publishes the port, the directory.
func (plan Plan) heldByContainer(o Owner) string {
	c := o.Container
	switch {
	case o.unasked && c.Name == "":
		return o.program() + " in container " + c.ID[:min(12, len(c.ID))]
	case c.Name == "":
		return containerSentence(c, plan)
	case plan.ours(c) && !plan.foreign(c):
		return "our own container " + c.Name + ", " + plan.stays(c)
	}

	said := "container " + c.Name
	if c.Pod != "" {
		said = fmt.Sprintf("pod %s, in its container %s", c.Pod, c.Name)
	}
	replica := strings.TrimRight(strings.ReplaceAll(c.Name, "_", "-"), "0123456789")
	ordinary := strings.ReplaceAll(c.Project+"-"+c.Service+"-", "_", "-")
	if c.Project != "" && replica != ordinary {
		said += fmt.Sprintf(", service %q of project %q", c.Service, c.Project)
	}
	if c.WorkingDir != "" && !o.Span.Known() {
		said += " in " + c.WorkingDir
	}
	switch {
	case c.DirState == DirGone:
		said += ", which is gone"
	case plan.ours(c):
		said += ", another checkout with this project's name"
	}
	return said + c.state()
}

// where says on which nodes a swarm service has its port.
func where(o Owner) string {
	if o.taskNodes {
		return "has it on the nodes of its tasks"
	}
	return "takes it on every node"
}

// containerSentence names a container, and why `up` leaves it alone where it is one of ours.
func containerSentence(c *Container, plan Plan) string {
	name := strconv.Quote(c.Name)
	if c.Name == "" {
		return fmt.Sprintf("a process of container %s, which this engine does not list", c.ID[:min(12, len(c.ID))])
	}

	switch {
	case plan.ours(c) && plan.foreign(c):
		return fmt.Sprintf("container %s of another project in %s, which has the same project name", name, c.WorkingDir)
	case plan.ours(c):
		return fmt.Sprintf("our own container %s, %s", name, plan.stays(c))
	case c.Pod != "":
		return fmt.Sprintf("pod %q, in its container %s", c.Pod, name) + c.state()
	case c.Project == "":
		return "container " + name + c.state()
	}

	said := fmt.Sprintf("container %s, service %q of project %q", name, c.Service, c.Project)
	if c.WorkingDir != "" {
		said += " in " + c.WorkingDir
	}
	if c.DirState == DirGone {
		said += ", which is gone"
	}

	return said + c.state()
}

// containerName is a container's name with its project.
func containerName(c *Container, plan Plan) string {
	if c.Project == "" || plan.own(c) {
		return fmt.Sprintf("%q", c.Name)
	}
	return fmt.Sprintf("%q of project %q", c.Name, c.Project)
}

// stays says why `up` leaves a container of ours alone.
func (plan Plan) stays(c *Container) string {
	switch {
	case c.OneOff:
		return "which `docker compose run` started and `up` leaves alone"
	case plan.maybeRecreated[c]:
		return "for which the engine chose that port"
	case plan.orphan(c):
		return fmt.Sprintf("an orphan: the project has no service %q any more", c.Service)
	case plan.selected[c.Service]:
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
func (o Owner) process() string {
	said := o.program()
	if dir := o.Origin.Dir; dir != "" && dir != "/" && o.Process.forwarder() == nil {
		said += " in " + dir
	}
	switch {
	case o.State == BoundOnly:
		return said + ", which has bound it but does not listen"
	case o.Local.IsValid() && !o.Local.Addr().IsUnspecified():
		return said + ", at " + o.Local.String()
	}
	return said
}

// Keeper is what keeps the process of the owner alive, and how it is stopped for good.
func (o Owner) Keeper() keeper.Keeper { return keeper.Of(o.Origin) }

// Background says of a process where it runs and what keeps it alive, a line each; none for other owners, and where nothing of it
// was seen.
func (o Owner) Background() []string {
	k := o.Keeper()
	if o.Kind != OwnerProcess || o.Process.forwarder() != nil && k.Kind != keeper.Service {
		return nil
	}

	var lines []string
	if place := o.Origin.Place(); place != "" {
		lines = append(lines, place)
	}
	if parents := parentsLine(k.Chain); parents != "" {
		lines = append(lines, parents)
	}
	if len(k.Says) > 0 {
		lines = append(lines, strings.Join(k.Says, ", "))
	}
	return lines
}

// mostParents is how many parents a line names.
const mostParents = 4

// parentsLine names the parents of a process, the nearest first.
func parentsLine(parents []keeper.Process) string {
	var names []string
	for _, p := range parents[:min(len(parents), mostParents)] {
		names = append(names, fmt.Sprintf("%s (%d)", p.Name, p.PID))
	}
	switch more := len(parents) - mostParents; {
	case more > 0:
		names = append(names, fmt.Sprintf("%d more", more))
	case len(names) == 0:
		return ""
	case len(names) == 1:
		return "parent: " + names[0]
	}
	return "parents: " + strings.Join(names, ", ")
}

// program is the process with what is known of it.
func (o Owner) program() string {
	switch {
	case o.Process.Name == "" && o.Seen == NoPrivilege:
		return "a process of " + o.user() + o.unit() + " that only root may see"
	case o.Process.Name == "" && o.Seen == Hidden:
		return "a process of " + o.user() + o.unit() + " that root may not look into: " + o.hidden()
	case o.Process.Name == "":
		return "a process of " + o.user() + o.unit()
	default:
		return o.Process.Name + o.details() + o.purpose()
	}
}

// hidden says which processes keep their descriptors even from root: one of them has the socket, or the kernel.
func (o Owner) hidden() string {
	if len(o.hiding) == 1 {
		p := o.hiding[0]
		return fmt.Sprintf("pid %d (%s) is the only one that hides its descriptors", p.PID, p.Name)
	}
	return fmt.Sprintf("%d processes hide their descriptors", len(o.hiding))
}

// details are what is known of a process, in brackets.
func (o Owner) details() string {
	var parts []string
	if o.Process.PID != 0 {
		parts = append(parts, "pid "+strconv.Itoa(o.Process.PID))
	}

	if o.Process.User != "" {
		parts = append(parts, o.Process.User)
	}

	if o.Unit != "" {
		parts = append(parts, o.Unit)
	}

	if at := since("since ", o.Process.StartedAt); at != "" {
		parts = append(parts, at)
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// purpose is what a process is there for: its command, or what stands behind a forwarder.
func (o Owner) purpose() string {
	if f := o.Process.forwarder(); f != nil {
		switch {
		case o.unasked && o.proxy.IsValid():
			return fmt.Sprintf(" for the container at %s", o.proxy)
		case o.unasked && f.engine:
			return ", for a container or a swarm service of an engine that did not answer"
		case o.proxy.IsValid():
			return " for " + o.proxied()
		}
		return ", " + f.what
	}
	if cmd := o.Process.Command; cmd != "" && cmd != o.Process.Name {
		return ": " + strconv.Quote(shorten(cmd))
	}
	return ""
}

// proxied says what a docker-proxy forwards to that no container of the engine explains.
func (o Owner) proxied() string {
	switch o.proxyOwner() {
	case otherEngine:
		return fmt.Sprintf("a container of another engine (%s, dockerd with pid %d)", o.proxy, o.parent.PID)
	case leftByThis:
		return fmt.Sprintf("%s: a leftover, as this engine lists no container with that port", o.proxy)
	case leftByGone:
		return fmt.Sprintf("%s: a leftover of an engine that has ended", o.proxy)
	default:
		return fmt.Sprintf("%s: a container of another engine, or a leftover", o.proxy)
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

func (o Owner) user() string {
	switch {
	case o.Process.User != "":
		return "user " + o.Process.User
	case o.UID == 0:
		return "root"
	case o.User != "" && o.User != strconv.Itoa(o.UID):
		return "user " + o.User
	case o.UID > 0:
		return "uid " + strconv.Itoa(o.UID)
	default:
		return "another user"
	}
}

func (o Owner) unit() string {
	if o.Unit == "" {
		return ""
	}
	return " in " + o.Unit
}

// connection says where a connection goes and whose it is.
func (o Owner) connection() string {
	said := ""
	if o.Remote != (netip.AddrPort{}) {
		said = " to " + o.Remote.String()
	}
	if o.Process.Name != "" {
		said += " of " + o.Process.Name + o.details()
	}
	return said
}

// HeldBy says who has an endpoint that was only tried, as a clause of its own: no container was compared with it.
func (p Probe) HeldBy() string {
	for _, h := range p.Holders {
		if h.Owner.Process.Name != "" {
			return newOwner(h, &Host{}).Short() + " has it"
		}
	}
	return "a socket of this machine has it"
}

// NameUse is who has the name of a container.
type NameUse struct {
	Owner    Owner
	Sentence string    // the end of ""x" is …"
	Places   []Related // where the Compose file of its project gives it the name, as far as it was found
	Fix      Fix       // the command that frees the name
}

// WhoIsNamed says who has the name of a container, ok is false for nobody. It needs the Host's Containers.
func (h *Host) WhoIsNamed(name string) (use NameUse, ok bool) {
	i := slices.IndexFunc(h.Containers, func(c Container) bool { return c.Name == name })
	if i < 0 {
		return NameUse{}, false
	}
	c := &h.Containers[i]
	use = NameUse{Owner: Owner{Kind: OwnerContainer, Container: c, Span: c.nameSpan, UID: -1}, Fix: Plan{}.Remove(c).fix(),
		Sentence: "taken by " + c.nameSentence(Plan{}), Places: c.namePlaces()}
	return use, true
}

// namePlaces is where the Compose file of a container's project gives it its name, none where that was not found.
func (c *Container) namePlaces() []Related {
	if !c.nameSpan.Known() {
		return nil
	}
	return []Related{{Message: fmt.Sprintf("container name of %q in project %q", c.Service, c.Project), Span: c.nameSpan}}
}

// nameSentence names a container that has a name, and why this `up` does not replace it.
func (c *Container) nameSentence(plan Plan) string {
	said := "a container that Compose did not make"
	switch {
	case plan.ours(c) && c.OneOff:
		said = fmt.Sprintf("a one-off container of %q, which no `up` replaces", c.Service)
	case plan.orphan(c):
		said = fmt.Sprintf("an orphan of this project, which has no service %q any more", c.Service)
	case plan.ours(c):
		said = fmt.Sprintf("our own service %q", c.Service)
	case c.OneOff:
		said = fmt.Sprintf("a one-off container of service %q of project %q", c.Service, c.Project)
	case c.Project != "":
		said = fmt.Sprintf("service %q of project %q", c.Service, c.Project)
	}
	if c.WorkingDir != "" && (!plan.ours(c) || plan.foreign(c)) {
		said += " in " + c.WorkingDir
	}
	return said + c.age()
}

// age says since when a container has its name, and that one which does not run has it as well.
func (c *Container) age() string {
	switch {
	case c.State == "running" && !c.StartedAt.IsZero():
		return since(", running since ", c.StartedAt)
	case c.State == "exited":
		return since(", created ", c.CreatedAt) + ", which has ended and keeps its name"
	case c.State == "created":
		return since(", created ", c.CreatedAt) + ", which never ran"
	case c.State == "running" || c.State == "":
		return since(", created ", c.CreatedAt)
	default:
		return since(", created ", c.CreatedAt) + ", which is " + c.State
	}
}
