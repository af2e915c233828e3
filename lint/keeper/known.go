package keeper

import "strings"

// Programs that are parents of servers, by what a signal to the server or to them does. Each line was seen with the program
// itself, but for those whose way is their manual's.

// reloader reports whether a process restarts its child when a file is saved: to end the child alone frees the port until then.
func (p Process) reloader() bool {
	switch {
	case p.is("nodemon", "node-dev", "ts-node-dev", "tsnd", "watchexec", "cargo-watch", "entr", "reflex", "CompileDaemon", "gow", "wgo",
		"watchmedo", "watchfiles", "hupper", "air", "browser-sync"):
		return true
	case p.is("node", "bun", "deno", "tsx"):
		return p.has("--watch", "--hot") || p.is("tsx") && p.has("watch")
	case p.is("cargo", "dotnet"):
		return p.has("watch")
	case p.is("uvicorn", "gunicorn", "hypercorn", "flask", "fastapi"):
		return p.has("--reload", "--debug", "dev")
	}
	return false
}

// master reports whether a process is one that ends with its workers when it gets SIGTERM.
func (p Process) master() bool {
	return p.is("gunicorn", "uvicorn", "hypercorn", "daphne", "puma", "unicorn", "nginx", "apache2", "httpd", "php-fpm", "lighttpd", "haproxy",
		"postgres") || p.titled("gunicorn: ", "puma ", "nginx: ", "php-fpm: ", "unicorn ")
}

// titled reports whether a process has rewritten its command line to one that begins so.
func (p Process) titled(prefixes ...string) bool {
	if len(p.Args) == 0 {
		return false
	}

	for _, prefix := range prefixes {
		if strings.HasPrefix(p.Args[0], prefix) {
			return true
		}
	}
	return false
}

// runner reports whether a process only runs others, and waits: a signal to it leaves the server, or its children, behind.
func (p Process) runner() bool {
	switch {
	case p.is("npm", "npx", "npm-cli", "npx-cli", "pnpm", "yarn", "corepack", "make", "gmake", "just", "task", "rake", "turbo", "nx", "lerna", "concurrently",
		"foreman", "honcho", "overmind", "hivemind", "mprocs", "poetry", "pipenv", "uv", "pdm", "hatch", "tox", "bundle", "direnv",
		"dotenv", "cross-env", "env", "timeout", "time", "strace", "sudo", "doas", "su", "runuser", "nice", "stdbuf", "next", "tini", "dumb-init"):
		return true
	case p.is("go", "cargo", "dotnet", "deno", "bun"):
		return p.has("run", "dev", "task")
	}
	return p.titled("npm ", "yarn ", "pnpm ")
}

// shell reports whether a process is a shell.
func (p Process) shell() bool {
	return p.is("sh", "bash", "zsh", "fish", "dash", "ksh", "ash", "busybox", "tcsh", "csh", "nu", "pwsh", "powershell", "cmd", "xonsh")
}

// interactive reports whether a shell reads what somebody types.
func (p Process) interactive() bool {
	if !p.shell() {
		return false
	}

	for i, arg := range p.Args {
		isScript := !strings.HasPrefix(arg, "-")
		takesText := strings.HasSuffix(arg, "c") && !strings.HasPrefix(arg, "--") // -c, -lc
		if i > 0 && (isScript || takesText) {
			return false
		}
	}
	return true
}

// loop reports whether a shell runs a text that may start a program again and again: a loop, or a script that nobody here reads.
func (p Process) loop() bool {
	if !p.shell() || p.interactive() {
		return false
	}
	if p.script() != "" {
		return true
	}
	text := strings.Join(p.Args, " ")
	return strings.Contains(text, "while ") || strings.Contains(text, "until ") || strings.Contains(text, "for ")
}

// multiplexer is what people call the terminal multiplexer that a process is, "" for none.
func (p Process) multiplexer() string {
	switch {
	case p.titled("tmux") || strings.HasPrefix(p.Name, "tmux"):
		return "tmux"
	case p.is("screen", "SCREEN"):
		return "screen"
	case p.is("zellij", "dtach", "abduco", "mosh-server"):
		return p.Name
	}
	return ""
}

// editors and agents are programs in which people, or models, start servers.
var (
	editors = map[string]string{
		"code": "VS Code", "code-server": "code-server", "codium": "VSCodium", "cursor": "Cursor", "windsurf": "Windsurf", "zed": "Zed", "zed-editor": "Zed",
		"idea": "IntelliJ IDEA", "pycharm": "PyCharm", "webstorm": "WebStorm", "goland": "GoLand", "phpstorm": "PhpStorm", "rubymine": "RubyMine",
		"rider": "Rider", "clion": "CLion", "nvim": "Neovim", "vim": "Vim", "emacs": "Emacs", "hx": "Helix", "subl": "Sublime Text",
	}
	agents = map[string]string{
		"claude": "Claude Code", "codex": "Codex", "gemini": "Gemini CLI", "cursor-agent": "Cursor's agent", "aider": "aider", "opencode": "opencode",
		"goose": "goose", "copilot": "Copilot", "Runner.Worker": "a job of GitHub Actions", "gitlab-runner": "a job of GitLab",
	}
	// agentVariables are what an agent leaves in the environment of what it starts.
	agentVariables = []struct{ name, of string }{
		{"CLAUDECODE", "Claude Code"}, {"CODEX_SANDBOX", "Codex"}, {"CURSOR_AGENT", "Cursor's agent"}, {"GEMINI_CLI", "Gemini CLI"},
		{"GITHUB_ACTIONS", "a job of GitHub Actions"},
	}
)

// worked reports whether somebody works in a process: an interactive shell, a multiplexer, an editor, an agent.
func (p Process) worked() bool {
	return p.interactive() || p.multiplexer() != "" || p.called(editors) != "" || p.called(agents) != ""
}

// called is what people call one of the programs in a list that the process is, "" for none.
func (p Process) called(list map[string]string) string {
	for _, name := range p.programs() {
		if said := list[name]; said != "" {
			return said
		}
	}
	return ""
}

// spared reports whether a process is never to be ended for a port: too much hangs on it, or somebody works in it.
func (p Process) spared() bool {
	if p.PID <= 1 || p.worked() || p.god() {
		return true
	}

	return strings.HasPrefix(p.Name, "containerd-shim") ||
		p.is("systemd", "init", "sshd", "cron", "crond", "atd", "dockerd", "containerd", "containerd-shim-runc-v2", "podman", "conmon", "launchd",
			"login", "Xorg", "gnome-shell", "gnome-terminal-server", "konsole", "dbus-daemon", "NetworkManager", "systemd-socket-activate",
			"System", "svchost", "services", "wininit", "winlogon", "lsass", "csrss", "explorer", "conhost", "OpenConsole", "WindowsTerminal")
}

// god reports whether a process is the daemon of PM2.
func (p Process) god() bool {
	return p.titled("PM2 v") && strings.Contains(p.Args[0], "God Daemon")
}
