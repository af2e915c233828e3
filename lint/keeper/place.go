package keeper

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// place adds where a process runs, or what became of that, and for a plain one in a terminal how people stop it there.
func (k *Keeper) place(self Process, f Facts) {
	if k.Name != "" && k.Kind != Spared && k.By.PID != self.PID {
		k.Says = append(k.Says, k.keeps())
	}
	if slices.Contains([]Kind{PM2, Service, Supervisor, Container, Cron, Spared}, k.Kind) {
		return
	}

	if around := surroundings(f); around != "" {
		k.Says = append(k.Says, around)
		if k.Kind == Plain {
			k.Kind = Terminal
		}
	}
	if f.Terminal != "" {
		k.inTerminal(f)
		return
	}
	if said, orphan := fate(f, k.Kind); said != "" {
		k.Orphan = orphan
		k.Says = append(k.Says, said)
	}
}

// keeps says what the keeper does for the process.
func (k *Keeper) keeps() string {
	at := fmt.Sprintf(" (pid %d)", k.By.PID)
	named := ""
	if k.App != "" {
		named = fmt.Sprintf(" as %q", k.App)
	}

	switch k.Kind {
	case Service:
		return "a service of " + k.Name + named
	case Reloader:
		return "started again by " + quote(k.Name) + at + " when a file is saved"
	case Master:
		return "part of " + quote(k.Name) + at
	case Runner:
		if k.App != "" {
			named = fmt.Sprintf(" of package %q", k.App)
		}
		return "run by " + quote(k.Name) + at + named
	case Loop:
		return "run by " + quote(k.Name) + at
	case Cron:
		return "started by " + k.Name + at
	case Container:
		return "in " + k.Name + ", behind " + k.By.Name + at
	}
	return "kept alive by " + k.Name + at + named
}

// surroundings is where somebody, or something, started the process: a multiplexer, an editor, an agent, a login; "" where that
// can't be seen.
func surroundings(f Facts) string {
	for _, p := range f.Parents {
		at := fmt.Sprintf(" (pid %d)", p.PID)
		switch {
		case p.multiplexer() == "tmux" && f.Env["TMUX_PANE"] != "" && tmuxServer(f) == p.PID:
			return "in tmux" + at + ", pane " + f.Env["TMUX_PANE"]
		case p.multiplexer() == "screen" && f.Env["STY"] != "":
			return "in screen" + at + ", session " + f.Env["STY"]
		case p.multiplexer() != "":
			return "in " + p.multiplexer() + at
		case p.called(agents) != "":
			return "started by " + p.called(agents) + at
		case p.called(editors) != "":
			return "started in " + p.called(editors) + at
		case p.is("sshd"):
			return "in a login over ssh"
		}
	}

	for _, v := range agentVariables {
		if f.Env[v.name] != "" {
			return "started by " + v.of + ", which is gone"
		}
	}
	return ""
}

// Place says where a process runs, and what is checked out there, "" when that is not known.
func (f Facts) Place() string {
	switch {
	case f.Dir == "":
		return ""
	case f.DirGone:
		return "in " + f.Dir + ", which was removed"
	case f.Repository == "":
		return "in " + f.Dir
	}

	tree := "repository"
	if f.Worktree {
		tree = "worktree"
	}
	said := "in " + f.Dir
	if f.Repository != f.Dir {
		said += ", of the " + tree + " " + f.Repository
	} else {
		said += ", a " + tree
	}
	if f.Branch != "" {
		said += " on " + f.Branch
	}
	return said
}

// tmuxServer is the pid of the tmux server that a process was started under, 0 when not known.
func tmuxServer(f Facts) int {
	parts := strings.Split(f.Env["TMUX"], ",") // the socket, which may have a comma, the pid, the session
	if len(parts) < 3 {
		return 0
	}

	pid, err := strconv.Atoi(parts[len(parts)-2])
	if err != nil {
		return 0
	}
	return pid
}

// inTerminal says in which terminal a process runs. Who has the keyboard is stopped there.
func (k *Keeper) inTerminal(f Facts) {
	where := "in the terminal " + f.Terminal
	if !f.Foreground {
		k.Says = append(k.Says, "in the background of the terminal "+f.Terminal)
		return
	}
	k.Says = append(k.Says, where)
	if !slices.Contains([]Kind{Plain, Terminal, Runner, Reloader, Master}, k.Kind) {
		return
	}

	keys := "Ctrl-C " + where
	if f.Dir != "" && !f.DirGone {
		keys += " in " + f.Dir
	}
	if len(k.Stop.Command) > 0 {
		keys += ", or " + k.Stop.Title
	}
	k.Stop.Title = keys
}

// fate says what became of who started a process, and whether nobody is left: "" where it has its parent still.
func fate(f Facts, kind Kind) (said string, orphan bool) {
	mark := f.Env["WERKZEUG_RUN_MAIN"] + f.Env["RUN_MAIN"] + f.Env["WATCH_REPORT_DEPENDENCIES"]
	switch {
	case !f.Adopted:
		return "", false
	case f.TerminalClosed:
		return "its parent is gone, and so is the terminal that it was started in", true
	case mark != "" && kind == Plain:
		return "its parent is gone: a reloader that was killed", true
	case f.Leader.PID != 0:
		return fmt.Sprintf("its parent is gone; left behind by %s (pid %d), which still runs", quote(f.Leader.Command()), f.Leader.PID), false
	case f.IgnoresHangup && f.SessionOver:
		return "its parent is gone: started with nohup, in a shell that has ended", true
	case f.SessionOver:
		return "its parent is gone: the shell that it was started in has ended", true
	case f.OwnSession:
		return "its parent is gone: a daemon, or started with setsid", false
	}
	return "its parent is gone", true
}

// mostWords is how much of a command line a clause shows.
const mostWords = 40

func quote(text string) string {
	if r := []rune(text); len(r) > mostWords {
		text = string(r[:mostWords-1]) + "…"
	}
	return fmt.Sprintf("%q", text)
}
