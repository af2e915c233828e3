package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// way is one way in which a process comes to hold a port, and what who says of it.
type way struct {
	name   string
	needs  []string // programs, without which it is left out by name
	module string   // of Python, as well
	root   bool     // it needs root
	// start makes something hold the port, in the directory of the way. Its shell text is given {at}, the address with its protocol as
	// listener takes it, and {port}.
	start func(*started)
	shell string   // instead of start: run by sh in a session of its own, whose leader goes on until the test ends
	says  []string // regular expressions, of which each has to match what who prints; {dir}, {port} and {user} stand for themselves
	not   []string // that must not match
}

// started is one way under way.
type started struct {
	*testing.T
	dir  string
	port int
	mark string   // in the environment of everything that was started
	vars []string // there as well
}

const (
	kill      = `(?:[^\n]*\n {11})?kill \d+\n`
	noCommand = `\n {11}`
)

// ways are how programs come to hold ports: each is really started, and the answer is who's. Of those of another machine's kind (a
// service manager, an editor) the tests of package keeper know the chains.
var ways = []way{
	{name: "a plain child", start: func(s *started) { s.run("listener", "{at}") },
		says: []string{`held by: listener \(pid \d+, {user}, since 20`, `\n  in {dir}\n`, `free it: ` + kill}},
	{name: "a child of a shell", shell: `listener {at}; true`, says: []string{`\n  parents?: sh \(\d+\)`, kill}},
	{name: "a job of a shell", shell: `listener {at} & wait`, says: []string{`\n  parents?: sh \(\d+\)`, kill}},
	{name: "a pipeline", shell: `listener {at} | cat`, says: []string{`held by: listener `, `\n  parents?: sh \(\d+\)`, kill}},
	{name: "a loop of a shell", shell: `while :; do listener {at}; done`,
		says: []string{`run by "sh -c while :; do listener 127`, `free it: end it; if its parent \(pid \d+\) starts it again, end that first` + kill}},
	{name: "a script", start: func(s *started) {
		s.write("run.sh", "#!/bin/sh\nlistener {at}\ntrue\n")
		s.shell("sh run.sh; true")
	}, says: []string{`run by "sh run.sh"`, `if its parent`, kill}},
	{name: "nohup", shell: `nohup listener {at} >/dev/null 2>&1; true`, says: []string{`held by: listener `, kill}},
	{name: "nohup of a shell that ended", start: func(s *started) { s.session(`nohup listener {at} >/dev/null 2>&1 &`) },
		says: []string{`its parent is gone: started with nohup, in a shell that has ended`, kill}},
	{name: "setsid", start: func(s *started) { s.session(`setsid listener {at} &`) },
		says: []string{`its parent is gone: a daemon, or started with setsid`, kill}},
	{name: "a job of a shell that ended", start: func(s *started) { s.session(`listener {at} &`) },
		says: []string{`its parent is gone: the shell that it was started in has ended`, kill}},
	{name: "a double fork", start: func(s *started) {
		s.session(`(cd / && (listener {at} &) ) &`)
		s.until(func() bool { return len(s.pids("")) == 1 && len(s.pids("listener")) == 1 }) // the shells between have ended
	},
		says: []string{`\n  in /\n`, `its parent is gone: the shell that it was started in has ended`, kill}},
	{name: "left behind in a session that goes on", start: func(s *started) {
		s.shell(`sh -c 'listener {at} &'; touch left; sleep 120`)
		s.until(func() bool { return isFile(filepath.Join(s.dir, "left")) })
	},
		says: []string{`its parent is gone; left behind by "sh -c sh -c 'listener .*" \(pid \d+\), which still runs`, kill}},
	{name: "a removed directory", shell: `mkdir gone; cd gone; rmdir ../gone; listener {at}; true`, says: []string{`\n  in {dir}/gone, which was removed\n`, kill}},
	{name: "in front of a terminal", start: func(s *started) { s.typed("listener {at}\n") },
		says: []string{`\n  parents?: bash \(\d+\)`, `in the terminal pts/\d+\n`, `free it: Ctrl-C in the terminal pts/\d+ in {dir}, or end that process` + kill}},
	{name: "behind in a terminal", start: func(s *started) { s.typed("listener {at} &\n") },
		says: []string{`in the background of the terminal pts/\d+\n`, `free it: ` + kill}},
	{name: "a terminal that was closed", start: func(s *started) { s.typed("listener {at} & disown\nexit\n").Close() },
		says: []string{`its parent is gone, and so is the terminal that it was started in`, kill}},
	{name: "a terminal of script", needs: []string{"script"}, shell: `script -qec 'listener {at}' /dev/null`,
		says: []string{`in the terminal pts/\d+\n`, `Ctrl-C in the terminal`, kill}},
	{name: "tmux, as its command", needs: []string{"tmux"}, start: func(s *started) {
		s.tmux("listener {at}")
	}, says: []string{`\n  parents?: .*tmux: server \(\d+\)`, `in tmux \(pid \d+\), pane %0, in the terminal pts/\d+`, `free it: Ctrl-C in the terminal pts/\d+ in {dir}`, kill}},
	{name: "tmux, typed into a shell", needs: []string{"tmux"}, start: func(s *started) {
		s.tmux("bash --norc")
		s.output("tmux", "-S", s.dir+"/tmux", "send-keys", s.fill("listener {at}"), "Enter")
	}, says: []string{`\n  parents: bash \(\d+\), tmux: server \(\d+\)`, `in tmux \(pid \d+\), pane %0`, kill}},
	{name: "screen", needs: []string{"screen"}, start: func(s *started) {
		s.env("SCREENDIR=" + s.private("screens"))
		s.shell("screen -dmS plway listener {at}")
	}, says: []string{`in screen \(pid \d+\), session \d+\.plway, in the terminal pts/\d+`, kill}},
	{name: "sudo", needs: []string{"sudo"}, root: true, shell: `sudo -u nobody -E PATH="$PATH" python3 -m http.server {port} --bind 127.0.0.1`,
		says: []string{`, nobody, since`, `run by "sudo `, `free it: end python3.* itself, not sudo, as nobody or root\n`}, not: []string{kill}},
	{name: "timeout", shell: `timeout 100 listener {at}; true`, says: []string{`run by "timeout 100 listener`, `free it: end listener itself, not timeout` + kill}},
	{name: "make", needs: []string{"make"}, start: func(s *started) {
		s.write("Makefile", "serve:\n\tlistener {at}; true\n")
		s.shell("make serve; true")
	}, says: []string{`run by "make serve" \(pid \d+\)`, `free it: end listener itself, not make` + kill}},
	{name: "a linked worktree", needs: []string{"git"}, start: func(s *started) {
		s.output("git", "-c", "init.defaultBranch=main", "init", "-q", "one")
		s.output("git", "-C", "one", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "x")
		s.output("git", "-C", "one", "worktree", "add", "-q", "-b", "feat/x", "../two")
		s.shell("mkdir two/api; cd two/api; listener {at}; true")
	}, says: []string{`\n  in {dir}/two/api, of the worktree {dir}/two on feat/x\n`}},
	{name: "http.server of Python", needs: []string{"python3"}, shell: `python3 -m http.server {port} --bind 127.0.0.1; true`,
		says: []string{`held by: python3.*http.server {port}`, kill}},
	{name: "multiprocessing of Python", needs: []string{"python3"}, start: func(s *started) {
		s.write("m.py", "import multiprocessing as m, socket, time\ns = socket.create_server(('127.0.0.1', {port}))\n"+
			"if __name__ == '__main__':\n    m.set_start_method('fork')\n    m.Process(target=time.sleep, args=(100,)).start()\n    open('up', 'w')\n    time.sleep(100)\n")
		s.shell("exec python3 m.py")
		s.until(func() bool { return isFile(filepath.Join(s.dir, "up")) })
	}, says: []string{`free it: stop python3.* where it was started: it has 1 child process of its own\n`}, not: []string{kill}},
	{name: "a socket that a child inherited", needs: []string{"python3"}, start: func(s *started) {
		s.write("i.py", "import socket, subprocess\ns = socket.create_server(('127.0.0.1', {port}))\nsubprocess.Popen(['sleep', '100'], pass_fds=[s.fileno()])\n")
		s.session("python3 i.py")
	}, says: []string{`held by: sleep \(pid \d+`, `its parent is gone`, kill}},
	{name: "a socket that was passed on", needs: []string{"python3"}, start: func(s *started) {
		s.write("p.py", "import os, socket, time\na, b = socket.socketpair()\nif os.fork():\n    s = socket.create_server(('127.0.0.1', {port}))\n"+
			"    socket.send_fds(a, [b'x'], [s.fileno()])\n    os._exit(0)\nfd = socket.recv_fds(b, 1, 1)[1]\nopen('got', 'w')\ntime.sleep(100)\n")
		s.session("python3 p.py")
		s.until(func() bool { return isFile(filepath.Join(s.dir, "got")) })
	}, says: []string{`held by: python3`, `its parent is gone`, kill}},
	{name: "two sockets with SO_REUSEPORT", needs: []string{"python3"}, start: func(s *started) {
		s.write("r.py", "import socket, time\ns = socket.create_server(('127.0.0.1', {port}), reuse_port=True)\ntime.sleep(100)\n")
		s.shell("python3 r.py & python3 r.py; true")
		s.until(func() bool { return len(s.pids("r.py")) == 3 && s.sockets() == 2 })
	}, says: []string{`(?s)(held by: python3.*){2}`, `(?s)(kill \d+.*){2}`}},
	{name: "bound, and not listening", needs: []string{"python3"}, start: func(s *started) {
		s.write("b.py", "import socket, time\ns = socket.socket()\ns.bind(('127.0.0.1', {port}))\nopen('bound', 'w')\ntime.sleep(100)\n")
		s.shell("exec python3 b.py")
		s.until(func() bool { return isFile(filepath.Join(s.dir, "bound")) })
	}, says: []string{`which has bound it but does not listen`, kill}},
	{name: "socat", needs: []string{"socat"}, shell: `socat TCP-LISTEN:{port},bind=127.0.0.1,fork TCP:127.0.0.1:9; true`, says: []string{`held by: socat .*TCP-LISTEN`, kill}},
	{name: "ncat", needs: []string{"ncat"}, shell: `ncat -lk 127.0.0.1 {port}; true`, says: []string{`held by: ncat`, kill}},
	{name: "systemd-socket-activate", needs: []string{"systemd-socket-activate"}, shell: `systemd-socket-activate -l 127.0.0.1:{port} cat; true`,
		says: []string{`it holds the port for a program that runs on demand`}, not: []string{kill}},
	{name: "nginx", needs: []string{"nginx"}, start: func(s *started) {
		s.write("n.conf", "pid {dir}/pid; error_log stderr; events {} http { access_log off; server { listen 127.0.0.1:{port}; } }\n")
		s.session("nginx -p . -c {dir}/n.conf")                             // ends when the daemon was made
		s.until(func() bool { return isFile(filepath.Join(s.dir, "pid")) }) // nginx keeps no environment, and so no mark
		pid, _ := strconv.Atoi(strings.TrimSpace(s.output("cat", "pid")))
		s.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGTERM) })
		s.until(func() bool {
			line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
			return bytes.HasPrefix(line, []byte("nginx: "))
		})
	}, says: []string{`held by: nginx .*master process`, `its parent is gone: a daemon`, kill}},
	{name: "gunicorn with workers", needs: []string{"gunicorn"}, start: func(s *started) {
		s.write("app.py", "def app(e, r):\n    r('200 OK', [])\n    return []\n")
		s.shell("exec gunicorn -w 2 -b 127.0.0.1:{port} app:app")
		s.until(func() bool { return len(s.pids("gunicorn")) == 3 })
	}, says: []string{`held by: gunicorn`, `free it: ` + kill}},
	{name: "uvicorn that reloads", needs: []string{"uvicorn"}, start: func(s *started) {
		s.write("app.py", "async def app(scope, receive, send): pass\n")
		s.shell("exec uvicorn --reload --port {port} app:app")
	}, says: []string{`held by: uvicorn`, `free it: ` + kill}},
	{name: "Flask with --debug", needs: []string{"/usr/bin/python3"}, module: "flask", start: func(s *started) {
		s.write("app.py", "from flask import Flask\napp = Flask(__name__)\n")
		s.shell("exec /usr/bin/python3 -m flask --debug run -p {port}")
		s.until(func() bool { return len(s.pids("flask")) == 2 })
	}, says: []string{`held by: python3 .*flask`, `free it: ` + kill}},
	{name: "runserver of Django", needs: []string{"/usr/bin/python3"}, module: "django", start: func(s *started) {
		s.write("manage.py", "import sys\nfrom django.conf import settings\nsettings.configure(DEBUG=True, ROOT_URLCONF=__name__, SECRET_KEY='x', ALLOWED_HOSTS=['*'])\n"+
			"urlpatterns = []\nif __name__ == '__main__':\n    from django.core.management import execute_from_command_line\n    execute_from_command_line(sys.argv)\n")
		s.shell("exec /usr/bin/python3 manage.py runserver {port}")
	}, says: []string{`started again by "python3 manage.py runserver[^"]*" \(pid \d+\) when a file is saved`, `free it: end its reloader` + kill}},
	{name: "node --watch", needs: []string{"node"}, start: func(s *started) {
		s.write("srv.js", "require('net').createServer().listen({port}, '127.0.0.1')\n")
		s.shell("node --watch srv.js; true")
	}, says: []string{`started again by "node --watch srv.js" \(pid \d+\) when a file is saved`, `free it: end its reloader` + kill}},
	{name: "npm run", needs: []string{"npm"}, start: func(s *started) {
		s.write("srv.js", "require('net').createServer().listen({port}, '127.0.0.1')\n")
		s.write("package.json", `{"name": "shop", "scripts": {"dev": "node srv.js"}}`)
		s.shell("npm run dev; true")
	}, says: []string{`run by "npm run dev" \(pid \d+\) of package "shop"`, `free it: end .* itself, not npm run dev` + kill}},
	{name: "nodemon", needs: []string{"nodemon"}, start: func(s *started) {
		s.write("srv.js", "require('net').createServer().listen({port}, '127.0.0.1')\n")
		s.shell("nodemon srv.js </dev/null; true")
	}, says: []string{`started again by "node nodemon srv.js" \(pid \d+\) when a file is saved`, `free it: end its reloader` + kill}},
	{name: "PM2", needs: []string{"pm2"}, start: func(s *started) { s.pm2("srv.js", "--name", "api") },
		says: []string{`kept alive by PM2 \(pid \d+\) as "api"`, `\n {11}PM2_HOME={dir}/pm2 pm2 stop api\n`}, not: []string{kill}},
	{name: "PM2 in cluster mode", needs: []string{"pm2"}, start: func(s *started) { s.pm2("srv.js", "--name", "web", "-i", "2") },
		says: []string{`held by: PM2 \(pid`, `\n {11}PM2_HOME={dir}/pm2 pm2 stop web\n`}, not: []string{kill}},
	{name: "supervisord", needs: []string{"supervisord"}, start: func(s *started) {
		s.write("s.conf", "[supervisord]\nlogfile=/dev/null\nlogfile_maxbytes=0\npidfile={dir}/pid\n[unix_http_server]\nfile={dir}/sock\n"+
			"[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n[program:web]\ncommand=listener {at}\n")
		s.shell("supervisord -n -c s.conf; true")
	}, says: []string{`kept alive by supervisord \(pid \d+\) as "web"`, `\n {11}supervisorctl -s unix://{dir}/sock stop web\n`}, not: []string{kill}},
	{name: "runit", needs: []string{"runsv"}, start: func(s *started) {
		s.write("web/run", "#!/bin/sh\nexec listener {at}\n")
		s.shell("runsv web; true")
	}, says: []string{`kept alive by runit \(pid \d+\) as "web"`, `\n {11}sv stop {dir}/web\n`}, not: []string{kill}},
	{name: "s6", needs: []string{"s6-supervise"}, start: func(s *started) {
		s.write("web/run", "#!/bin/sh\nexec listener {at}\n")
		s.shell("s6-supervise web; true")
	}, says: []string{`kept alive by s6 \(pid \d+\) as "web"`, `\n {11}s6-svc -d {dir}/web\n`}, not: []string{kill}},
	{name: "a unit of the system", root: true, start: func(s *started) { s.inCgroup("system.slice/plweb.service") },
		says: []string{`plweb.service`, `free it: sudo systemctl stop plweb.service\n`}, not: []string{kill}},
	{name: "a unit of a user", root: true, start: func(s *started) {
		s.inCgroup("user.slice/user-0.slice/user@0.service/app.slice/plweb.service")
	}, says: []string{`free it: systemctl --user stop plweb.service\n`}, not: []string{kill}},
	{name: "a login", root: true, start: func(s *started) { s.inCgroup("user.slice/user-0.slice/session-3.scope") },
		says: []string{`session-3.scope`, `free it: ` + kill}},
	{name: "another user's", root: true, needs: []string{"python3"}, start: func(s *started) {
		s.as(65534, "/usr/bin/python3", "-m", "http.server", "{port}", "--bind", "127.0.0.1")
	}, says: []string{`, nobody, since`, `free it: end that process, as nobody or root\n`}, not: []string{noCommand}},
	{name: "a network namespace", root: true, needs: []string{"unshare", "ip"}, start: func(s *started) {
		s.shell("unshare -n sh -c 'ip link set lo up; touch up; listener {at}; true'")
		s.until(func() bool { return isFile(filepath.Join(s.dir, "up")) && len(s.pids("listener")) > 0 })
	}, says: []string{`^{port}/tcp is free\n`}},
}

