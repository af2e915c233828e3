package keeper

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Kind is what keeps a process alive, as the JSON format names it.
type Kind string

// The kinds of keepers. A process of none of them is a plain one, of which nothing tells that it would come back.
const (
	Plain      Kind = ""
	PM2        Kind = "pm2"
	Service    Kind = "service"    // the system's own manager of services: of Windows, or launchd
	Supervisor Kind = "supervisor" // supervisord, runit, s6 and the like: starts it again at once
	Reloader   Kind = "reloader"   // starts it again when a file is saved
	Master     Kind = "master"     // the first process of the same server
	Runner     Kind = "runner"     // ran the command, and waits for its end
	Loop       Kind = "script"     // a shell script or a loop, which may start it again
	Cron       Kind = "cron"
	Container  Kind = "container" // of an engine that was not asked
	Terminal   Kind = "terminal"  // a terminal, a multiplexer of terminals, an editor, an agent
	Spared     Kind = "spared"    // the process itself is nothing to end for a port
)

// Keeper is what keeps a process alive, and how the process is stopped for good.
type Keeper struct {
	Kind   Kind
	Name   string    // what people call it, such as "PM2"; "" for nothing
	By     Process   // zero where there is none, or it is not seen
	App    string    // the name that it has for the process
	Chain  []Process // the parents from the nearest one up to it, all of them where there is none
	Orphan bool      // nothing and nobody is seen to look after the process any more
	ByHand bool      // somebody started it in a terminal, an editor or the like, whatever unit that belongs to
	Says   []string  // clauses about it: "kept alive by PM2 (pid 700) as "api"", "its parent is gone …"; none where nothing is known
	Stop   Stop
}

// ComesBack reports whether something that starts the process again has to be told to stop it.
func (k Keeper) ComesBack() bool {
	return k.Kind == PM2 || k.Kind == Service || k.Kind == Supervisor || k.Kind == Container
}

// Stop is how a process is stopped: a sentence, and the command that does it; no command where a person has to do it.
type Stop struct {
	Title   string
	As      string      // the user who has to run the command, "" for the one who asks
	Env     [][2]string // that the command needs
	Command []string
}

// EndIt is the title of a Stop that does nothing but end a process.
const EndIt = "end that process"

// Of finds out what keeps a process alive.
func Of(f Facts) Keeper {
	k := Keeper{Chain: f.Parents}
	if !f.Known {
		return k
	}
	self := f.Self

	steps := []func(Process, Facts) bool{k.service, k.spare, k.supervised, k.ran, k.plain}
	for _, step := range steps {
		if step(self, f) {
			break
		}
	}
	if k.By.PID != 0 {
		if i := slices.IndexFunc(f.Parents, func(p Process) bool { return p.PID == k.By.PID }); i >= 0 {
			k.Chain = f.Parents[:i+1]
		}
	}
	k.ByHand = f.Terminal != "" || slices.ContainsFunc(f.Parents, Process.worked)
	k.place(self, f)
	return k
}

// service is about processes that the system itself starts: its manager is told to stop them.
func (k *Keeper) service(_ Process, f Facts) bool {
	brew, byBrew := strings.CutPrefix(f.Job, "homebrew.mxcl.")
	switch {
	case len(f.Services) == 1 && !strings.ContainsAny(f.Services[0], " '\""):
		k.Name, k.App = "Windows", f.Services[0]
		k.Stop = Stop{Title: "stop that service, as an administrator", Command: []string{"net", "stop", f.Services[0]}}
	case len(f.Services) > 0:
		k.Name, k.App = "Windows", strings.Join(f.Services, ", ")
		k.Stop.Title = "stop the service that has the port in services.msc"
	case strings.HasPrefix(f.Job, "com.apple."):
		k.Name, k.App = "launchd", f.Job
		k.Stop.Title = "look for what it is in System Settings: it belongs to macOS, which starts it again"
	case byBrew:
		k.Name, k.App = "launchd", f.Job
		k.Stop = Stop{Title: "stop it with Homebrew, as launchd starts it again", As: as(f), Command: []string{"brew", "services", "stop", brew}}
	case f.Job != "":
		k.Name, k.App = "launchd", f.Job
		k.Stop = Stop{Title: "take that job from launchd, which starts it again", As: as(f), Command: []string{"launchctl", "remove", f.Job}}
	default:
		return false
	}

	k.Kind = Service
	return true
}

