package refusal

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// shortProgram writes a refusal of a program: whose words, kind, address, port, protocol.
func shortProgram(r Refusal) string {
	addr := "-"
	switch {
	case r.Path != "":
		addr = r.Path
	case r.Host != "":
		addr = r.Host
	case r.Addr.IsValid():
		addr = r.Addr.String()
	}
	return strings.TrimSpace(fmt.Sprintf("%s: %s %s %d %s", r.Program, r.Kind, addr, r.First, r.Proto))
}

// programTexts are what programs say, and what that means.
var programTexts = []struct{ text, want string }{
	{"Unable to listen on port 8080: Listeners failed to create with the following errors: [unable to create listener: Error listen tcp4 127.0.0.1:8080: bind: address already in use unable to create listener: Error listen tcp6 [::1]:8080: bind: address already in use]\nerror: unable to listen on any of the requested ports: [{8080 80}]", "kubectl port-forward: in-use 127.0.0.1 8080 tcp"},
	{"error: unable to listen on any of the requested ports: [{8080 80}]", "kubectl port-forward: in-use - 8080 tcp"},
	{"error: listen tcp 127.0.0.1:8001: bind: address already in use", "Go: in-use 127.0.0.1 8001 tcp"},
	{"Error: loading initial config: loading new config: http app module: start: listening on 127.0.0.1:443: listen tcp 127.0.0.1:443: bind: address already in use", "Caddy: in-use 127.0.0.1 443 tcp"},
	{"Error: loading initial config: loading new config: starting caddy administration endpoint: listen tcp 127.0.0.1:2019: bind: address already in use", "Caddy: in-use 127.0.0.1 2019 tcp"},
	{`2026-11-30T10:00:00Z ERR error="error while building entryPoint web: error preparing server: error opening listener: listen tcp :80: bind: address already in use"`, "Traefik: in-use - 80 tcp"},
	{"Error creating server: listen tcp :8080: bind: address already in use", "Traefik: in-use - 8080 tcp"},
	{"2026/11/30 10:00:00 listen tcp :8080: bind: address already in use\nexit status 1", "Go: in-use - 8080 tcp"},
	{"panic: listen udp [::1]:5353: bind: address already in use", "Go: in-use ::1 5353 udp"},
	{"listen tcp 0.0.0.0:8080: bind: Only one usage of each socket address (protocol/network address/port) is normally permitted.", "Go: in-use 0.0.0.0 8080 tcp"},
	{"2026/11/30 10:00:00 listen tcp :80: bind: permission denied", "Go: privileged - 80 tcp"},
	{"2026/11/30 10:00:00 listen tcp 192.0.2.7:8080: bind: cannot assign requested address", "Go: not-local 192.0.2.7 8080 tcp"},
	{"listen unix /run/app.sock: bind: address already in use", "Go: socket-file /run/app.sock 0"},

	{"Error: listen EADDRINUSE: address already in use /tmp/app.sock\n  code: 'EADDRINUSE',\n  address: '/tmp/app.sock',\n  port: -1", "Node: socket-file /tmp/app.sock 0"},
	{"Error: listen EADDRINUSE: address already in use :::3000\n    at Server.setupListenHandle [as _listen2] (node:net:1817:16)\n  code: 'EADDRINUSE',\n  errno: -98,\n  syscall: 'listen',\n  address: '::',\n  port: 3000\n}", "Node: in-use :: 3000 tcp"},
	{"Error: listen EADDRINUSE: address already in use ::1:3000", "Node: in-use ::1 3000 tcp"},
	{"Error: listen EADDRINUSE 127.0.0.1:3000", "Node: in-use 127.0.0.1 3000 tcp"},
	{"Error: bind EADDRINUSE null:3001", "Node: in-use - 3001"},
	{"Error: bind EADDRINUSE 0.0.0.0:5353", "Node: in-use 0.0.0.0 5353 udp"},
	{"Error: listen EACCES: permission denied 0.0.0.0:80", "Node: privileged 0.0.0.0 80 tcp"},
	{"Error: listen EADDRNOTAVAIL: address not available 192.0.2.7:8080", "Node: not-local 192.0.2.7 8080 tcp"},
	{`{"level":50,"err":{"code":"EADDRINUSE","errno":-98,"syscall":"listen","address":"127.0.0.1","port":3000}}`, "Node: in-use 127.0.0.1 3000"},
	{"  code: 'EADDRINUSE',\n  errno: -98,\n  syscall: 'listen',\n  address: '::',\n  port: 3000\n}", "Node: in-use - 3000"},
	{"error: Failed to start server. Is port 3000 in use?\n syscall: \"listen\",\n   errno: 0,\n    code: \"EADDRINUSE\"", "Bun: in-use - 3000 tcp"},
	{"\x1b[0m\x1b[1m\x1b[31merror\x1b[0m: Uncaught (in promise) AddrInUse: Address already in use (os error 98)\nDeno.serve({ port: 8000 }, () => x)", "Deno: in-use - 8000"},
	{"error: Uncaught (in promise) AddrInUse: Address already in use (os error 98)", "Deno: in-use - 0"},
	{"An unhandled exception occurred: Port 4200 is already in use. Use '--port' to specify a different port.", "Angular: in-use - 4200 tcp"},
	{"? Something is already running on port 3000.\n\nWould you like to run the app on another port instead?", "Create React App: in-use - 3000 tcp"},
	{" ⚠ Port 3000 is in use by process 3597, using available port 3004 instead.", "Next: in-use - 3000 tcp"},
	{" ⚠ Port 3000 is in use, trying 3001 instead.", "Next: in-use - 3000 tcp"},
	{"Port 5173 is in use, trying another one...", "Vite: in-use - 5173 tcp"},
	{"error when starting dev server:\nError: Port 5173 is already in use\n    at Server.onError (file:///srv/node_modules/vite/dist/x.js:1:1)", "Vite: in-use - 5173 tcp"},

	{"Description:\n\nWeb server failed to start. Port 8080 was already in use.", "Spring Boot: in-use - 8080 tcp"},
	{"org.springframework.boot.web.server.PortInUseException: Port 8080 is already in use", "Spring Boot: in-use - 8080 tcp"},
	{"The Tomcat connector configured to listen on port 8080 failed to start. The port may already be in use or the connector may be misconfigured.", "Spring Boot: in-use - 8080 tcp"},
	{"SEVERE [main] Failed to initialize connector [Connector[HTTP/1.1-8080]]\n\torg.apache.catalina.LifecycleException: Protocol handler initialization failed\n" + strings.Repeat("\t\tat x.y(Z.java:1)\n", 20) + "\tCaused by: java.net.BindException: Address already in use", "Tomcat: in-use - 8080 tcp"},
	{"SEVERE: Failed to initialize connector [Connector[\"https-jsse-nio-8443\"]]\nCaused by: java.net.BindException: Address already in use", "Tomcat: in-use - 8443 tcp"},
	{"java.net.BindException: Address already in use (Bind failed) <null>:8080", "Tomcat: in-use - 8080 tcp"},
	{"java.net.BindException: Address already in use 0.0.0.0<null>:8080", "Tomcat: in-use 0.0.0.0 8080 tcp"},
	{"Exception in thread \"main\" java.io.IOException: Failed to bind to /0.0.0.0:8089\nCaused by: java.net.BindException: Address already in use", "Jetty: in-use 0.0.0.0 8089 tcp"},
	{"WARN:oejuc.AbstractLifeCycle:FAILED SelectChannelConnector@0.0.0.0:8080: java.net.BindException: Address already in use", "Jetty: in-use 0.0.0.0 8080 tcp"},
	{"Exception in thread \"main\" java.net.BindException: Address already in use\n\tat java.base/sun.nio.ch.Net.bind0(Native Method)", "Java: in-use - 0"},
	{"java.net.BindException: Address already in use: bind", "Java: in-use - 0"},

	{"Error: That port is already in use.", "Django: in-use - 0 tcp"},
	{"Starting development server at http://127.0.0.1:8001/\nQuit the server with CONTROL-C.\nError: That port is already in use.", "Django: in-use 127.0.0.1 8001 tcp"},
	{"$ python manage.py runserver 0.0.0.0:8002\nError: That port is already in use.", "Django: in-use 0.0.0.0 8002 tcp"},
	{"$ python manage.py runserver 8003\nError: That port is already in use.", "Django: in-use - 8003 tcp"},
	{"Address already in use\nPort 5000 is in use by another program. Either identify and stop that program, or start the server with a different port.", "Flask: in-use - 5000 tcp"},
	{"[2026-11-30 10:00:00 +0000] [7] [ERROR] Connection in use: ('::1', 8000)\n[2026-11-30 10:00:00 +0000] [7] [ERROR] Retrying in 1 second.", "gunicorn: in-use ::1 8000 tcp"},
	{"[ERROR] Connection in use: ('', 9000)", "gunicorn: in-use - 9000 tcp"},
	{"[ERROR] Connection in use: /run/app.sock", "gunicorn: socket-file /run/app.sock 0"},
	{"ERROR:    [Errno 98] error while attempting to bind on address ('127.0.0.1', 8000): address already in use", "uvicorn: in-use 127.0.0.1 8000 tcp"},
	{"ERROR:    [Errno 98] Address already in use", "uvicorn: in-use - 0 tcp"},
	{"$ uvicorn --reload --port 8004 app:app\nERROR:    [Errno 48] Address already in use", "uvicorn: in-use - 8004 tcp"},
	{"probably another instance of uWSGI is running on the same address (127.0.0.1:3031).\nbind(): Address already in use [core/socket.c line 769]", "uWSGI: in-use 127.0.0.1 3031 tcp"},
	{"OSError: [Errno 98] error while attempting to bind on address ('::1', 8000, 0, 0): [errno 98] address already in use", "Python: in-use ::1 8000 tcp"},
	{"OSError: [Errno 98] Address already in use", "Python: in-use - 0"},
	{"$ python3 -m http.server 8005\nTraceback (most recent call last):\nOSError: [Errno 48] Address already in use", "Python: in-use - 8005"},
	{"$ python3 -m http.server 8005 &\n$ python3 -m http.server 8006\nOSError: [Errno 98] Address already in use", "Python: in-use - 0"},
	{"PermissionError: [WinError 10013] An attempt was made to access a socket in a way forbidden by its access permissions", "Python: forbidden - 0"},
	{"EADDRINUSE\n", ": in-use - 0"},
	{"OSError: [WinError 10048] Only one usage of each socket address (protocol/network address/port) is normally permitted", "Python: in-use - 0"},

	{"/var/lib/gems/puma-5.6.5/lib/puma/binder.rb:341:in `initialize': Address already in use - bind(2) for \"127.0.0.1\" port 9292 (Errno::EADDRINUSE)", "Puma: in-use 127.0.0.1 9292 tcp"},
	{"puma/binder.rb:1:in `x': Address already in use - \"/srv/tmp/sockets/app.socket\" (Errno::EADDRINUSE)", "Puma: socket-file /srv/tmp/sockets/app.socket 0"},
	{"a.rb:2:in `initialize': Address already in use - bind(2) for \"::1\" port 4567 (Errno::EADDRINUSE)", "Ruby: in-use ::1 4567"},
	{"a.rb:2:in `initialize': Address already in use - bind(2) for nil port 4567 (Errno::EADDRINUSE)", "Ruby: in-use - 4567"},
	{"socket.rb:201:in `bind': Address already in use - bind(2) for 127.0.0.1:8000 (Errno::EADDRINUSE)", "Ruby: in-use 127.0.0.1 8000"},
	{"in `initialize': Address already in use - bind(2) (Errno::EADDRINUSE)", "Ruby: in-use - 0"},
	{"[Mon Nov 30 10:00:00 2026] Failed to listen on ::1:8000 (reason: Address already in use)", "PHP: in-use ::1 8000 tcp"},
	{"[Mon Nov 30 10:00:00 2026] Failed to listen on localhost:8000 (reason: Address already in use)", "PHP: in-use localhost 8000 tcp"},
	{"PHP Warning:  stream_socket_server(): Unable to connect to tcp://127.0.0.1:8000 (Address already in use) in a.php on line 1", "PHP: in-use 127.0.0.1 8000 tcp"},
	{"PHP Warning:  socket_bind(): Unable to bind address [98]: Address already in use in a.php on line 1", "PHP: in-use - 0"},
	{"IO::Socket::INET: Address already in use at a.pl line 1.", "Perl: in-use - 0"},

	{"Unhandled exception. System.IO.IOException: Failed to bind to address http://[::]:5000: address already in use.\n ---> Microsoft.AspNetCore.Connections.AddressInUseException: Address already in use\n ---> System.Net.Sockets.SocketException (98): Address already in use", ".NET: in-use :: 5000 tcp"},
	{"System.IO.IOException: Failed to bind to address http://localhost:5000 on the IPv4 loopback interface: port already in use.", ".NET: in-use localhost 5000 tcp"},
	{"Microsoft.AspNetCore.Connections.AddressInUseException: Address already in use", ".NET: in-use - 0 tcp"},
	{"System.Net.Sockets.SocketException (10048): Only one usage of each socket address (protocol/network address/port) is normally permitted.", ".NET: in-use - 0"},
	{"[error] Running Chat.Endpoint with Cowboy on http://localhost:4000 failed, port already in use", "Phoenix: in-use localhost 4000 tcp"},
	{"[error] Running Chat.Endpoint with Bandit 1.5 at http failed, port 4000 already in use", "Phoenix: in-use - 4000 tcp"},
	{"Failed to start Ranch listener 'ws:default' in ranch_tcp:listen([{ip,{0,0,0,0}},{port,8083}]) for reason eaddrinuse (address already in use)", "Ranch: in-use - 8083 tcp"},
	{"in ranch_tcp:listen([{ip,{0,0,0,0}},{port,8083},\n  {backlog,1024}]) for reason eaddrinuse (address already in use)", "Ranch: in-use - 8083 tcp"},
	{"** exception error: no match of right hand side value {error,eaddrinuse}", "Erlang: in-use - 0"},
	{"** (EXIT) {:listen_error, Chat.Endpoint.HTTP, :eaddrinuse}", "Erlang: in-use - 0"},

	{"nginx: [emerg] bind() to unix:/run/nginx.sock failed (98: Address already in use)", "nginx: socket-file /run/nginx.sock 0"},
	{"2026/11/30 10:00:00 [emerg] 18063#18063: bind() to [::]:80 failed (98: Address already in use)\n2026/11/30 10:00:00 [emerg] 18063#18063: still could not bind()", "nginx: in-use :: 80"},
	{"nginx: [emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)", "nginx: privileged 0.0.0.0 80"},
	{"(98)Address already in use: AH00072: make_sock: could not bind to address [::]:80\nno listening sockets available, shutting down", "Apache: in-use :: 80 tcp"},
	{"[ALERT]    (1) : Binding [/etc/haproxy.cfg:7] for frontend web: cannot bind socket (Address already in use) for [:::8080]", "HAProxy: in-use :: 8080 tcp"},
	{"[ALERT] 001/100000 (1) : Starting frontend web: cannot bind socket [0.0.0.0:80]", "HAProxy: in-use 0.0.0.0 80 tcp"},
	{"2026-11-30 10:00:00: (network.c.537) can't bind to socket: [::1]:8080: Address already in use", "lighttpd: in-use ::1 8080 tcp"},

	{`LOG:  could not bind Unix address "/tmp/.s.PGSQL.5432": Address already in use` + "\nHINT:  Is another postmaster already running on port 5432?", "PostgreSQL: socket-file /tmp/.s.PGSQL.5432 0"},
	{`LOG:  could not bind IPv6 address "::1": Address already in use` + "\nHINT:  Is another postmaster already running on port 5433? If not, wait a few seconds and retry.\nWARNING:  could not create listen socket for \"localhost\"", "PostgreSQL: in-use ::1 5433 tcp"},
	{`LOG:  could not bind IPv4 address "0.0.0.0": Address already in use`, "PostgreSQL: in-use 0.0.0.0 0 tcp"},
	{"[ERROR] Can't start server : Bind on unix socket: Address already in use", "MySQL: socket-file - 0"},
	{"[ERROR] Can't start server: Bind on TCP/IP port. Got error: 98: Address already in use\n[ERROR] Do you already have another server running on port: 3306 ?", "MySQL: in-use - 3306 tcp"},
	{"[ERROR] Do you already have another mysqld server running on port: 3307 ?", "MySQL: in-use - 3307 tcp"},
	{"1:M 30 Nov 2026 10:00:00.000 # Warning: Could not create server TCP listening socket *:6379: bind: Address already in use\n1:M 30 Nov 2026 10:00:00.000 # Failed listening on port 6379 (TCP), aborting.", "Redis: in-use - 6379 tcp"},
	{"# Failed listening on port 6379 (TCP), aborting.", "Redis: in-use - 6379 tcp"},
	{"failed to listen on one of interface(s) 127.0.0.1: Address already in use", "memcached: in-use 127.0.0.1 0"},
	{"failed to listen on TCP port 11211: Address already in use", "memcached: in-use - 11211 tcp"},
	{"E STORAGE  [initandlisten] listen(): bind() failed errno:98 Address already in use for socket: 0.0.0.0:27017", "MongoDB: in-use 0.0.0.0 27017 tcp"},
	{"I CONTROL  [initandlisten] options: { net: { bindIp: \"127.0.0.1\", port: 27217 } }\nE NETWORK  [initandlisten] Failed to set up listener: SocketException: Address already in use", "MongoDB: in-use - 27217 tcp"},
	{`{"s":"I","attr":{"pid":7,"port":27018,"dbPath":"/data/db"}}` + "\n" + `{"s":"E","msg":"Error setting up listener","attr":{"error":{"code":9001,"codeName":"SocketException","errmsg":"Address already in use"}}}`, "MongoDB: in-use - 27018 tcp"},
	{"1764497000: Opening ipv4 listen socket on port 1883.\n1764497000: Error: Address already in use", "Mosquitto: in-use - 1883 tcp"},
	{"dnsmasq: failed to create listening socket for port 53: Address already in use", "dnsmasq: in-use - 53"},
	{"dnsmasq: failed to create listening socket for 127.0.0.1: Address already in use", "dnsmasq: in-use 127.0.0.1 0"},
	{"listening on IPv4 interface lo, 127.0.0.1#53\ncreating IPv4 interface lo failed; interface ignored", "BIND: in-use 127.0.0.1 53 udp"},
	{"listening on IPv4 interface lo, 127.0.0.1#53\ncreating TCP socket: address in use", "BIND: in-use 127.0.0.1 53 tcp"},
	{"[1764497000] unbound[7:0] error: can't bind socket: Address already in use for 127.0.0.1 port 53", "Unbound: in-use 127.0.0.1 53"},
	{"[1764497000] unbound[7:0] error: bind: address already in use\n[1764497000] unbound[7:0] fatal error: could not open ports", "Unbound: in-use - 0"},

	{"error: Bind to port 22 on 0.0.0.0 failed: Address already in use.\nCannot bind any address.", "sshd: in-use 0.0.0.0 22 tcp"},
	{"bind [127.0.0.1]:8080: Address already in use\nchannel_setup_fwd_listener_tcpip: cannot listen to port: 8080\nCould not request local forwarding.", "ssh -L: in-use 127.0.0.1 8080 tcp"},
	{"channel_setup_fwd_listener_tcpip: cannot listen to port: 8080", "ssh -L: in-use - 8080 tcp"},
	{"2026/11/30 10:00:00 socat[7] E bind(5, {AF=2 127.0.0.1:8080}, 16): Address already in use", "socat: in-use 127.0.0.1 8080"},
	{"socat[7] E bind(5, {AF=10 [0000:0000:0000:0000:0000:0000:0000:0000]:8080}, 28): Address already in use", "socat: in-use :: 8080"},
	{"Ncat: bind to :::31337: Address already in use. QUITTING.", "Ncat: in-use :: 31337"},
	{"retrying local 127.0.0.1:8080 : Address already in use", "netcat: in-use 127.0.0.1 8080"},
	{"nc: Address already in use", "netcat: in-use - 0"},
	{"$ nc -l 8081\nnc: Address already in use", "netcat: in-use - 8081"},
	{"web.socket: Failed to create listening socket ([::]:80): Address already in use", "systemd: in-use :: 80"},
	{"web.socket: Failed to create listening socket (/run/web.sock): Address already in use", "systemd: socket-file /run/web.sock 0"},
	{"Failed to listen on [::]:8080: Address already in use\nFailed to open '8080': Address already in use", "systemd: in-use :: 8080"},
	{"httpd: bind: Address already in use", "BusyBox: in-use - 0 tcp"},

	{"Failed to listen on [::]:1965: Address already in use (os error 98)", "systemd: in-use :: 1965"},
	{"error binding to 0.0.0.0:4347: error creating server listener: Address already in use (os error 98)", "Rust: in-use 0.0.0.0 4347"},
	{"Error: Address already in use (os error 98)", "Rust: in-use - 0"},
	{`called Result::unwrap() on an Err value: Os { code: 98, kind: AddrInUse, message: "Address already in use" }`, "Rust: in-use - 0"},
	{"the port 9000 is already in use", ": in-use - 9000"},
	{"Port 9000 already in use", ": in-use - 9000"},
	{"ERROR: port 9000 is in use", ": in-use - 9000"},
	{"The port is already in use", ": in-use - 0"},
	{"cannot start on localhost:9000: Address already in use", ": in-use localhost 9000"},
	{"cannot start on 127.0.0.1:9000 (Address already in use)", ": in-use 127.0.0.1 9000"},
	{"could not bind the server to [::1]:9000 as the address is taken: Address already in use", ": in-use ::1 9000"},
	{"listening on port 9000: Address already in use", ": in-use - 9000"},
	{"myserver: Address already in use", ": in-use - 0"},
}

