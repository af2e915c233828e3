// Package keeper says what keeps a process alive, where it was started, and what stops it for good: from what a system tells
// of the process and its parents. It is pure, and what it does not recognize it does not name.
package keeper

import (
	"path"
	"slices"
	"strings"
)

// Process is a process as its system shows it.
type Process struct {
	PID  int
	Name string   // whole where the command line tells what the system cut off
	Args []string // the command line, as the process may have rewritten it
	Dir  string   // its working directory, "" when not shown
}

// Facts are what a system tells of how a process came to be. What is not known is zero.
type Facts struct {
	Known   bool // the system was asked, and told of the parents
	Self    Process
	Own     bool      // it runs as the user who asks
	User    string    // the name of the user that it runs as, "" when not known
	Dir     string    // its working directory; "" when not shown, or when it is another file system's
	DirGone bool      // that was removed since
	Parents []Process // the nearest first, without the first process of the system
	// Adopted: who started it is gone, and the first process of the system, or one that takes over orphans, is its parent.
	Adopted  bool
	Children int  // how many processes it has started that still run, -1 when not known
	Reloads  bool // one of them says that this process starts it again when a file is saved

	Terminal       string  // that it runs in, such as "pts/3"; "" for none
	Foreground     bool    // it has the keyboard of that terminal
	TerminalClosed bool    // its input or output is a terminal that is closed
	OwnSession     bool    // it leads a session of its own, as daemons do
	SessionOver    bool    // the shell in whose session it was started has ended
	Leader         Process // of the session, where that runs and is none of Parents
	IgnoresHangup  bool    // as with nohup

	Windows  bool     // the system is Windows, where a process has no signals
	Services []string // of Windows, that run in the process
	Job      string   // of launchd, that the process is; "" for none

	UserManager string            // the user whose systemd manager has its unit, "" for none
	Env         map[string]string // those of Variables that it was started with
	Apps        []string          // of a daemon of PM2: the apps that it runs in cluster mode

	Repository string // the root of the git working tree that Dir lies in, "" outside of one
	Branch     string // that is checked out there, or the beginning of the commit's name; "" when not known
	Worktree   bool   // that working tree is a linked one, of `git worktree add`
}

// Variables are the names of the environment variables that say who started a process. Their values are those of its start.
func Variables() []string {
	return []string{
		"HOME", "PM2_HOME", "name", "XPC_SERVICE_NAME",
		"SUPERVISOR_PROCESS_NAME", "SUPERVISOR_GROUP_NAME", "SUPERVISOR_SERVER_URL",
		"TMUX", "TMUX_PANE", "STY", "npm_lifecycle_event", "npm_package_name",
		"WERKZEUG_RUN_MAIN", "RUN_MAIN", "WATCH_REPORT_DEPENDENCIES", "SSH_CONNECTION",
		"TERM_PROGRAM", "TERMINAL_EMULATOR", "CLAUDECODE", "CODEX_SANDBOX", "CURSOR_AGENT", "GEMINI_CLI", "GITHUB_ACTIONS",
	}
}

// base is the name of a program without its directory, and without the "-" of a login shell; of one of Windows without its ending.
func base(program string) string {
	if ofWindows(program) {
		return strings.TrimSuffix(program[strings.LastIndexByte(program, '\\')+1:], ".exe")
	}
	return strings.TrimPrefix(path.Base(program), "-")
}

// ofWindows reports whether a path begins with the letter of a drive.
func ofWindows(path string) bool { return len(path) > 2 && path[1:3] == `:\` }

// Command is the command line on one line, as short as it still says what runs: of a program its name alone, with the arguments.
func (p Process) Command() string {
	if len(p.Args) == 0 {
		return p.Name
	}

	args := slices.Clone(p.Args)
	if ofWindows(args[0]) || !strings.Contains(args[0], " ") { // a process that rewrote its command line says it all there
		args[0] = base(args[0])
	}

	if script := p.script(); path.IsAbs(script) || ofWindows(script) { // its directory is the long part
		args[slices.Index(args, script)] = base(script)
	}

	return strings.Join(args, " ")
}

// programs are the names that a process may be known by: its own, and the script that an interpreter runs.
func (p Process) programs() []string {
	names := []string{strings.TrimSuffix(p.Name, ".exe")}
	if len(p.Args) == 0 {
		return names
	}

	names = append(names, strings.TrimSuffix(base(p.Args[0]), ".exe"))
	if script := p.script(); script != "" {
		names = append(names, strings.TrimSuffix(strings.TrimSuffix(base(script), ".js"), ".py"))
	}

	return names
}

// is reports whether a process is one of the programs.
func (p Process) is(programs ...string) bool {
	return slices.ContainsFunc(p.programs(), func(name string) bool { return slices.Contains(programs, name) })
}

// interpreters run what their first argument names.
var interpreters = []string{"node", "nodejs", "bun", "deno", "ruby", "perl", "php", "sh", "dash", "bash", "zsh"}

// script is the file, or the Python module, that an interpreter runs; "" for another program.
func (p Process) script() string {
	name := strings.TrimSuffix(base(p.Args[0]), ".exe")
	python := strings.HasPrefix(name, "python") || strings.HasPrefix(name, "pypy")
	if !python && !slices.Contains(interpreters, name) {
		return ""
	}

	for i, arg := range p.Args[1:] {
		switch {
		case arg == "-m" && python && i+2 < len(p.Args):
			return p.Args[i+2]
		case arg == "-c" || arg == "-e":
			return ""
		case !strings.HasPrefix(arg, "-"):
			return arg
		}
	}
	return ""
}

// has reports whether one of the arguments is one of the words.
func (p Process) has(words ...string) bool {
	return slices.ContainsFunc(p.Args, func(arg string) bool { return slices.Contains(words, arg) })
}

// sameCommand reports whether two processes show the same command line: a server and the process that it forked.
func sameCommand(a, b Process) bool {
	return len(a.Args) > 0 && slices.Equal(a.Args, b.Args)
}