// TestWhoWays starts programs in many ways and asks who has their ports.
func TestWhoWays(t *testing.T) {
	hangups := make(chan os.Signal, 1) // whoever runs the tests may ignore them (nohup), and a process ignores what its parent did
	signal.Notify(hangups, syscall.SIGHUP)
	t.Cleanup(func() { signal.Stop(hangups) })

	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			w.skip(t)
			s := begin(t)
			if w.start == nil {
				s.shell(w.shell)
			} else {
				w.start(s)
			}
			s.ask(w)
		})
	}
}

// skip leaves a way out whose programs are not here.
func (w way) skip(t *testing.T) {
	t.Helper()
	if w.root && os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	for _, program := range w.needs {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("needs %s", program)
		}
	}
	if w.module != "" && exec.Command(w.needs[0], "-c", "import "+w.module).Run() != nil {
		t.Skipf("needs the Python module %s", w.module)
	}
}

func begin(t *testing.T) *started {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil { // another user runs here, too
		t.Fatal(err)
	}
	s := &started{T: t, dir: dir, port: unusedPorts(1)[0], mark: "PORTLINT_WAY=" + dir}
	t.Cleanup(s.end)
	return s
}

// end ends everything that was started here, as its environment tells, until nothing is left: supervisors start things again.
func (s *started) end() {
	s.until(func() bool {
		pids := s.pids("")
		for _, pid := range pids {
			_ = syscall.Kill(pid, syscall.SIGKILL) // it may be gone
		}
		return len(pids) == 0
	})
}