// spare is about processes on which more hangs than a port.
func (k *Keeper) spare(self Process, f Facts) bool {
	switch {
	case self.god():
		k.Kind, k.Name, k.By = PM2, "PM2", self
		k.pm2(f, self)
		return true
	case !self.spared():
		return false
	}

	k.Kind, k.Name = Spared, self.Name
	switch {
	case self.is("sshd"):
		k.Stop.Title = "end the forward where somebody logged in from: this is sshd, which serves that login"
	case self.called(editors) != "":
		k.Stop.Title = "stop forwarding the port in " + self.called(editors) + ", or close the window"
	case self.shell() || self.multiplexer() != "":
		k.Stop.Title = self.Name + " was given the socket by what started it; leave that shell to free the port"
	case self.is("systemd-socket-activate"):
		k.Stop.Title = "end systemd-socket-activate where it was started: it holds the port for a program that runs on demand"
	default:
		k.Stop.Title = "look for what " + self.Name + " has the port for; do not end " + self.Name
	}
	return true
}

// supervised is about processes that come back: what starts them has to be told.
func (k *Keeper) supervised(self Process, f Facts) bool {
	for _, p := range f.Parents {
		switch {
		case p.god():
			k.Kind, k.Name, k.By, k.App = PM2, "PM2", p, f.Env["name"]
			k.pm2(f, p)
		case p.is("supervisord"):
			k.supervisord(f, p)
		case p.is("runsv"):
			k.folder(p, "runit", "sv", "stop")
		case p.is("s6-supervise"):
			k.folder(p, "s6", "s6-svc", "-d")
		case p.is("supervise"):
			k.folder(p, "daemontools", "svc", "-d")
		case p.is("circusd", "god", "monit", "forever", "monitor", "immortal", "dinit", "nssm"):
			k.Kind, k.Name, k.By = Supervisor, p.programs()[len(p.programs())-1], p
			k.Stop.Title = "stop it with " + k.Name + ", which starts it again"
		case p.is("autossh"):
			k.Kind, k.Name, k.By = Supervisor, "autossh", p
			k.end(p, f, "end autossh, which starts ssh again")
		case strings.HasPrefix(p.Name, "containerd-shim") || p.is("conmon"):
			k.Kind, k.Name, k.By = Container, "a container", p
			k.Stop.Title = "stop its container: `docker ps` or `podman ps` of its engine lists it"
		case p.is("cron", "crond", "anacron", "atd"):
			k.Kind, k.Name, k.By = Cron, p.Name, p
			k.end(self, f, "end it, and look into the crontab, which starts it again")
		default:
			continue
		}
		return true
	}

	return false
}

// ran is about processes that others of the same work started: reloaders, masters, runners, scripts.
func (k *Keeper) ran(self Process, f Facts) bool {
	if top, found := topmost(f.Parents, func(p Process) bool { return p.reloader() || sameCommand(p, self) && !p.shell() }); found {
		k.By, k.Name = top, top.Command()
		switch {
		case top.reloader() || f.Env["WERKZEUG_RUN_MAIN"]+f.Env["RUN_MAIN"]+f.Env["WATCH_REPORT_DEPENDENCIES"] != "":
			k.Kind = Reloader
			k.end(top, f, "end its reloader, which starts it again when a file is saved")
		default:
			k.Kind = Master
			k.end(top, f, "end its first process, which takes the others along")
		}
		return true
	}

	for _, p := range f.Parents {
		switch {
		case p.worked():
			return false
		case p.runner():
			k.Kind, k.Name, k.By, k.App = Runner, p.Command(), p, f.Env["npm_package_name"]
			k.leaf(self, f, "end "+self.Name+" itself, not "+p.programs()[len(p.programs())-1])
		case p.loop():
			k.Kind, k.Name, k.By = Loop, p.Command(), p
			k.leaf(self, f, fmt.Sprintf("end it; if its parent (pid %d) starts it again, end that first", p.PID))
		case p.shell(): // it runs one command
			continue
		default:
			return false
		}
		return true
	}

	return false
}

// topmost is the last of the nearest parents that belong to a server: shells that only wait may stand between them.
func topmost(parents []Process, belongs func(Process) bool) (top Process, found bool) {
	for _, p := range parents {
		waits := p.shell() && !p.interactive() && !p.loop() || p.runner()
		switch {
		case belongs(p):
			top, found = p, true
		case !waits:
			return top, found
		}
	}
	return top, found
}

// plain is about everything else.
func (k *Keeper) plain(self Process, f Facts) bool {
	title := EndIt
	if f.Windows && slices.ContainsFunc(f.Parents, Process.worked) {
		title = "Ctrl-C in its window, or " + title
	}
	k.leaf(self, f, title)
	return true
}

