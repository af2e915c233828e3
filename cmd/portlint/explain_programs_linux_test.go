package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/portlint/portlint/compose/testdir"
	"github.com/portlint/portlint/lint/refusal"
)

// refused is a program that is started on a port which is held, and what its own words are taken for.
type refused struct {
	name   string
	needs  []string // programs, without which it is left out by name
	module string   // of the first one, a Python, as well
	files  map[string]string
	shell  string // run by sh in a directory of its own; {port} is the held one, at 127.0.0.1, and {dir} the directory
	want   string // whose words, the address, "port" or "none", the protocol
}

const (
	djangoSite = "import sys\nfrom django.conf import settings\nsettings.configure(DEBUG=True, ROOT_URLCONF=__name__, SECRET_KEY='x')\nurlpatterns = []\n" +
		"if __name__ == '__main__':\n    from django.core.management import execute_from_command_line\n    execute_from_command_line(sys.argv)\n"
	wsgiApp   = "def app(e, r):\n    r('200 OK', [])\n    return []\n"
	debianPy  = "/usr/bin/python3"
	nodeServe = "require('http').createServer().listen({port}, '127.0.0.1')\n"
)

// refusedPrograms are run for real: what they print is theirs.
var refusedPrograms = []refused{
	{name: "http.server of Python", needs: []string{"python3"}, shell: "echo '$ python3 -m http.server {port}'; python3 -m http.server {port} --bind 127.0.0.1", want: "Python - port"},
	{name: "socketserver of Python", needs: []string{"python3"}, shell: `python3 -c "import socketserver; socketserver.TCPServer(('127.0.0.1', {port}), None)"`, want: "Python - none"},
	{name: "asyncio of Python", needs: []string{"python3"}, shell: `python3 -c "import asyncio; asyncio.run(asyncio.start_server(print, '127.0.0.1', {port}))"`, want: "Python 127.0.0.1 port tcp"},
	{name: "Django", needs: []string{debianPy}, module: "django", files: map[string]string{"manage.py": djangoSite},
		shell: "exec /usr/bin/python3 manage.py runserver --noreload 127.0.0.1:{port}", want: "Django 127.0.0.1 port tcp"},
	{name: "Flask", needs: []string{debianPy}, module: "flask", files: map[string]string{"app.py": "from flask import Flask\napp = Flask(__name__)\n"},
		shell: "/usr/bin/python3 -m flask run -p {port}", want: "Flask - port tcp"},
	{name: "uvicorn", needs: []string{"uvicorn"}, files: map[string]string{"app.py": "async def app(scope, receive, send): pass\n"},
		shell: "uvicorn --lifespan off --port {port} app:app", want: "uvicorn 127.0.0.1 port tcp"},
	{name: "gunicorn", needs: []string{"gunicorn"}, files: map[string]string{"app.py": wsgiApp}, shell: "exec gunicorn -b 127.0.0.1:{port} app:app", want: "gunicorn 127.0.0.1 port tcp"},
	{name: "http of Node", needs: []string{"node"}, files: map[string]string{"srv.js": nodeServe}, shell: "node srv.js", want: "Node 127.0.0.1 port tcp"},
	{name: "dgram of Node", needs: []string{"node"}, shell: `node -e "const a = require('dgram'); const s = a.createSocket('udp4'); s.bind(0, '127.0.0.1', () => a.createSocket('udp4').bind(s.address().port, '127.0.0.1'))"`,
		want: "Node 127.0.0.1 other udp"},
	{name: "a socket file of Node", needs: []string{"node"}, shell: `node -e "const n = require('net'); n.createServer().listen('a.sock', () => n.createServer().listen('{dir}/a.sock'))"`, want: "Node {dir}/a.sock none"},
	{name: "node --watch", needs: []string{"node"}, files: map[string]string{"srv.js": nodeServe}, shell: "exec node --watch srv.js", want: "Node 127.0.0.1 port tcp"},
	{name: "net of Go", needs: []string{"go"}, files: map[string]string{"go.mod": "module a\n", "a.go": "package main\n\nimport (\n\t\"log\"\n\t\"net\"\n)\n\nfunc main() {\n\t_, err := net.Listen(\"tcp\", \"127.0.0.1:{port}\")\n\tlog.Fatal(err)\n}\n"},
		shell: "go run .", want: "Go 127.0.0.1 port tcp"},
	{name: "kubectl proxy", needs: []string{"kubectl"}, shell: "kubectl --kubeconfig k proxy --port {port}", files: map[string]string{"k": "apiVersion: v1\nkind: Config\nclusters: [{name: a, cluster: {server: 'http://127.0.0.1:1'}}]\ncontexts: [{name: a, context: {cluster: a}}]\ncurrent-context: a\n"},
		want: "Go 127.0.0.1 port tcp"},
	{name: "std of Rust", needs: []string{"rustc", "cc"}, files: map[string]string{"a.rs": "fn main() { std::net::TcpListener::bind(\"127.0.0.1:{port}\").unwrap(); }\n"}, shell: "rustc -o a a.rs && ./a", want: "Rust - none"},
	{name: "ServerSocket of Java", needs: []string{"javac"}, files: map[string]string{"A.java": "public class A { public static void main(String[] a) throws Exception { new java.net.ServerSocket({port}, 1, java.net.InetAddress.getLoopbackAddress()); } }\n"},
		shell: "java A.java", want: "Java - none"},
	{name: "Ruby", needs: []string{"ruby"}, shell: `ruby -rsocket -e 'TCPServer.new("127.0.0.1", {port})'`, want: "Ruby 127.0.0.1 port"},
	{name: "WEBrick", needs: []string{"ruby"}, shell: `ruby -rwebrick -e 'WEBrick::HTTPServer.new(BindAddress: "127.0.0.1", Port: {port})'`, want: "Ruby 127.0.0.1 port"},
	{name: "Puma", needs: []string{"puma"}, files: map[string]string{"config.ru": "run ->(e) { [200, {}, []] }\n"}, shell: "puma -b tcp://127.0.0.1:{port}", want: "Puma 127.0.0.1 port tcp"},
	{name: "php -S", needs: []string{"php"}, shell: "php -S 127.0.0.1:{port}", want: "PHP 127.0.0.1 port tcp"},
	{name: "stream_socket_server of PHP", needs: []string{"php"}, shell: `php -r 'stream_socket_server("tcp://127.0.0.1:{port}");'`, want: "PHP 127.0.0.1 port tcp"},
	{name: "Perl", needs: []string{"perl"}, shell: `perl -MIO::Socket::INET -e 'IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1:{port}") or die $@'`, want: "Perl - none"},
	{name: "nginx", needs: []string{"nginx"}, files: map[string]string{"n.conf": "pid {dir}/pid; error_log stderr; events {} http { access_log off; server { listen 127.0.0.1:{port}; } }\n"},
		shell: "nginx -p . -c {dir}/n.conf", want: "nginx 127.0.0.1 port"},
	{name: "Apache", needs: []string{"apache2"}, files: map[string]string{"a.conf": "ServerRoot {dir}\nServerName a\nPidFile {dir}/pid\nErrorLog {dir}/log\nListen 127.0.0.1:{port}\nLoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so\n"},
		shell: "apache2 -f {dir}/a.conf -X", want: "Apache 127.0.0.1 port tcp"},
	{name: "HAProxy", needs: []string{"haproxy"}, files: map[string]string{"h.cfg": "defaults\n  mode tcp\n  timeout connect 1s\n  timeout client 1s\n  timeout server 1s\nfrontend web\n  bind 127.0.0.1:{port}\n"},
		shell: "haproxy -f h.cfg", want: "HAProxy 127.0.0.1 port tcp"},
	{name: "lighttpd", needs: []string{"lighttpd"}, files: map[string]string{"l.conf": "server.document-root = \"{dir}\"\nserver.bind = \"127.0.0.1\"\nserver.port = {port}\n"},
		shell: "lighttpd -D -f l.conf", want: "lighttpd 127.0.0.1 port tcp"},
	{name: "Redis", needs: []string{"redis-server"}, shell: "redis-server --bind 127.0.0.1 --port {port} --save ''", want: "Redis 127.0.0.1 port tcp"},
	{name: "memcached", needs: []string{"memcached"}, shell: "memcached -u nobody -l 127.0.0.1 -p {port}", want: "memcached 127.0.0.1 none"},
	{name: "Mosquitto", needs: []string{"mosquitto"}, files: map[string]string{"m.conf": "listener {port} 127.0.0.1\n"}, shell: "exec mosquitto -c m.conf", want: "Mosquitto - port tcp"},
	{name: "PostgreSQL", needs: []string{"initdb", "postgres", "setpriv"},
		shell: "p=$(dirname $(readlink -f $(command -v initdb))); if [ $(id -u) = 0 ]; then chown 65534:65534 .; s='setpriv --reuid 65534 --regid 65534 --clear-groups'; fi; " +
			"LC_ALL=C $s $p/initdb -U a -N -D data >/dev/null && LC_ALL=C exec $s $p/postgres -D data -h 127.0.0.1 -p {port} -k {dir}", want: "PostgreSQL 127.0.0.1 port tcp"},
	{name: "dnsmasq", needs: []string{"dnsmasq"}, shell: "dnsmasq -d -C /dev/null --bind-interfaces --listen-address 127.0.0.1 -p {port}", want: "dnsmasq 127.0.0.1 none"},
	{name: "sshd", needs: []string{"/usr/sbin/sshd", "ssh-keygen"}, shell: "ssh-keygen -q -N '' -f k && mkdir -p /run/sshd; exec /usr/sbin/sshd -D -e -f /dev/null -h {dir}/k -p {port} -o ListenAddress=127.0.0.1", want: "sshd 127.0.0.1 port tcp"},
	{name: "socat", needs: []string{"socat"}, shell: "socat TCP-LISTEN:{port},bind=127.0.0.1 -", want: "socat 127.0.0.1 port"},
	{name: "Ncat", needs: []string{"ncat"}, shell: "ncat -l 127.0.0.1 {port}", want: "Ncat 127.0.0.1 port"},
	{name: "netcat of OpenBSD", needs: []string{"nc.openbsd"}, shell: "nc() { bash -c 'exec -a nc nc.openbsd \"$@\"' a \"$@\"; }; nc -l 127.0.0.1 {port}", want: "netcat - none"},
	{name: "systemd-socket-activate", needs: []string{"systemd-socket-activate"}, shell: "systemd-socket-activate -l 127.0.0.1:{port} cat", want: "systemd 127.0.0.1 port"},
	{name: "httpd of BusyBox", needs: []string{"busybox"}, shell: "busybox httpd -f -p 127.0.0.1:{port}", want: "BusyBox - none tcp"},
}

