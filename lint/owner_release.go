package lint

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/portlint/portlint/lint/client"
	"github.com/portlint/portlint/lint/keeper"
	"github.com/portlint/portlint/lint/lazyexp"
)

// howToFree is how the owner gives the port back without harm to anything else: one command, or advice in words.
func howToFree(o Owner, plan Plan) Fix {
	switch o.Kind {
	case OwnerContainer:
		if o.unasked && o.Container.Name == "" {
			return advise("ask the engine behind it: `docker ps` and portlint name the container for a user who may")
		}
		return plan.Stop(o.Container).fix()
	case OwnerSwarm:
		return advise("take the port from the swarm service, or publish another one here")
	case OwnerConnection:
		if !o.Outgoing {
			return advise("try again when the connection is closed")
		}
		return advise("try again when the connection is closed, or publish a port outside the range of outgoing connections")
	case OwnerClosing:
		return advise("try again in a minute")
	case OwnerKernel:
		serves := "NFS"
		if o.State == Datagram {
			serves = "vxlan or WireGuard"
		}
		return advise("look for what the kernel itself serves there, such as " + serves + ", or for a container with host networking")
	case OwnerUnknown:
		return advise("look on the other side: from WSL on Windows, from Windows in WSL (`wsl ss -lntu`), from a virtual machine on its host")
	default:
		return o.stopProcess()
	}
}

// giveBack is a command after which the owner has it no more. plain: the command says all that the title does.
func giveBack(title, command string, plain bool) Fix {
	return Fix{Title: title, Kind: FixFrees, Safety: Manual, Command: command, Plain: plain}
}

func advise(text string) Fix { return Fix{Title: text, Safety: Manual} }

// Stopping is how a container gives its ports back, or its name.
type Stopping struct {
	title   string   // advice, in words
	Short   string   // the same in a few words, such as "stop blog/web"; "" where there is nothing to type
	Command []string // the program first; empty where there is nothing to type
	plain   bool     // the command says all that the title does
}

func (s Stopping) fix() Fix {
	if len(s.Command) == 0 {
		return advise(s.title)
	}
	return giveBack(s.title, ShellLine(s.Command), s.plain)
}

// Stop is how a container gives its ports back, with which nothing else is stopped but the containers of its service.
func (plan Plan) Stop(c *Container) Stopping {
	stop := func(title string, plain bool) Stopping {
		return Stopping{title: title, Short: "stop container " + c.Name, Command: c.Client.Words("stop", c.Name), plain: plain}
	}
	switch {
	case c.Name == "":
		return Stopping{title: "look for the container in the other engines of this machine (`docker context ls`)"}
	case c.Pod != "":
		return Stopping{title: fmt.Sprintf("stop pod %q", c.Pod), Short: "stop pod " + c.Pod, Command: c.Client.Words("pod", "stop", c.Pod), plain: true}
	case c.DirState == DirGone && !plan.ours(c) && plainWord(c.Project):
		if !c.ProjectGone {
			return stop(fmt.Sprintf("stop that container alone, as project %q may be in use in another directory", c.Project), false)
		}
		return takeDown(c.Project, []*Container{c})
	case c.projectShared:
		return stop(fmt.Sprintf("stop that container alone, as another checkout has project %q too", c.Project), false)
	case plan.orphan(c) && !plan.foreign(c):
		return stop("stop it, or run `up` with --remove-orphans", false)
	case !c.byService():
		return stop("stop that container", true)
	}
	return Stopping{
		title:   fmt.Sprintf("stop service %q of project %q", c.Service, c.Project),
		Short:   "stop " + c.Project + "/" + c.Service,
		Command: c.Client.Compose(c.Project, "stop", c.Service),
		plain:   true,
	}
}

// byService reports whether Compose can be told about the container by the names of its project and its service.
func (c *Container) byService() bool {
	known := c.Project != "" && !c.OneOff
	typed := plainWord(c.Project) && plainWord(c.Service)
	return known && typed && !c.Client.NoCompose
}