// pids are the processes that were started here and have a word in their command line.
func (s *started) pids(word string) []int {
	var found []int
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		env, err := os.ReadFile(dir + "/environ")
		marked := err == nil && slices.Contains(strings.Split(string(env), "\x00"), s.mark)
		line, _ := os.ReadFile(dir + "/cmdline")
		pid, _ := strconv.Atoi(filepath.Base(dir))
		if marked && pid > 1 && bytes.Contains(line, []byte(word)) {
			found = append(found, pid)
		}
	}
	return found
}

// sockets counts the listening sockets of the port.
func (s *started) sockets() int {
	table, _ := os.ReadFile("/proc/net/tcp")
	return len(regexp.MustCompile(fmt.Sprintf(`(?m):%04X 00000000:0000 0A `, s.port)).FindAll(table, -1))
}

// until waits for something that other processes do.
func (s *started) until(done func() bool) {
	s.Helper()
	for limit := time.Now().Add(30 * time.Second); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(limit) {
			s.Fatal("waited in vain")
		}
	}
}

// fill writes what stands for itself in texts of a way.
func (s *started) fill(text string) string {
	at := fmt.Sprintf("127.0.0.1:%d/tcp", s.port)
	return strings.NewReplacer("{at}", at, "{port}", strconv.Itoa(s.port), "{dir}", s.dir).Replace(text)
}