// slowToStart are the programs that compile what they run, or make a database of it.
var slowToStart = []string{"go", "rustc", "javac", "initdb"}

// TestExplainPrograms starts programs on a port that is held, and reads what they print; those that are slow to start where
// PORTLINT_TEST_LONG is set.
func TestExplainPrograms(t *testing.T) {
	for _, p := range refusedPrograms {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			if os.Getenv("PORTLINT_TEST_LONG") == "" && slices.Contains(slowToStart, p.needs[0]) {
				t.Skip("it is slow to start: PORTLINT_TEST_LONG is not set")
			}
			way{needs: p.needs, module: p.module}.skip(t)
			held, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { held.Close() })
			port := held.Addr().(*net.TCPAddr).Port
			dir := t.TempDir()
			for _, d := range []string{filepath.Dir(dir), dir} { // another user runs here, too
				if err := os.Chmod(d, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			p.says(t, dir, port)
		})
	}
}

func (p refused) says(t *testing.T, dir string, port int) {
	t.Helper()
	fill := strings.NewReplacer("{port}", strconv.Itoa(port), "{dir}", dir)
	for name, text := range p.files {
		testdir.Write(t, filepath.Join(dir, name), fill.Replace(text))
	}
	said := outputOf(t, dir, fill.Replace(p.shell))
	want := fill.Replace(p.want)
	if refusals := refusal.ParseAny(said); len(refusals) != 1 || saidShort(refusals[0], port) != want {
		t.Errorf("got %+v, want %s, of\n%s", refusals, want, said)
	}
}