// Remove is how a container gives its name back, and its ports with it: it is removed, and whatever its volumes hold stays.
func (plan Plan) Remove(c *Container) Stopping {
	ended := c.State == "exited" || c.State == "created" || c.State == "dead"
	alone := func(title string, words ...string) Stopping {
		s := Stopping{title: title, Short: "remove container " + c.Name, plain: true, Command: c.Client.Words(append(words, c.Name)...)}
		if c.projectShared {
			s.title, s.plain = fmt.Sprintf("%s alone, as another checkout has project %q too", title, c.Project), false
		}
		return s
	}
	switch {
	case c.byService() && !c.projectShared && !plan.orphan(c):
		title, flag := fmt.Sprintf("stop and remove service %q of project %q", c.Service, c.Project), "-sf"
		if ended {
			title, flag = fmt.Sprintf("remove what is left of service %q of project %q", c.Service, c.Project), "-f"
		}
		return Stopping{title: title, Short: "remove " + c.Project + "/" + c.Service, plain: true,
			Command: c.Client.Compose(c.Project, "rm", flag, c.Service)}
	case ended:
		return alone("remove that container", "rm")
	default:
		return alone("stop and remove that container", "rm", "-f")
	}
}

// takeDown is how a project goes of which all directories are gone, with the containers of it that are known: without its files Compose
// knows them by the project's name alone.
func takeDown(project string, containers []*Container) Stopping {
	cli := containers[0].Client
	switch {
	case cli.NoCompose && len(containers) == 1:
		return Stopping{
			title:   "remove that container, as its directory is gone; its volumes stay",
			Short:   "remove container " + containers[0].Name + ", whose directory is gone; its volumes stay",
			Command: cli.Words("rm", "-f", containers[0].Name),
		}
	case cli.NoCompose:
		return Stopping{title: "remove these containers, as their directory is gone; volumes stay", Command: removing(cli, containers)}
	case !plainWord(project):
		return Stopping{title: "remove its containers: its directory is gone, and its name is none that Compose takes"}
	}
	return Stopping{
		title:   "take that stack down, as its directory is gone; its volumes stay",
		Short:   "take " + project + " down, whose directory is gone; its volumes stay",
		Command: cli.Compose(project, "down"),
	}
}

// removing removes containers, running or not; volumes stay.
func removing(cli client.Client, containers []*Container) []string {
	command := []string{"rm", "-f"}
	for _, c := range containers {
		command = append(command, c.Name)
	}
	return cli.Words(command...)
}

func (o Owner) stopProcess() Fix {
	f, k := o.Process.forwarder(), o.Keeper()
	switch {
	case o.proxy.IsValid() && o.proxyOwner() != anyEngine:
		return o.askEngine()
	case k.Kind == keeper.Service && (f == nil || len(o.Origin.Services) > 0):
		return stopAtKeeper(k)

	case f != nil && f.engine && o.unasked:
		return advise("ask the engine behind it: `docker ps` and portlint name the container for a user who may; do not end " + o.Process.Name)
	case f != nil:
		return advise(f.where + "; do not end " + o.Process.Name)

	case o.instead() != "":
		return advise(o.instead())
	case k.ComesBack():
		return stopAtKeeper(k)
	case stoppable(o.Unit) && !k.ByHand:
		return o.stopUnit()

	case o.Seen == NoPrivilege:
		return advise("run portlint with sudo to see the process")
	case o.Process.Name == "" && o.Seen == Hidden && len(o.hiding) == 1:
		return advise(fmt.Sprintf("see what pid %d (%s) is", o.hiding[0].PID, o.hiding[0].Name))
	case o.Process.Name == "" && o.Seen == Hidden:
		return advise("run portlint on the machine itself, or with the capability CAP_SYS_PTRACE")
	case o.Process.Name == "":
		return giveBack("stop that process where it was started", "", false)

	case k.Stop.Title != "":
		return stopAtKeeper(k)
	default:
		return giveBack(fmt.Sprintf("stop %s where it was started", o.Process.Name), "", false)
	}
}

