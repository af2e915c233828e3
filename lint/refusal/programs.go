package refusal

import "slices"

// programWords is one way in which a program says that it can't have a port.
type programWords struct {
	program string // "" for words of many programs
	source  string // where the program says so: file and function, or the version that was run
	said    said
	context said   // in a line around: what the line itself does not name
	must    bool   // it is no refusal without that line
	reach   int    // how many lines away that one may be, 0 for contextLines
	proto   string // where the words stand for one protocol
	kind    Kind
	moves   bool // the program takes another port, and goes on
}

// programs are the wordings in the order in which they are tried: the first that fits a line is the one.
var programs = []programWords{
	// around the words of Go's library
	{program: "kubectl port-forward", source: "client-go, tools/portforward/portforward.go: listenOnPort", said: line("Unable to listen on port {...}listen {proto} {at}: bind: {why}"), kind: InTheWay},
	{program: "kubectl port-forward", source: "client-go, tools/portforward/portforward.go: forward", said: line("unable to listen on any of the requested ports: [{{port} "), kind: InTheWay, proto: "tcp"},
	{program: "Caddy", source: "modules/caddyhttp/app.go: Start; Caddy 2.6.2 was run", said: line("http app module: start: {...}listen {proto} {at}: bind: {why}"), kind: InTheWay},
	{program: "Caddy", source: "admin.go: replaceLocalAdminServer", said: line("caddy administration endpoint: {...}listen {proto} {at}: bind: {why}"), kind: InTheWay},
	{program: "Traefik", source: "pkg/server/server_entrypoint_tcp.go: NewTCPEntryPoint", said: line("building entryPoint {...}listen {proto} {at}: bind: {why}"), kind: InTheWay},
	{program: "Traefik", source: "Traefik 1, server/server.go: prepareServer", said: line("Error creating server: listen {proto} {at}: bind: {why}"), kind: InTheWay},
	{program: "Go", source: "net/net.go: OpError.Error; Go 1.26 was run", said: line("listen {proto} {at}: bind: {why}"), kind: InTheWay},
	{program: "Go", source: "net/net.go: OpError.Error; Go 1.26 was run", said: line("listen unix {path}: bind: {used}"), kind: SocketFile},

	// JavaScript
	{program: "Node", source: "lib/net.js: setupListenHandle; Node 20.20 was run", said: line("listen EADDRINUSE: address already in use {path}{end}"), kind: SocketFile},
	{program: "Node", source: "lib/net.js: setupListenHandle; Node 20.20 was run", said: line("listen EADDRINUSE: address already in use {at}"), kind: InTheWay, proto: "tcp"},
	{program: "Node", source: "lib/net.js: setupListenHandle, up to Node 10", said: line("listen EADDRINUSE {at}"), kind: InTheWay, proto: "tcp"},
	{program: "Node", source: "lib/net.js: listenInCluster", said: line("bind EADDRINUSE null:{port}"), kind: InTheWay},
	{program: "Node", source: "lib/dgram.js: bind; Node 20.20 was run", said: line("bind EADDRINUSE {at}"), kind: InTheWay, proto: "udp"},
	{program: "Node", source: "lib/net.js: setupListenHandle", said: line("listen EACCES: permission denied {at}"), kind: Privileged, proto: "tcp"},
	{program: "Node", source: "lib/net.js: setupListenHandle", said: line("listen EADDRNOTAVAIL: address not available {at}"), kind: NotHere, proto: "tcp"},
	{program: "Node", source: "lib/internal/errors.js, as JSON; Node 20.20 was run", said: line(`"code":"EADDRINUSE"{...}"address":"{ip}","port":{port}`), kind: InTheWay},
	{program: "Node", source: "lib/internal/errors.js, printed; Node 20.20 was run", said: line("code: 'EADDRINUSE'"), context: line("port: {port}"), kind: InTheWay},
	{program: "Bun", source: "src/bun.js/api/server.zig: onListenFailed", said: line("Failed to start server. Is port {port} in use?"), kind: InTheWay, proto: "tcp"},
	{program: "Deno", source: "ext/net/01_net.js: listen; Deno 2.9 was run", said: line("AddrInUse: {used}"), context: line("port: {port}"), kind: InTheWay},
	{program: "Angular", source: "packages/angular/build, utils/check-port.ts: checkPort", said: line("Port {port} is already in use. Use '--port'"), kind: InTheWay, proto: "tcp"},
	{program: "Create React App", source: "react-dev-utils/WebpackDevServerUtils.js: choosePort", said: line("Something is already running on port {port}"), kind: InTheWay, proto: "tcp"},
	{program: "Next", source: "packages/next, server/lib/start-server.ts: startServer", said: line("Port {port} is in use{...}, using available port {n} instead"), kind: InTheWay, proto: "tcp", moves: true},
	{program: "Next", source: "packages/next, server/lib/start-server.ts: startServer, up to 15", said: line("Port {port} is in use, trying {n} instead"), kind: InTheWay, proto: "tcp", moves: true},
	{program: "Vite", source: "packages/vite/src/node/http.ts: httpServerStart; Vite 8 was run", said: line("Port {port} is in use, trying another one"), kind: InTheWay, proto: "tcp", moves: true},

	// Java
	{program: "Spring Boot", source: "PortInUseFailureAnalyzer.analyze", said: line("Port {port} was already in use"), kind: InTheWay, proto: "tcp"},
	{program: "Spring Boot", source: "PortInUseException", said: line("PortInUseException: Port {port} is already in use"), kind: InTheWay, proto: "tcp"},
	{program: "Spring Boot", source: "ConnectorStartFailureAnalyzer.analyze, up to 2.1", said: line("connector configured to listen on port {port} failed to start. The port may already be in use"), kind: InTheWay, proto: "tcp"},
	{program: "Tomcat", source: "org.apache.catalina.core.StandardService.initInternal", said: line("Failed to initialize connector [Connector[{name}-{port}]]"), context: line("BindException"), must: true, reach: 80, kind: InTheWay, proto: "tcp"},
	{program: "Tomcat", source: "org.apache.catalina.core.StandardService.initInternal", said: line(`Failed to initialize connector [Connector["{name}-{port}"]]`), context: line("BindException"), must: true, reach: 80, kind: InTheWay, proto: "tcp"},
	{program: "Tomcat", source: "org.apache.tomcat.util.net.JIoEndpoint.bind, up to 8", said: line("BindException: {used}{...} {ip}<null>:{port}"), kind: InTheWay, proto: "tcp"},
	{program: "Jetty", source: "org.eclipse.jetty.server.ServerConnector.openAcceptChannel", said: line("Failed to bind to {name}/{at}"), context: line("BindException"), must: true, reach: 80, kind: InTheWay, proto: "tcp"},
	{program: "Jetty", source: "org.eclipse.jetty.util.component.AbstractLifeCycle.setFailed, up to 8", said: line("FAILED {name}Connector@{at}: java.net.BindException"), kind: InTheWay, proto: "tcp"},
	{program: "Java", source: "sun.nio.ch.Net.bind; OpenJDK 17 was run", said: line("java.net.BindException: {used}"), kind: InTheWay},

	// Python
	{program: "Django", source: "django/core/management/commands/runserver.py: inner_run; Django 3.2 was run", said: line("That port is already in use."), context: line("development server at {url}{at}"), reach: 12, kind: InTheWay, proto: "tcp"},
	{program: "Flask", source: "werkzeug/serving.py: prepare_socket; Werkzeug 2.2 was run", said: line("Port {port} is in use by another program"), kind: InTheWay, proto: "tcp"},
	{program: "gunicorn", source: "gunicorn/sock.py: create_sockets; gunicorn 20.1 was run", said: line("Connection in use: {tuple}"), kind: InTheWay, proto: "tcp"},
	{program: "gunicorn", source: "gunicorn/sock.py: create_sockets", said: line("Connection in use: {path}{end}"), kind: SocketFile},
	{program: "uvicorn", source: "uvicorn/server.py: startup; uvicorn 0.17 was run", said: line("ERROR:    [Errno {n}] error while attempting to bind on address {tuple}"), kind: InTheWay, proto: "tcp"},
	{program: "uvicorn", source: "uvicorn/config.py: bind_socket; uvicorn 0.17 was run", said: line("ERROR:    [Errno {n}] {used}"), kind: InTheWay, proto: "tcp"},
	{program: "uWSGI", source: "core/socket.c: bind_to_tcp", said: line("running on the same address ({at})"), kind: InTheWay, proto: "tcp"},
	{program: "Python", source: "Lib/asyncio/base_events.py: create_server; Python 3.11 was run", said: line("error while attempting to bind on address {tuple}: {...}{used}"), kind: InTheWay, proto: "tcp"},
	{program: "Python", source: "Modules/socketmodule.c: sock_bind; Python 3.11 was run", said: line("[Errno {n}] {used}"), kind: InTheWay},
	{program: "Python", source: "Modules/socketmodule.c: sock_bind, Windows", said: line("[WinError {n}] {used}"), kind: InTheWay},
	{program: "Python", source: "Modules/socketmodule.c: sock_bind, Windows", said: line("[WinError 10013] {why}"), kind: Forbidden},

	// Ruby, PHP, Perl
	{program: "Puma", source: "lib/puma/binder.rb: add_tcp_listener; Puma 5.6 was run", said: line(`puma{...}{used} - bind(2) for "{ip}" port {port}`), kind: InTheWay, proto: "tcp"},
	{program: "Puma", source: "lib/puma/binder.rb: add_unix_listener", said: line(`puma{...}{used} - "{path}"`), kind: SocketFile},
	{program: "Ruby", source: "ext/socket/ipsocket.c: init_inetsock_internal; Ruby 3.1 was run", said: line(`{used} - bind(2) for "{ip}" port {port}`), kind: InTheWay},
	{program: "Ruby", source: "ext/socket/ipsocket.c: init_inetsock_internal; Ruby 3.1 was run", said: line("{used} - bind(2) for nil port {port}"), kind: InTheWay},
	{program: "Ruby", source: "ext/socket/socket.c: sock_bind, which WEBrick calls; Ruby 3.1 was run", said: line("{used} - bind(2) for {at}"), kind: InTheWay},
	{program: "Ruby", source: "ext/socket/ipsocket.c, up to 2.1", said: line("{used} - bind(2)"), kind: InTheWay},
	{program: "PHP", source: "sapi/cli/php_cli_server.c: php_cli_server_ctor; PHP 8.2 was run", said: line("Failed to listen on {at} (reason: {used})"), kind: InTheWay, proto: "tcp"},
	{program: "PHP", source: "ext/standard/streamsfuncs.c: stream_socket_server; PHP 8.2 was run", said: line("Unable to connect to {proto}://{at} ({used})"), kind: InTheWay},
	{program: "PHP", source: "ext/sockets/sockets.c: socket_bind; PHP 8.2 was run", said: line("Unable to bind address [{n}]: {used}"), kind: InTheWay},
	{program: "Perl", source: "IO::Socket::INET was run", said: line("IO::Socket::{name}: {...}{used}"), kind: InTheWay},

	// .NET, Erlang
	{program: ".NET", source: "Kestrel, CoreStrings.resx: EndpointAlreadyInUse", said: line("Failed to bind to address {url}{at}: {used}"), kind: InTheWay, proto: "tcp"},
	{program: ".NET", source: "Kestrel, CoreStrings.resx, up to 2.0", said: line("Failed to bind to address {url}{at}{...}port already in use"), kind: InTheWay, proto: "tcp"},
	{program: ".NET", source: "Kestrel, AddressInUseException", said: line("AddressInUseException: {used}"), kind: InTheWay, proto: "tcp"},
	{program: ".NET", source: "System.Net.Sockets.SocketException", said: line("SocketException ({n}): {used}"), kind: InTheWay},
	{program: "Phoenix", source: "lib/phoenix/endpoint/cowboy2_adapter.ex: start_link", said: line("on {url}{at} failed, port already in use"), kind: InTheWay, proto: "tcp"},
	{program: "Phoenix", source: "bandit, lib/bandit/phoenix_adapter.ex", said: line("failed, port {port} already in use"), kind: InTheWay, proto: "tcp"},
	{program: "Ranch", source: "src/ranch_listener_sup.erl: listen_error", said: line("{port,{port}}{...}for reason eaddrinuse"), kind: InTheWay, proto: "tcp"},
	{program: "Ranch", source: "src/ranch_listener_sup.erl: listen_error", said: line("for reason eaddrinuse"), context: line("{port,{port}}"), kind: InTheWay, proto: "tcp"},
	{program: "Erlang", source: "inet:format_error; Erlang/OTP 25 was run", said: line("{error,eaddrinuse}"), context: line("{port,{port}}"), kind: InTheWay},
	{program: "Erlang", source: "gen_tcp:listen", said: line(", :eaddrinuse}"), kind: InTheWay},

	// web servers and proxies
	{program: "nginx", source: "src/core/ngx_connection.c: ngx_open_listening_sockets; nginx 1.22 was run", said: line("bind() to {path} failed ({n}: {used})"), kind: SocketFile},
	{program: "nginx", source: "src/core/ngx_connection.c: ngx_open_listening_sockets; nginx 1.22 was run", said: line("bind() to {at} failed ({n}: {why})"), kind: InTheWay},
	{program: "Apache", source: "server/listen.c: make_sock; Apache 2.4 was run", said: line("({n}){why}: AH00072: make_sock: could not bind to address {at}"), kind: InTheWay, proto: "tcp"},
	{program: "HAProxy", source: "src/proto_tcp.c: tcp_bind_listener; HAProxy 2.6 was run", said: line("cannot bind socket ({why}) for [{at}]"), kind: InTheWay, proto: "tcp"},
	{program: "HAProxy", source: "src/proto_tcp.c: tcp_bind_listener, up to 2.3", said: line("cannot bind socket [{at}]"), kind: InTheWay, proto: "tcp"},
	{program: "lighttpd", source: "src/network.c: network_server_init; lighttpd 1.4 was run", said: line("can't bind to socket: {at}: {why}"), kind: InTheWay, proto: "tcp"},

	// databases, caches, brokers, DNS
	{program: "PostgreSQL", source: "src/backend/libpq/pqcomm.c: StreamServerPort", said: line(`could not bind Unix address "{path}": {used}`), kind: SocketFile},
	{program: "PostgreSQL", source: "src/backend/libpq/pqcomm.c: StreamServerPort; PostgreSQL 15 was run", said: line(`could not bind {family} address "{ip}": {used}`), context: line("already running on port {port}"), kind: InTheWay, proto: "tcp"},
	{program: "MySQL", source: "sql/mysqld.cc: network_init", said: line("Bind on unix socket: {used}"), kind: SocketFile},
	{program: "MySQL", source: "sql/mysqld.cc: activate_tcp_port; MariaDB 10.11 was run", said: line("Bind on TCP/IP port{...}: {used}"), context: line("server running on port: {port}"), kind: InTheWay, proto: "tcp"},
	{program: "MySQL", source: "sql/mysqld.cc: activate_tcp_port; MariaDB 10.11 was run", said: line("Do you already have another {...}server running on port: {port}"), kind: InTheWay, proto: "tcp"},
	{program: "Redis", source: "src/server.c: listenToPort; Redis 7.0 was run", said: line("Could not create server TCP listening socket {at}: {...}{used}"), kind: InTheWay, proto: "tcp"},
	{program: "Redis", source: "src/server.c: initListeners; Redis 7.0 was run", said: line("Failed listening on port {port} ("), kind: InTheWay, proto: "tcp"},
	{program: "memcached", source: "memcached.c: server_sockets; memcached 1.6 was run", said: line("failed to listen on one of interface(s) {ip}: {used}"), kind: InTheWay},
	{program: "memcached", source: "memcached.c: main", said: line("failed to listen on {proto} port {port}: {used}"), kind: InTheWay},
	{program: "MongoDB", source: "src/mongo/util/net/listen.cpp: setupSockets, up to 3.4", said: line("bind() failed errno:{n} {used} for socket: {at}"), kind: InTheWay, proto: "tcp"},
	{program: "MongoDB", source: "src/mongo/transport/transport_layer_asio.cpp: setup", said: line("Failed to set up listener: SocketException: {used}"), context: line("port: {port}"), reach: 40, kind: InTheWay, proto: "tcp"},
	{program: "MongoDB", source: "src/mongo/db/mongod_main.cpp, from 4.4", said: line("Error setting up listener{...}{used}"), context: line(`"port":{port}`), reach: 40, kind: InTheWay, proto: "tcp"},
	{program: "Mosquitto", source: "src/net.c: net__socket_listen_tcp; Mosquitto 2.0 was run", said: line("Error: {used}"), context: line("Opening {family} listen socket on port {port}"), must: true, kind: InTheWay, proto: "tcp"},
	{program: "dnsmasq", source: "src/network.c: make_sock; dnsmasq 2.90 was run", said: line("failed to create listening socket for port {port}: {used}"), kind: InTheWay},
	{program: "dnsmasq", source: "src/network.c: make_sock; dnsmasq 2.90 was run", said: line("failed to create listening socket for {ip}: {used}"), kind: InTheWay},
	{program: "BIND", source: "lib/ns/interfacemgr.c: interface_setup; BIND 9.18 was run", said: line("creating {family} interface {name} failed; interface ignored"), context: line("interface {name}, {ip}#{port}"), kind: InTheWay, proto: "udp"},
	{program: "BIND", source: "lib/ns/interfacemgr.c: ns_interface_listentcp; BIND 9.18 was run", said: line("creating TCP socket: {used}"), context: line("interface {name}, {ip}#{port}"), kind: InTheWay, proto: "tcp"},
	{program: "Unbound", source: "services/listen_dnsport.c: create_udp_sock", said: line("can't bind socket: {used} for {ip} port {port}"), kind: InTheWay},
	{program: "Unbound", source: "services/listen_dnsport.c: create_tcp_accept_sock; Unbound 1.17 was run", said: line("error: bind: {used}"), kind: InTheWay},

	// tunnels and tools
	{program: "sshd", source: "sshd.c: listen_on_addrs; OpenSSH 9.2 was run", said: line("Bind to port {port} on {ip} failed: {why}"), kind: InTheWay, proto: "tcp"},
	{program: "ssh -L", source: "channels.c: channel_setup_fwd_listener_tcpip; OpenSSH 9.2 was run", said: line("bind [{ip}]:{port}: {why}"), kind: InTheWay, proto: "tcp"},
	{program: "ssh -L", source: "channels.c: channel_setup_fwd_listener_tcpip; OpenSSH 9.2 was run", said: line("cannot listen to port: {port}"), kind: InTheWay, proto: "tcp"},
	{program: "socat", source: "xio-socket.c: xiosocket_bind; socat 1.7 was run", said: line("E bind({n}, {AF={n} {at}}, {n}): {why}"), kind: InTheWay},
	{program: "Ncat", source: "ncat/ncat_listen.c: ncat_listen; Ncat 7.93 was run", said: line("Ncat: bind to {at}: {why}"), kind: InTheWay},
	{program: "netcat", source: "netcat.c: main; netcat 1.10 was run with -v", said: line("retrying local {at} : {used}"), kind: InTheWay},
	{program: "netcat", source: "netcat.c: local_listen; OpenBSD's netcat 1.219 was run", said: line("nc: {used}"), context: line("nc -l {port}"), kind: InTheWay},
	{program: "systemd", source: "src/core/socket.c: socket_address_listen_do", said: line("Failed to create listening socket ({path}): {used}"), kind: SocketFile},
	{program: "systemd", source: "src/core/socket.c: socket_address_listen_do", said: line("Failed to create listening socket ({at}): {used}"), kind: InTheWay},
	{program: "systemd", source: "src/activate/activate.c: open_sockets; systemd 252 was run", said: line("Failed to listen on {at}: {why}"), kind: InTheWay},
	{program: "BusyBox", source: "libbb/xconnect.c: xbind; BusyBox 1.35 was run", said: line("httpd: bind: {used}"), context: line("httpd {...}-p {port}"), kind: InTheWay, proto: "tcp"},

	// Rust, and what many say
	{program: "Rust", source: "library/std/src/io/error.rs; Rust 1.95 was run", said: line("{at}: {...}{used} (os error {n})"), kind: InTheWay},
	{program: "Rust", source: "library/std/src/io/error.rs; Rust 1.95 was run", said: line("{used} (os error {n})"), kind: InTheWay},
	{program: "Rust", source: "library/std/src/io/error.rs; Rust 1.95 was run", said: line("kind: AddrInUse"), kind: InTheWay},
	{program: "Vite", source: "packages/vite/src/node/http.ts: httpServerStart; Vite 8 was run", said: line("Error: Port {port} is already in use"), kind: InTheWay, proto: "tcp"},
	{source: "a common way to word it", said: line("port {port} is already in use"), kind: InTheWay},
	{source: "a common way to word it", said: line("port {port} already in use"), kind: InTheWay},
	{source: "a common way to word it", said: line("port {port} is in use"), kind: InTheWay},
	{source: "a common way to word it", said: line("port is already in use"), kind: InTheWay},
	{source: "a common way to word it, of an address", said: line("{at}: {used}"), kind: InTheWay},
	{source: "a common way to word it, of an address", said: line("{at} ({used})"), kind: InTheWay},
	{source: "a common way to word it, of an address", said: line("bind {...}{at}{...}{used}"), kind: InTheWay},
	{source: "strerror of the C library", said: line("port {port}: {used}"), kind: InTheWay},
	{source: "strerror of the C library", said: line("{used}{end}"), kind: InTheWay},
}