// leaf ends a process alone, which is right where it has no children, or takes them along.
func (k *Keeper) leaf(self Process, f Facts, title string) {
	takesAlong := f.Reloads || self.master() || self.reloader()
	if f.Children == 0 || takesAlong {
		k.end(self, f, title)
		return
	}
	k.Stop.Title = "stop " + self.Name + " where it was started"
	if f.Children > 0 {
		k.Stop.Title += fmt.Sprintf(": it has %s of its own", count(f.Children))
	}
}

func count(n int) string {
	if n == 1 {
		return "1 child process"
	}
	return strconv.Itoa(n) + " child processes"
}

// end ends a process of the user who asks; that of another one is the other one's to end.
func (k *Keeper) end(p Process, f Facts, title string) {
	switch {
	case p.spared():
		k.Stop.Title = title
	case !f.Own && f.Windows:
		k.Stop.Title = title + ", as an administrator"
	case f.Windows && p.PID == f.Self.PID: // a program without a window does not end for less
		k.Stop = Stop{Title: title, Command: []string{"taskkill", "/F", "/PID", strconv.Itoa(p.PID)}}
	case f.Windows: // its children do not end with it by themselves
		k.Stop = Stop{Title: title, Command: []string{"taskkill", "/F", "/T", "/PID", strconv.Itoa(p.PID)}}
	case !f.Own:
		k.Stop.Title = title + ", as " + cmp.Or(f.User, "its user") + " or root"
	default:
		k.Stop = Stop{Title: title, Command: []string{"kill", strconv.Itoa(p.PID)}}
	}
}

// pm2 tells PM2 to stop an app.
func (k *Keeper) pm2(f Facts, god Process) {
	home := f.Env["PM2_HOME"]
	if _, rest, found := strings.Cut(god.Args[0], "("); home == "" && found && strings.HasSuffix(rest, ")") { // else it is cut off
		home = strings.TrimSuffix(rest, ")")
	}
	usual := f.Own && f.Env["HOME"] != "" && home == path.Join(f.Env["HOME"], ".pm2")
	if home != "" && !usual {
		k.Stop.Env = [][2]string{{"PM2_HOME", home}}
	}
	k.Stop.As = as(f)

	if len(f.Apps) == 1 && k.App == "" {
		k.App = f.Apps[0]
	}
	switch {
	case k.App != "":
		k.Stop.Title, k.Stop.Command = "stop it with PM2, which starts it again when it ends", []string{"pm2", "stop", k.App}
	case len(f.Apps) > 1:
		k.Stop.Title, k.Stop.Command = "see which app of PM2 it is, and stop that with `pm2 stop`", []string{"pm2", "list"}
	default:
		k.Stop.Title, k.Stop.Command = "look for its app, and stop that with `pm2 stop`; do not end PM2", []string{"pm2", "list"}
	}
}

// supervisord tells supervisord to stop a program.
func (k *Keeper) supervisord(f Facts, p Process) {
	k.Kind, k.Name, k.By, k.Stop.As = Supervisor, "supervisord", p, as(f)
	group, name := f.Env["SUPERVISOR_GROUP_NAME"], f.Env["SUPERVISOR_PROCESS_NAME"]
	if k.App = name; group != "" && group != name {
		k.App = group + ":" + name
	}

	words := []string{"supervisorctl"}
	if url := f.Env["SUPERVISOR_SERVER_URL"]; url != "" && !slices.Contains(usualSupervisor, url) {
		words = append(words, "-s", url)
	}
	if k.App == "" {
		k.Stop.Title, k.Stop.Command = "look for its name, and stop it with `supervisorctl stop`", append(words, "status")
		return
	}
	k.Stop.Title, k.Stop.Command = "stop it with supervisord, which starts it again when it ends", append(words, "stop", k.App)
}

// usualSupervisor are the sockets that supervisorctl asks without being told.
var usualSupervisor = []string{"unix:///var/run/supervisor.sock", "unix:///run/supervisor.sock"}

// folder tells a supervisor that has a folder for each service, in which it runs itself.
func (k *Keeper) folder(p Process, name string, command ...string) {
	k.Kind, k.Name, k.By = Supervisor, name, p
	k.App = path.Base(p.Dir)
	k.Stop.Title = "stop it with " + name + ", which starts it again when it ends"
	if p.Dir == "" || p.Dir == "/" {
		k.App = ""
		k.Stop.Title += ": `" + strings.Join(command, " ") + "` and the folder of the service"
		return
	}
	k.Stop.Command = append(command, p.Dir)
}

// as is the user who has to run a command for the process.
func as(f Facts) string {
	if f.Own {
		return ""
	}
	return f.User
}