// stopUnit asks systemd, the system's or that of a user, to stop the unit.
func (o Owner) stopUnit() Fix {
	unit := ShellQuote(o.Unit)
	user := cmp.Or(o.Process.User, o.User)
	switch {
	case o.Origin.UserManager == "":
		return giveBack("stop that unit", "sudo systemctl stop "+unit, true)
	case o.Origin.Own:
		return giveBack("stop that unit of yours", "systemctl --user stop "+unit, true)
	case !plainWord(user):
		return advise("stop that unit as its user, with systemctl --user")
	}
	return giveBack("stop that unit of user "+user, "sudo systemctl --user -M "+user+"@ stop "+unit, true)
}

// stopAtKeeper is how a process stops that something keeps alive.
func stopAtKeeper(k keeper.Keeper) Fix {
	fix := giveBack(k.Stop.Title, "", k.Stop.Title == keeper.EndIt)
	if len(k.Stop.Command) == 0 {
		return fix
	}

	var words []string
	switch {
	case k.Stop.As == "root":
		words = append(words, "sudo")
	case k.Stop.As != "":
		words = append(words, "sudo", "-u", ShellQuote(k.Stop.As))
	}
	if len(words) > 0 && len(k.Stop.Env) > 0 {
		words = append(words, "env")
	}
	for _, set := range k.Stop.Env {
		words = append(words, set[0]+"="+ShellQuote(set[1]))
	}
	fix.Command = strings.Join(append(words, ShellLine(k.Stop.Command)), " ")
	return fix
}

// instead is what to do where stopping the service would cost the machine more than a port, "" elsewhere.
func (o Owner) instead() string {
	name := strings.TrimSuffix(strings.TrimSuffix(o.Unit, ".service"), ".socket")
	otherInLogin := (name == "ssh" || name == "sshd") && o.Process.Name != "" && o.Process.Name != "sshd"
	if o.Unit == "" || otherInLogin {
		name = o.Process.Name
	}

	switch name {
	case "systemd-resolved":
		return "publish it on another address, such as 127.0.0.1, or set DNSStubListener=no in /etc/systemd/resolved.conf; this machine asks systemd-resolved for names"
	case "ssh", "sshd":
		if o.Process.Name == "ssh" { // the client, with a tunnel
			return ""
		}
		return "publish another port: people log in to this machine here"
	}

	return ""
}

// askEngine is where to look for the container behind a docker-proxy whose engine is known.
func (o Owner) askEngine() Fix {
	leave := "; do not end docker-proxy"
	at := o.parent.socket()
	switch {
	case o.proxyOwner() == leftByThis:
		return advise("restart that engine when its containers can take it" + leave)
	case o.proxyOwner() == leftByGone:
		return advise("restart the engine that it was, such as docker.service" + leave)
	case at == "":
		return advise(fmt.Sprintf("look in the engine that has pid %d (`docker context ls`)", o.parent.PID) + leave)
	}

	return Fix{Title: "see which container of that engine it is" + leave, Safety: Manual, Command: ShellLine(client.Client{Flags: []string{"-H", at}}.Words("ps"))}
}

// socket is the address of a unix socket that dockerd was told to listen at, "" when it was not.
func (p Process) socket() string {
	for _, word := range strings.Fields(p.Command) {
		for _, before := range []string{"--host=", "-H=", "-H"} {
			word = strings.TrimPrefix(word, before)
		}
		if strings.HasPrefix(word, "unix://") {
			return word
		}
	}
	return ""
}

var plainWords = lazyexp.New(`^[A-Za-z0-9_./][A-Za-z0-9_./@:-]*$`)

// plainWord reports whether a shell takes a text for one word that is no flag.
func plainWord(s string) bool { return plainWords().MatchString(s) }

// ShellQuote writes a text as one word of a POSIX shell.
func ShellQuote(s string) string {
	if plainWord(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

var lineWord = lazyexp.New(`^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$`)

// ShellLine writes words, flags among them, as one types them into a POSIX shell.
func ShellLine(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		if quoted[i] = word; !lineWord().MatchString(word) {
			quoted[i] = ShellQuote(word)
		}
	}
	return strings.Join(quoted, " ")
}