// saidShort writes a refusal: whose words, the address, whether the port is the held one, the protocol.
func saidShort(r refusal.Refusal, held int) string {
	addr, port := "-", "other"
	switch {
	case r.Path != "":
		addr = r.Path
	case r.Addr.IsValid():
		addr = r.Addr.String()
	}
	switch int(r.First) {
	case 0:
		port = "none"
	case held:
		port = "port"
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %s %s", r.Program, addr, port, r.Proto))
}

// outputOf runs a shell text and is what it prints, until it ends, or says that a port is taken: some go on without theirs.
func outputOf(t *testing.T, dir, shell string) string {
	t.Helper()
	file, err := os.Create(filepath.Join(dir, "output"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	cmd := exec.Command("sh", "-c", shell)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, file, file
	cmd.Env = append(os.Environ(), "PYTHONUNBUFFERED=1", "NO_COLOR=1", "KUBECONFIG=", "GOFLAGS=-mod=mod")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	defer func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }()

	deadline := time.After(2 * time.Minute)
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		text, err := os.ReadFile(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		found := refusal.ParseAny(string(text))
		if len(found) > 0 && found[0].First != 0 {
			return string(text)
		}
		select {
		case <-ended:
			if text, err = os.ReadFile(file.Name()); err != nil {
				t.Fatal(err)
			}
			return string(text)
		case <-deadline:
			t.Fatalf("it goes on, and says\n%s", text)
		case <-look.C:
		}
	}
}