func (s *started) write(name, text string) {
	s.Helper()
	file := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		s.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(s.fill(text)), 0o755); err != nil {
		s.Fatal(err)
	}
}

// private is a directory that is this user's alone.
func (s *started) private(name string) string {
	dir := filepath.Join(s.dir, name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		s.Fatal(err)
	}
	return dir
}

// env sets a variable for what is started from here on.
func (s *started) env(pair string) { s.vars = append(s.vars, pair) }

func (s *started) command(args ...string) *exec.Cmd {
	for i, arg := range args {
		args[i] = s.fill(arg)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = s.dir
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); !slices.Contains([]string{"TMUX", "TMUX_PANE", "STY", "CLAUDECODE", "PM2_HOME"}, name) {
			cmd.Env = append(cmd.Env, pair)
		}
	}
	cmd.Env = append(append(cmd.Env, s.mark), s.vars...)
	return cmd
}

func (s *started) launch(cmd *exec.Cmd) {
	s.Helper()
	if err := cmd.Start(); err != nil {
		s.Fatal(err)
	}
	go func() { _ = cmd.Wait() }()
}

func (s *started) run(args ...string) { s.launch(s.command(args...)) }

// shell runs a text in a shell that leads a session, without a terminal.
func (s *started) shell(text string) {
	cmd := s.command("sh", "-c", text)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	s.launch(cmd)
}

