package keeper

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The parents of a chain, as their systems show them.
var (
	zsh     = Process{PID: 500, Name: "zsh", Args: []string{"-zsh"}}
	sh      = Process{PID: 601, Name: "sh", Args: []string{"sh", "-c", "node srv.js"}}
	npm     = Process{PID: 600, Name: "npm run dev", Args: []string{"npm run dev"}}
	god     = Process{PID: 700, Name: "PM2 v7.0.4: God", Args: []string{"PM2 v7.0.4: God Daemon (/home/anna/.pm2)"}}
	superv  = Process{PID: 701, Name: "supervisord", Args: []string{"/usr/bin/python3", "/usr/bin/supervisord", "-c", "/etc/supervisord.conf"}}
	runsv   = Process{PID: 702, Name: "runsv", Args: []string{"runsv", "web"}, Dir: "/srv/sv/web"}
	nodemon = Process{PID: 703, Name: "node", Args: []string{"node", "/srv/node_modules/.bin/nodemon", "srv.js"}}
	tmux    = Process{PID: 704, Name: "tmux: server", Args: []string{"tmux", "new", "-d"}}
	crond   = Process{PID: 705, Name: "cron", Args: []string{"/usr/sbin/cron", "-f"}}
	code    = Process{PID: 706, Name: "code", Args: []string{"/usr/share/code/code", "--type=ptyHost"}}
	claude  = Process{PID: 707, Name: "claude", Args: []string{"claude"}}
	loop    = Process{PID: 708, Name: "bash", Args: []string{"bash", "-c", "while :; do node srv.js; done"}}
	shim    = Process{PID: 709, Name: "containerd-shim-runc-v2", Args: []string{"/usr/bin/containerd-shim-runc-v2", "-id", "x"}}
	node    = Process{PID: 4711, Name: "node", Args: []string{"node", "srv.js"}}

	windowsNode = Process{PID: 4711, Name: "node.exe", Args: []string{`C:\Program Files\nodejs\node.exe`, "srv.js"}}
	powershell  = Process{PID: 602, Name: "powershell.exe", Args: []string{`C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`}}
)