// usualPorts are the ports that programs take by themselves. Each program's own documentation names them.
var usualPorts = map[string][]uint16{
	".NET": {5000, 5001}, "Angular": {4200}, "Apache": {80, 443}, "BIND": {53}, "Bun": {3000}, "Caddy": {80, 443, 2019}, "Create React App": {3000},
	"Deno": {8000}, "Django": {8000}, "dnsmasq": {53}, "Flask": {5000}, "Go": {8080}, "gunicorn": {8000}, "HAProxy": {80, 443}, "Java": {8080}, "Jetty": {8080},
	"kubectl port-forward": {8080}, "lighttpd": {80}, "memcached": {11211}, "MongoDB": {27017}, "Mosquitto": {1883}, "MySQL": {3306}, "Next": {3000}, "nginx": {80, 443},
	"Node": {3000, 8080}, "PHP": {8000}, "Phoenix": {4000}, "PostgreSQL": {5432}, "Puma": {9292, 3000}, "Python": {8000}, "Ranch": {5672, 15672}, "Redis": {6379},
	"Ruby": {3000, 4567}, "Rust": {8080, 3000}, "Spring Boot": {8080}, "sshd": {22}, "Tomcat": {8080}, "Traefik": {80, 443, 8080}, "Unbound": {53}, "uvicorn": {8000}, "Vite": {5173},
}

// Usual are the ports that a refusal can be about where its text names none: those that its program takes by itself, and those
// of all others.
func (r Refusal) Usual() (own, others []uint16) {
	own = slices.Clone(usualPorts[r.Program])
	for _, ports := range usualPorts {
		others = append(others, ports...)
	}
	slices.Sort(others)
	return own, slices.Compact(others)
}

// ProgramWords is one wording of a program, for the page that lists them.
type ProgramWords struct{ Program, Words, Source string }

// ProgramsWords are the wordings of programs that ParseAny reads.
func ProgramsWords() []ProgramWords {
	all := make([]ProgramWords, len(programs))
	for i, p := range programs {
		all[i] = ProgramWords{p.program, p.said.text, p.source}
	}
	return all
}
