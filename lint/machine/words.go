package machine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/keeper"
)

// Who names whose a claim is: "blog/web", a container without a project, a systemd unit, a program.
func (c Claim) Who() string {
	if c.Service != "" && c.Project != "" {
		return c.Project + "/" + c.Service
	}
	if c.Kind == Assigned {
		return cmp.Or(c.Project, "portlint free")
	}
	if len(c.Owners) == 0 {
		return c.Project
	}

	o := c.Owners[0]
	switch {
	case o.Kind == lint.OwnerContainer && o.Container.Name != "":
		return o.Container.Name
	case o.Kind == lint.OwnerProcess && isService(o.Unit):
		return o.Unit
	case o.Kind == lint.OwnerProcess:
		return c.processes()
	}
	return o.Short()
}

// processes names a process, or counts those that share a port.
func (c Claim) processes() string {
	o := c.Owners[0]
	if len(c.Owners) > 1 {
		return fmt.Sprintf("%s, %d processes", o.Process.Name, len(c.Owners))
	}
	return o.Short()
}

// isService reports whether a unit says more than the program: not a login, and not a user's manager.
func isService(unit string) bool {
	service := strings.HasSuffix(unit, ".service") || strings.HasSuffix(unit, ".socket")
	return service && !strings.HasPrefix(unit, "user@")
}

// by names what has the ports for Who: the container, the process and what keeps it alive; of ports that nobody has, why they are
// listed.
func (c Claim) by() string {
	switch c.Kind {
	case Has:
		return c.server()
	case Stopped:
		one := c.Owners[0].Container
		return strings.Join(slices.DeleteFunc([]string{c.containerName(one), one.State, c.oneOf()}, isEmpty), ", ")
	case Assigned:
		if !c.Until.IsZero() {
			return as("given", c.Lease) + " until " + c.Until.Format("15:04:05")
		}
		return as("assigned", c.Lease)
	default:
		return strings.Join(slices.DeleteFunc([]string{as("wanted", c.Key), c.oneOf()}, isEmpty), ", ")
	}
}

// as adds the name of what gives a port.
func as(what, name string) string {
	if name == "" {
		return what
	}
	return what + " as " + name
}

func isEmpty(s string) bool { return s == "" }

// oneOf says that a claim takes one of several ports.
func (c Claim) oneOf() string {
	if c.Pool {
		return "one of them"
	}
	return ""
}

// containerName is the name of a container where Who is not that already.
func (c Claim) containerName(one *lint.Container) string {
	if c.Project == "" {
		return "container"
	}
	return one.Name
}

func (c Claim) server() string {
	o := c.Owners[0]
	switch {
	case o.Kind == lint.OwnerContainer:
		return c.containerName(o.Container)
	case o.Kind != lint.OwnerProcess:
		return ""
	}

	name := ""
	switch {
	case o.Process.Name == "":
		name = "not visible"
	case isService(o.Unit):
		name = c.processes()
	}

	keeper := c.keeper
	if name == "" && keeper == "" {
		name = command(o)
	}
	return strings.Join(slices.DeleteFunc([]string{name, shorten(keeper), bound(o)}, isEmpty), ", ")
}

// mostCommand is how many letters of a command line a cell shows.
const mostCommand = 48

func shorten(text string) string {
	if r := []rune(text); len(r) > mostCommand {
		return string(r[:mostCommand-1]) + "…"
	}
	return text
}

// command is the command line of a process, "" where that says no more than the name.
func command(o lint.Owner) string {
	said := o.Origin.Self.Command()
	if said == o.Process.Name {
		return ""
	}
	return said
}

// bound says that a socket does not listen.
func bound(o lint.Owner) string {
	if o.State == lint.BoundOnly {
		return "not listening"
	}
	return ""
}

// keeperName names in a word or two what keeps a process alive, "" for a unit, which Who names, and where nothing is known.
func keeperName(o lint.Owner) string {
	if isService(o.Unit) {
		return ""
	}
	k := o.Keeper()
	switch k.Kind {
	case keeper.PM2, keeper.Supervisor:
		return strings.TrimSpace(k.Name + " " + k.App)
	case keeper.Reloader, keeper.Master, keeper.Runner, keeper.Loop, keeper.Cron, keeper.Container:
		return k.Name
	case keeper.Spared:
		return ""
	}

	switch {
	case o.Origin.Terminal != "":
		return o.Origin.Terminal
	case k.Orphan:
		return "its parent is gone"
	case k.ByHand && len(k.Says) > 0:
		return k.Says[0]
	}
	return ""
}