// TestOf lays out chains by hand: those that no test can start everywhere, and what is said of what may not be seen.
func TestOf(t *testing.T) {
	for _, c := range []struct {
		name string
		f    Facts
		want string // kind, what is said, how it is stopped
	}{
		{"nothing known", Facts{Self: node}, " |  | "},
		{"plain", Facts{Known: true, Own: true, Self: node, Parents: []Process{zsh}}, " |  | end that process: kill 4711"},
		{"in a terminal", Facts{Known: true, Own: true, Self: node, Parents: []Process{zsh}, Terminal: "pts/3", Foreground: true, Dir: "/srv/shop"},
			" | in the terminal pts/3 | Ctrl-C in the terminal pts/3 in /srv/shop, or end that process: kill 4711"},
		{"in the background", Facts{Known: true, Own: true, Self: node, Parents: []Process{zsh}, Terminal: "pts/3"},
			" | in the background of the terminal pts/3 | end that process: kill 4711"},
		{"another user's", Facts{Known: true, User: "anna", Self: node, Parents: []Process{zsh}}, " |  | end that process, as anna or root"},
		{"with children", Facts{Known: true, Own: true, Self: node, Children: 2}, " |  | stop node where it was started: it has 2 child processes of its own"},
		{"children not shown", Facts{Known: true, Own: true, Self: node, Children: -1}, " |  | stop node where it was started"},
		{"npm", Facts{Known: true, Own: true, Self: node, Parents: []Process{sh, npm, zsh}, Env: map[string]string{"npm_package_name": "shop"}},
			`runner | run by "npm run dev" (pid 600) of package "shop" | end node itself, not npm run dev: kill 4711`},
		{"PM2", Facts{Known: true, Own: true, Self: node, Parents: []Process{god}, Env: map[string]string{"name": "api", "HOME": "/home/anna"}},
			`pm2 | kept alive by PM2 (pid 700) as "api" | stop it with PM2, which starts it again when it ends: pm2 stop api`},
		{"PM2 of another home", Facts{Known: true, Own: true, Self: node, Parents: []Process{god}, Env: map[string]string{"name": "api", "HOME": "/root"}},
			`pm2 | kept alive by PM2 (pid 700) as "api" | stop it with PM2, which starts it again when it ends: PM2_HOME=/home/anna/.pm2 pm2 stop api`},
		{"PM2 of another user", Facts{Known: true, User: "anna", Self: node, Parents: []Process{god}},
			"pm2 | kept alive by PM2 (pid 700) | look for its app, and stop that with `pm2 stop`; do not end PM2: as anna PM2_HOME=/home/anna/.pm2 pm2 list"},
		{"PM2 has it for several", Facts{Known: true, Own: true, Self: god, Apps: []string{"a", "b"}, Env: map[string]string{"HOME": "/home/anna"}},
			"pm2 |  | see which app of PM2 it is, and stop that with `pm2 stop`: pm2 list"},
		{"supervisord", Facts{Known: true, Own: true, Self: node, Parents: []Process{superv},
			Env: map[string]string{"SUPERVISOR_GROUP_NAME": "web", "SUPERVISOR_PROCESS_NAME": "web_00", "SUPERVISOR_SERVER_URL": "unix:///tmp/s.sock"}},
			`supervisor | kept alive by supervisord (pid 701) as "web:web_00" | stop it with supervisord, which starts it again when it ends: supervisorctl -s unix:///tmp/s.sock stop web:web_00`},
		{"supervisord of root", Facts{Known: true, User: "root", Self: node, Parents: []Process{superv}},
			"supervisor | kept alive by supervisord (pid 701) | look for its name, and stop it with `supervisorctl stop`: as root supervisorctl status"},
		{"runit", Facts{Known: true, Own: true, Self: node, Parents: []Process{runsv}},
			`supervisor | kept alive by runit (pid 702) as "web" | stop it with runit, which starts it again when it ends: sv stop /srv/sv/web`},
		{"nodemon by npm", Facts{Known: true, Own: true, Self: node, Parents: []Process{nodemon, sh, npm, zsh}},
			"reloader | started again by \"node nodemon srv.js\" (pid 703) when a file is saved | end its reloader, which starts it again when a file is saved: kill 703"},
		{"a master", Facts{Known: true, Own: true, Self: node, Parents: []Process{{PID: 4710, Name: "node", Args: node.Args}, zsh}},
			"master | part of \"node srv.js\" (pid 4710) | end its first process, which takes the others along: kill 4710"},
		{"a loop", Facts{Known: true, Own: true, Self: node, Parents: []Process{loop}},
			`script | run by "bash -c while :; do node srv.js; done" (pid 708) | end it; if its parent (pid 708) starts it again, end that first: kill 4711`},
		{"cron", Facts{Known: true, Own: true, Self: node, Parents: []Process{sh, crond}},
			"cron | started by cron (pid 705) | end it, and look into the crontab, which starts it again: kill 4711"},
		{"a container's", Facts{Known: true, Own: true, Self: node, Parents: []Process{shim}},
			"container | in a container, behind containerd-shim-runc-v2 (pid 709) | stop its container: `docker ps` or `podman ps` of its engine lists it"},
		{"tmux", Facts{Known: true, Own: true, Self: node, Parents: []Process{zsh, tmux}, Terminal: "pts/3", Foreground: true,
			Env: map[string]string{"TMUX": "/tmp/tmux-1000/default,704,0", "TMUX_PANE": "%2"}},
			"terminal | in tmux (pid 704), pane %2, in the terminal pts/3 | Ctrl-C in the terminal pts/3, or end that process: kill 4711"},
		{"an editor", Facts{Known: true, Own: true, Self: node, Parents: []Process{zsh, code}, Terminal: "pts/3", Foreground: true},
			"terminal | started in VS Code (pid 706), in the terminal pts/3 | Ctrl-C in the terminal pts/3, or end that process: kill 4711"},
		{"an agent", Facts{Known: true, Own: true, Self: node, Parents: []Process{sh, claude}}, "terminal | started by Claude Code (pid 707) | end that process: kill 4711"},
		{"an agent that is gone", Facts{Known: true, Own: true, Self: node, Adopted: true, SessionOver: true, Env: map[string]string{"CLAUDECODE": "1"}},
			"terminal orphan | started by Claude Code, which is gone, its parent is gone: the shell that it was started in has ended | end that process: kill 4711"},
		{"a closed terminal", Facts{Known: true, Own: true, Self: node, Adopted: true, SessionOver: true, TerminalClosed: true},
			" orphan | its parent is gone, and so is the terminal that it was started in | end that process: kill 4711"},
		{"its reloader was killed", Facts{Known: true, Own: true, Self: node, Adopted: true, Env: map[string]string{"RUN_MAIN": "true"}},
			" orphan | its parent is gone: a reloader that was killed | end that process: kill 4711"},
		{"a daemon", Facts{Known: true, Own: true, Self: node, Adopted: true, OwnSession: true}, " | its parent is gone: a daemon, or started with setsid | end that process: kill 4711"},
		{"left behind", Facts{Known: true, Own: true, Self: node, Adopted: true, Leader: Process{PID: 300, Name: "bash", Args: []string{"bash", "ci.sh"}}},
			` | its parent is gone; left behind by "bash ci.sh" (pid 300), which still runs | end that process: kill 4711`},
		{"a console of Windows", Facts{Known: true, Windows: true, Own: true, Self: node, Parents: []Process{powershell}},
			" |  | Ctrl-C in its window, or end that process: taskkill /F /PID 4711"},
		{"alone on Windows", Facts{Known: true, Windows: true, Own: true, Self: node}, " |  | end that process: taskkill /F /PID 4711"},
		{"npm on Windows", Facts{Known: true, Windows: true, Own: true, Self: windowsNode, Parents: []Process{{PID: 601, Name: "cmd.exe", Args: []string{`C:\Windows\system32\cmd.exe`, "/d", "/s", "/c", "node srv.js"}},
			{PID: 600, Name: "node.exe", Args: []string{`C:\Program Files\nodejs\node.exe`, `C:\Program Files\nodejs\npm-cli.js`, "run", "dev"}}, powershell}},
			`runner | run by "node npm-cli.js run dev" (pid 600) | end node.exe itself, not npm-cli: taskkill /F /PID 4711`},
		{"nodemon on Windows", Facts{Known: true, Windows: true, Own: true, Self: windowsNode, Parents: []Process{
			{PID: 603, Name: "node.exe", Args: []string{`C:\Program Files\nodejs\node.exe`, `C:\srv\nodemon.js`, "srv.js"}}}},
			`reloader | started again by "node nodemon.js srv.js" (pid 603) when a file is saved | end its reloader, which starts it again when a file is saved: taskkill /F /T /PID 603`},
		{"another user's on Windows", Facts{Known: true, Windows: true, User: `SHOP\anna`, Self: node}, " |  | end that process, as an administrator"},
		{"a service of Windows", Facts{Known: true, Windows: true, Self: node, Services: []string{"postgresql-x64-16"}},
			`service | a service of Windows as "postgresql-x64-16" | stop that service, as an administrator: net stop postgresql-x64-16`},
		{"a process of several services", Facts{Known: true, Windows: true, Self: node, Services: []string{"Dhcp", "Dnscache"}},
			`service | a service of Windows as "Dhcp, Dnscache" | stop the service that has the port in services.msc`},
		{"a job of launchd", Facts{Known: true, Own: true, Self: node, Job: "com.example.api"},
			`service | a service of launchd as "com.example.api" | take that job from launchd, which starts it again: launchctl remove com.example.api`},
		{"a part of macOS", Facts{Known: true, Own: true, Self: node, Job: "com.apple.rapportd"},
			`service | a service of launchd as "com.apple.rapportd" | look for what it is in System Settings: it belongs to macOS, which starts it again`},
		{"a service of Homebrew", Facts{Known: true, Own: true, Self: node, Job: "homebrew.mxcl.postgresql@16"},
			`service | a service of launchd as "homebrew.mxcl.postgresql@16" | stop it with Homebrew, as launchd starts it again: brew services stop postgresql@16`},
		{"a shell", Facts{Known: true, Own: true, Self: zsh}, "spared |  | zsh was given the socket by what started it; leave that shell to free the port"},
		{"sshd", Facts{Known: true, Own: true, Self: Process{PID: 9, Name: "sshd", Args: []string{"sshd: anna"}}},
			"spared |  | end the forward where somebody logged in from: this is sshd, which serves that login"},
	} {
		k := Of(c.f)
		kind := string(k.Kind)
		if k.Orphan {
			kind = strings.TrimSpace(kind + " orphan")
			if k.Kind == "" {
				kind = " orphan"
			}
		}
		stop := k.Stop.Title
		if len(k.Stop.Command) > 0 {
			words := slices.Clone(k.Stop.Command)
			for _, set := range k.Stop.Env {
				words = append([]string{set[0] + "=" + set[1]}, words...)
			}
			if k.Stop.As != "" {
				words = append([]string{"as", k.Stop.As}, words...)
			}
			stop += ": " + strings.Join(words, " ")
		}
		if got := kind + " | " + strings.Join(k.Says, ", ") + " | " + stop; got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestNeverEnded: on these hangs more than a port, as parents and as holders.
func TestNeverEnded(t *testing.T) {
	for _, p := range []Process{zsh, tmux, god, crond, code, claude, shim,
		{PID: 1, Name: "init"}, {PID: 80, Name: "systemd", Args: []string{"/lib/systemd/systemd", "--user"}}, {PID: 81, Name: "dockerd"},
		{PID: 82, Name: "sshd", Args: []string{"sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups"}}, {PID: 83, Name: "bash", Args: []string{"bash"}}} {
		for _, f := range []Facts{{Known: true, Own: true, Self: p}, {Known: true, Own: true, Self: node, Parents: []Process{p}}} {
			if k := Of(f); slices.Contains(k.Stop.Command, "kill") && slices.Contains(k.Stop.Command, strconv.Itoa(p.PID)) {
				t.Errorf("%s: %v", p.Name, k.Stop)
			}
		}
	}
}