// session runs a text in a shell that leads a session and ends.
func (s *started) session(text string) {
	s.Helper()
	cmd := s.command("sh", "-c", text)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Run(); err != nil {
		s.Fatal(err)
	}
}

func (s *started) output(args ...string) string {
	s.Helper()
	out, err := s.command(args...).CombinedOutput()
	if err != nil {
		s.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

// typed types a text into an interactive shell of a terminal.
func (s *started) typed(text string) *os.File {
	s.Helper()
	cmd := s.command("bash", "--norc", "--noprofile", "-i")
	terminal, err := pty.Start(cmd)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { _ = terminal.Close() })
	if _, err := terminal.WriteString(s.fill(text)); err != nil {
		s.Fatal(err)
	}
	if strings.Contains(text, "exit") {
		_ = cmd.Wait() // its status is of no matter
	} else {
		go func() { _ = cmd.Wait() }()
	}
	return terminal
}

func (s *started) tmux(command string) {
	s.Helper()
	s.output("tmux", "-f", "/dev/null", "-S", s.dir+"/tmux", "new-session", "-d", "-c", s.dir, command)
}

// pm2 starts a server of Node with a PM2 of its own.
func (s *started) pm2(args ...string) {
	s.Helper()
	s.write("srv.js", "require('net').createServer().listen({port}, '127.0.0.1')\n")
	s.env("PM2_HOME=" + filepath.Join(s.dir, "pm2"))
	s.output(append([]string{"pm2", "start"}, args...)...)
}

// as runs a program as another user.
func (s *started) as(uid uint32, args ...string) {
	cmd := s.command(args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	cmd.Dir = "/"
	s.launch(cmd)
}

// inCgroup runs the listener in a cgroup that is called like one of systemd.
func (s *started) inCgroup(path string) {
	s.Helper()
	root := "/sys/fs/cgroup/systemd"
	if _, err := os.Stat(root); err != nil {
		root = "/sys/fs/cgroup"
	}
	dir := filepath.Join(root, fmt.Sprintf("portlint-%d-%d", os.Getpid(), s.port), path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		s.Skipf("needs a cgroup: %v", err)
	}
	s.Cleanup(func() {
		s.end()
		for d := dir; d != root; d = filepath.Dir(d) {
			_ = os.Remove(d) // of the kernel's: a directory with a cgroup's files goes as a whole
		}
	})
	s.shell("echo $$ >" + dir + "/cgroup.procs && exec listener {at}")
}

// ask asks who has the port, once somebody has.
func (s *started) ask(w way) {
	s.Helper()
	free := slices.ContainsFunc(w.says, func(e string) bool { return strings.Contains(e, "is free") })
	s.until(func() bool {
		l, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", s.port))
		if err == nil {
			_ = l.Close()
		}
		return err != nil || free
	})

	said := portlint(s.T, s.TempDir(), "who", fmt.Sprintf("%d/tcp", s.port)).stdout
	user := "root"
	if os.Geteuid() != 0 {
		user = `\S+`
	}
	names := strings.NewReplacer("{dir}", regexp.QuoteMeta(s.dir), "{port}", strconv.Itoa(s.port), "{user}", user)
	for _, want := range w.says {
		if !regexp.MustCompile(names.Replace(want)).MatchString(said) {
			s.Errorf("no %s in\n%s", want, said)
		}
	}
	for _, bad := range w.not {
		if regexp.MustCompile(names.Replace(bad)).MatchString(said) {
			s.Errorf("%s in\n%s", bad, said)
		}
	}
}
