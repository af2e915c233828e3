package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// frees is how the blocker gives the port back without harm to anything else: one command, or advice in words.
func (s scene) frees(b Blocker) Fix {
	switch b.Kind {
	case ByContainer:
		if b.unasked && b.Container.Name == "" {
			return advise("ask the engine behind it: `docker ps` and portlint name the container for a user who may")
		}
		return s.stopContainer(b.Container)
	case BySwarm:
		return advise("take the port from the swarm service, or publish another one here")
	case ByConnection:
		if !s.host.ephemeral().has(b.Local.Port()) {
			return advise("try again when the connection is closed")
		}
		return advise("try again when the connection is closed, or publish a port outside the range of outgoing connections")
	case ByClosing:
		return advise("try again in a minute")
	case ByKernel:
		return advise("look for what the kernel itself serves there, such as vxlan, NFS or WireGuard, or for a container with host networking")
	case ByUnknown:
		return advise("look on the system around this one: under WSL on the Windows side, in a virtual machine on its host")
	default:
		return b.stopProcess()
	}
}

func advise(text string) Fix { return Fix{Title: text, Safety: Manual} }

func (s scene) stopContainer(c *Container) Fix {
	switch {
	case c.Name == "":
		return advise("look for the container in the other engines of this machine (`docker context ls`)")
	case s.plan.orphan(c) && !s.plan.foreign(c):
		return Fix{Title: "stop it, or run `up` with --remove-orphans", Safety: Manual, Command: dockerLine(c.Flags, "stop", c.Name)}
	case c.Project == "" || c.OneOff || !plainWord(c.Project) || !plainWord(c.Service):
		return Fix{Title: "stop that container", Safety: Manual, Command: dockerLine(c.Flags, "stop", c.Name)}
	}
	return Fix{Title: fmt.Sprintf("stop service %q of project %q", c.Service, c.Project), Safety: Manual,
		Command: dockerLine(c.Flags, "compose", "-p", c.Project, "stop", c.Service)}
}

// dockerLine is a command line of docker with flags of its own before the words.
func dockerLine(flags []string, words ...string) string {
	line := "docker"
	for _, word := range slices.Concat(flags, words) {
		if !bareFlag.MatchString(word) {
			word = shellQuote(word)
		}
		line += " " + word
	}
	return line
}

var bareFlag = regexp.MustCompile(`^--?[A-Za-z-]+$`)

func (b Blocker) stopProcess() Fix {
	f := b.Process.forwarder()
	switch {
	case b.proxy.IsValid() && b.proxyOwner() != anyEngine:
		return b.askEngine()
	case f != nil && f.engine && b.unasked:
		return advise("ask the engine behind it: `docker ps` and portlint name the container for a user who may; do not end " + b.Process.Name)
	case f != nil:
		return advise(f.where + "; do not end " + b.Process.Name)
	case b.instead() != "":
		return advise(b.instead())
	case stoppable(b.Unit):
		return Fix{Title: "stop that unit", Safety: Manual, Command: "sudo systemctl stop " + shellQuote(b.Unit)}
	case b.Seen == NoPrivilege:
		return advise("run portlint with sudo to see the process")
	case b.Process.Name == "" && b.Seen == Hidden && len(b.hiding) == 1:
		return advise(fmt.Sprintf("see what pid %d (%s) is", b.hiding[0].PID, b.hiding[0].Name))
	case b.Process.Name == "" && b.Seen == Hidden:
		return advise("run portlint on the machine itself, or with the capability CAP_SYS_PTRACE")
	case b.Process.Name == "":
		return advise("stop that process where it was started")
	default:
		return advise(fmt.Sprintf("stop %s where it was started", b.Process.Name))
	}
}

// instead is what to do where stopping the service would cost the machine more than a port, "" elsewhere.
func (b Blocker) instead() string {
	name := strings.TrimSuffix(strings.TrimSuffix(b.Unit, ".service"), ".socket")
	if b.Unit == "" {
		name = b.Process.Name
	}
	switch name {
	case "systemd-resolved":
		return "publish it on another address, such as 127.0.0.1, or set DNSStubListener=no in /etc/systemd/resolved.conf; this machine asks systemd-resolved for names"
	case "ssh", "sshd":
		return "publish another port: people log in to this machine here"
	}
	return ""
}

// askEngine is where to look for the container behind a docker-proxy whose engine is known.
func (b Blocker) askEngine() Fix {
	leave := "; do not end docker-proxy"
	at := b.parent.socket()
	switch {
	case b.proxyOwner() == leftByThis:
		return advise("restart that engine when its containers can take it" + leave)
	case b.proxyOwner() == leftByGone:
		return advise("restart the engine that it was, such as docker.service" + leave)
	case at == "":
		return advise(fmt.Sprintf("look in the engine that has pid %d (`docker context ls`)", b.parent.PID) + leave)
	}
	return Fix{Title: "see which container of that engine it is" + leave, Safety: Manual, Command: dockerLine([]string{"-H", at}, "ps")}
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

var plainWords = regexp.MustCompile(`^[A-Za-z0-9_./][A-Za-z0-9_./@:-]*$`)

// plainWord reports whether a shell takes a text for one word that is no flag.
func plainWord(s string) bool { return plainWords.MatchString(s) }

// shellQuote writes a text as one word of a POSIX shell.
func shellQuote(s string) string {
	if plainWord(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