func TestPrograms(t *testing.T) {
	for _, c := range programTexts {
		var got []string
		for _, r := range ParseAny(c.text) {
			if r.By != ByProgram {
				t.Errorf("%q is by %s", c.text, r.By)
			}
			got = append(got, shortProgram(r))
		}
		if len(got) != 1 || got[0] != c.want {
			t.Errorf("%q:\ngot  %q\nwant %q", c.text, got, c.want)
		}
	}
}

// TestProgramsEach: each wording is the one that reads some text, and says where it comes from.
func TestProgramsEach(t *testing.T) {
	reads := map[int]bool{}
	for _, c := range programTexts {
		l := newLines(plainText(c.text))
		for i := range l.text {
			for k, p := range programs {
				if _, ok := l.read(p, i); ok && mayRefuse(l.text[i]) {
					reads[k] = true
					break
				}
			}
		}
	}
	for k, p := range programs {
		if !reads[k] {
			t.Errorf("no text is read by %s: %q", p.program, p.said.text)
		}
		if p.source == "" {
			t.Errorf("%q has no source", p.said.text)
		}
		if p.program != "" && len(usualPorts[p.program]) == 0 {
			t.Logf("%s has no usual port", p.program)
		}
	}
}

// TestProgramsNone: what mentions ports, and refuses none.
func TestProgramsNone(t *testing.T) {
	for _, text := range []string{
		"Listening on :8080", "Server running at http://127.0.0.1:3000/", "Starting development server at http://127.0.0.1:8000/",
		"DeprecationWarning: the option port is deprecated, use --listen", "  ➜  Local:   http://127.0.0.1:5173/",
		"dial tcp 127.0.0.1:26001->127.0.0.1:26002: bind: address already in use",
		"Error: connect ECONNREFUSED 127.0.0.1:5432", "connection refused", "curl: (7) Failed to connect to localhost port 8080",
		"ENOENT: no such file or directory, open '/srv/port'", "[emerg] bind() to nowhere",
		`LOG:  listening on IPv4 address "127.0.0.1", port 5432`, "Server socket created on IP: '127.0.0.1', port: '3306'.",
		`FATAL:  lock file "postmaster.pid" already exists`, "A server is already running. Check /srv/tmp/pids/server.pid.",
		"the username is already in use", "Error: the name web is already in use by container abc", "this option is in use",
		"Failed to initialize connector [Connector[HTTP/1.1-8443]]\nCaused by: java.io.IOException: keystore was tampered with",
		"Failed to bind to /0.0.0.0:8089", "web-1  | Error: listen EADDRINUSE: address already in use :::3000",
		"handle the error EADDRINUSE in the listener", "const EADDRINUSE = 98", "fix: print a hint when the address is already in use elsewhere",
		"Error: Port 99999 is already in use?",
	} {
		if got := ParseAny(text); len(got) > 0 {
			t.Errorf("%q is %+v", text, got)
		}
	}
}

// TestProgramsAmongEngines: an engine's words stay an engine's, and other programs' beside them are read.
func TestProgramsAmongEngines(t *testing.T) {
	for _, c := range refusalTexts {
		var got []string
		for _, r := range ParseAny(c.text) {
			got = append(got, short(r))
		}
		if c.about == "20.10, no proxy" || len(got) != 1 || got[0] != c.want {
			if len(got) != 1 || !strings.HasPrefix(got[0], strings.Fields(c.want)[0]) {
				t.Errorf("%s: %q is %q, want %q", c.about, c.text, got, c.want)
			}
		}
	}

	both := ParseAny("Error response from daemon: Bind for 0.0.0.0:8080 failed: port is already allocated\nnginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)\n")
	if len(both) != 2 || both[0].By != ByEngine || both[1].Program != "nginx" {
		t.Errorf("got %+v", both)
	}
}

// TestProgramsLong: a stranger's text is read in a time that grows with its length alone; megabytes of it with PORTLINT_TEST_LONG.
func TestProgramsLong(t *testing.T) {
	length := 10_000
	if os.Getenv("PORTLINT_TEST_LONG") != "" {
		length = 100_000
	}
	for _, text := range []string{
		strings.Repeat("bind: address already in use ", 2*length), strings.Repeat("Error: address already in use a:b:c\n", length),
		strings.Repeat("[", 30*length), strings.Repeat("Failed to bind to /:1\n", length), "listen " + strings.Repeat("1:", 20*length),
	} {
		start := time.Now()
		ParseAny(text)
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%.30q took %s", text, took)
		}
	}
}

func FuzzParseAny(f *testing.F) {
	for _, c := range programTexts {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, r := range ParseAny(text) {
			if r.Last < r.First || r.Raw == "" || r.Meaning() == "" {
				t.Errorf("%q is %+v", text, r)
			}
		}
	})
}
