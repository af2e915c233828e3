package lint

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint/keeper"
)

func TestBlockersInWords(t *testing.T) {
	outgoing := endpoint("1.2.3.4:443/tcp").Addr
	for _, c := range []struct {
		name string
		h    Holder
		want string // the message after `8080/tcp of "web" is `, the best help, and its command
	}{
		{"a unit without root", Holder{Owner: SocketOwner{Seen: NoPrivilege, Unit: "postgresql@16-main.service"}},
			"held by a process of root in postgresql@16-main.service that only root may see | stop that unit | sudo systemctl stop postgresql@16-main.service"},
		{"another user", Holder{Owner: SocketOwner{Seen: NoPrivilege, UID: 1002}},
			"held by a process of uid 1002 that only root may see | run portlint with sudo to see the process | "},
		{"the machine's resolver", Holder{Local: netip.MustParseAddrPort("127.0.0.53:53"), State: Datagram, Owner: SocketOwner{Seen: NoPrivilege, UID: 101, User: "systemd-resolve", Unit: "systemd-resolved.service"}},
			"held by a process of user systemd-resolve in systemd-resolved.service that only root may see, at 127.0.0.53:53 | publish it on another address, such as 127.0.0.1, " +
				"or set DNSStubListener=no in /etc/systemd/resolved.conf; this machine asks systemd-resolved for names | "},
		{"the machine's resolver, seen", Holder{Owner: SocketOwner{Seen: Known, Process: Process{PID: 400, Name: "systemd-resolved"}}},
			"held by systemd-resolved (pid 400) | publish it on another address, such as 127.0.0.1, " +
				"or set DNSStubListener=no in /etc/systemd/resolved.conf; this machine asks systemd-resolved for names | "},
		{"the way in", Holder{Owner: SocketOwner{Seen: Known, Unit: "ssh.service", Process: Process{PID: 401, Name: "sshd"}}},
			"held by sshd (pid 401, ssh.service) | publish another port: people log in to this machine here | "},
		{"another user by name", Holder{Owner: SocketOwner{Seen: NoPrivilege, UID: 1002, User: "anna"}},
			"held by a process of user anna that only root may see | run portlint with sudo to see the process | "},
		{"nobody knows whom", Holder{Owner: SocketOwner{Seen: NoPrivilege, UID: -1}},
			"held by a process of another user that only root may see | run portlint with sudo to see the process | "},
		{"one process that hides from root", Holder{Owner: SocketOwner{Seen: Hidden, Hiding: []Process{{PID: 812, Name: "guardd"}}}},
			"held by a process of root that root may not look into: pid 812 (guardd) is the only one that hides its descriptors | see what pid 812 (guardd) is | "},
		{"root of a container", Holder{Owner: SocketOwner{Seen: Hidden, UID: 1002, Hiding: []Process{{PID: 1}, {PID: 2}}}},
			"held by a process of uid 1002 that root may not look into: 2 processes hide their descriptors | " +
				"run portlint on the machine itself, or with the capability CAP_SYS_PTRACE | "},
		{"a unit that hides from root", Holder{Owner: SocketOwner{Seen: Hidden, Unit: "nginx.service", Hiding: []Process{{PID: 1}, {PID: 2}}}},
			"held by a process of root in nginx.service that root may not look into: 2 processes hide their descriptors | stop that unit | sudo systemctl stop nginx.service"},
		{"a server", Holder{Owner: SocketOwner{Seen: Known, Process: Process{PID: 4711, Name: "node", User: "anna", Command: "node server.js"}}},
			`held by node (pid 4711, anna): "node server.js" | stop node where it was started | `},
		{"a server of a unit", Holder{Owner: SocketOwner{Seen: Known, Unit: "nginx.service", Process: Process{PID: 1, Name: "nginx"}}},
			"held by nginx (pid 1, nginx.service) | stop that unit | sudo systemctl stop nginx.service"},
		{"a shell's child", Holder{Owner: SocketOwner{Seen: Known, Unit: "session-3.scope", Process: Process{PID: 1, Name: "python3"}}},
			"held by python3 (pid 1, session-3.scope) | stop python3 where it was started | "},
		{"a user's manager", Holder{Owner: SocketOwner{Seen: Known, Unit: "user@1000.service", Process: Process{PID: 1, Name: "python3"}}},
			"held by python3 (pid 1, user@1000.service) | stop python3 where it was started | "},
		{"a unit of one's own", Holder{Owner: SocketOwner{Seen: Known, Unit: "web.service", Process: Process{PID: 9, Name: "node", User: "anna"},
			Origin: ProcessOrigin{Known: true, Own: true, UserManager: "1000"}}},
			"held by node (pid 9, anna, web.service) | stop that unit of yours | systemctl --user stop web.service"},
		{"a unit of another user", Holder{Owner: SocketOwner{Seen: Known, Unit: "web.service", Process: Process{PID: 9, Name: "node", User: "anna"},
			Origin: ProcessOrigin{Known: true, UserManager: "1000"}}},
			"held by node (pid 9, anna, web.service) | stop that unit of user anna | sudo systemctl --user -M anna@ stop web.service"},
		{"somebody's work in a unit", Holder{Owner: SocketOwner{Seen: Known, Unit: "code-server@anna.service", Process: Process{PID: 9, Name: "node", User: "anna"},
			Origin: ProcessOrigin{Known: true, Self: keeper.Process{PID: 9, Name: "node"}, User: "anna", Terminal: "pts/3", Foreground: true, Dir: "/srv/shop"}}},
			"held by node (pid 9, anna, code-server@anna.service) in /srv/shop | Ctrl-C in the terminal pts/3 in /srv/shop | "},
		{"a login without a session of its own", Holder{Owner: SocketOwner{Seen: Known, Unit: "ssh.service", Process: Process{PID: 9, Name: "node"}}},
			"held by node (pid 9, ssh.service) | stop node where it was started | "},
		{"an app of PM2 in a unit", Holder{Owner: SocketOwner{Seen: Known, Unit: "pm2-anna.service", Process: Process{PID: 9, Name: "node"},
			Origin: ProcessOrigin{Known: true, User: "anna", Self: keeper.Process{PID: 9, Name: "node"}, Env: map[string]string{"name": "my api; reboot"},
				Parents: []keeper.Process{{PID: 8, Name: "PM2 v7", Args: []string{"PM2 v7.0.4: God Daemon (/home/anna/a b)"}}}}}},
			"held by node (pid 9, pm2-anna.service) | stop it with PM2, which starts it again when it ends | sudo -u anna env PM2_HOME='/home/anna/a b' pm2 stop 'my api; reboot'"},
		{"a socket unit", Holder{Owner: SocketOwner{Seen: Known, Unit: "cups.socket", Process: Process{PID: 1, Name: "systemd"}}},
			"held by systemd (pid 1, cups.socket) | stop that unit | sudo systemctl stop cups.socket"},
		{"an odd unit", Holder{Owner: SocketOwner{Seen: Known, Unit: `dev-it's\x2d.service`, Process: Process{PID: 1, Name: "x"}}},
			`held by x (pid 1, dev-it's\x2d.service) | stop that unit | sudo systemctl stop 'dev-it'\''s\x2d.service'`},
		{"an ssh with a control socket of its own", Holder{Owner: SocketOwner{Seen: Known, Process: Process{PID: 9, Name: "ssh", Command: "ssh -M -S /home/u/.ssh/ssh.sock -N -L 8080:db:5432 build1"}}},
			`held by ssh (pid 9): "ssh -M -S /home/u/.ssh/ssh.sock -N -L 8080:db:5432 build1" | stop ssh where it was started | `},
		{"the connection of Lima", Holder{Owner: SocketOwner{Seen: Known, Process: Process{PID: 9, Name: "ssh", Command: "ssh -S /home/u/.lima/docker/ssh.sock"}}},
			"held by ssh (pid 9), for a container of Lima, Colima or Rancher Desktop | look in `docker ps` of its context (`docker context ls`); do not end ssh | "},
		{"docker-proxy of another engine", Holder{Owner: SocketOwner{Seen: Known, Process: Process{PID: 812, Name: "docker-proxy"}, Proxy: outgoing,
			Parent: Process{PID: 700, Name: "dockerd", Command: "dockerd --group docker --host=unix:///run/two.sock"}}},
			"held by docker-proxy (pid 812) for a container of another engine (1.2.3.4:443, dockerd with pid 700) | " +
				"see which container of that engine it is; do not end docker-proxy | docker -H unix:///run/two.sock ps"},
		{"docker-proxy of another engine with systemd's socket", Holder{Owner: SocketOwner{Seen: Known, Process: Process{PID: 812, Name: "docker-proxy"}, Proxy: outgoing,
			Parent: Process{PID: 700, Name: "dockerd", Command: "dockerd -H fd://"}}},
			"held by docker-proxy (pid 812) for a container of another engine (1.2.3.4:443, dockerd with pid 700) | " +
				"look in the engine that has pid 700 (`docker context ls`); do not end docker-proxy | "},
		{"docker-proxy of this engine", Holder{Owner: SocketOwner{Seen: Known, Process: Process{PID: 812, Name: "docker-proxy"}, Proxy: outgoing,
			Parent: Process{PID: 500, Name: "dockerd"}}},
			"held by docker-proxy (pid 812) for 1.2.3.4:443: a leftover, as this engine lists no container with that port | " +
				"restart that engine when its containers can take it; do not end docker-proxy | "},
		{"docker-proxy without an engine", Holder{Owner: SocketOwner{Seen: Known, Process: Process{PID: 812, Name: "docker-proxy"}, Proxy: outgoing,
			Parent: Process{PID: 1, Name: "systemd"}}},
			"held by docker-proxy (pid 812) for 1.2.3.4:443: a leftover of an engine that has ended | " +
				"restart the engine that it was, such as docker.service; do not end docker-proxy | "},
		{"docker-proxy", Holder{Owner: SocketOwner{Seen: Inferred, Unit: "docker.service", Process: Process{PID: 812, Name: "docker-proxy"}, Proxy: outgoing}},
			"held by docker-proxy (pid 812, docker.service) for 1.2.3.4:443: a container of another engine, or a leftover | " +
				"look in the other engines of this machine (`docker context ls`), or restart docker.service; do not end docker-proxy | "},
		{"a cut name", Holder{Owner: SocketOwner{Seen: Known, Process: Process{PID: 3, Name: "com.docker.back"}}},
			"held by com.docker.back (pid 3), for a container of Docker Desktop | look in `docker --context desktop-linux ps`; do not end com.docker.back | "},
		{"Windows' host", Holder{Owner: SocketOwner{Seen: Known, Process: Process{PID: 3, Name: `C:\Windows\System32\svchost.exe`}}},
			`held by C:\Windows\System32\svchost.exe (pid 3), for a Windows service | ` +
				"stop that service in services.msc; `tasklist /svc` names it; do not end C:\\Windows\\System32\\svchost.exe | "},
		{"the kernel", Holder{Owner: SocketOwner{Seen: KernelOrElse}},
			"held by no process that portlint can see: by the kernel itself, or by a process of another container | " +
				"look for what the kernel itself serves there, such as NFS, or for a container with host networking | "},
		{"the kernel, UDP", Holder{Owner: SocketOwner{Seen: KernelOrElse}, State: Datagram},
			"held by no process that portlint can see: by the kernel itself, or by a process of another container | " +
				"look for what the kernel itself serves there, such as vxlan or WireGuard, or for a container with host networking | "},
		{"not explained", Holder{Owner: SocketOwner{UID: -1}},
			"in use, and nothing that portlint can see on this machine explains it | look on the other side: from WSL on Windows, from Windows in WSL (`wsl ss -lntu`), from a virtual machine on its host | "},
		{"another engine's container", Holder{Owner: SocketOwner{Seen: Inferred, ContainerID: "0123456789abcdef"}},
			"held by a process of container 0123456789ab, which this engine does not list | look for the container in the other engines of this machine (`docker context ls`) | "},
		{"a connection of a low port", Holder{State: Connection, Local: netip.MustParseAddrPort("10.0.0.1:8080"), Remote: outgoing, Owner: SocketOwner{Seen: NoPrivilege}},
			"held by a connection to 1.2.3.4:443 | try again when the connection is closed | "},
		{"a connection", Holder{State: Connection, Local: netip.MustParseAddrPort("10.0.0.1:40000"), Remote: outgoing, Owner: SocketOwner{Seen: NoPrivilege}},
			"the local port of an outgoing connection to 1.2.3.4:443, which comes and goes | " +
				"try again when the connection is closed, or publish a port outside the range of outgoing connections | "},
		{"a closing one", Holder{State: Closing, Owner: SocketOwner{Seen: Gone}},
			"still held by a closing connection that has no process any more; it is free again within a minute | try again in a minute | "},
	} {
		s := occupancy{host: &Host{}}
		b := newOwner(c.h, &Host{Engine: Engine{Version: "29.0.1", PID: 500}})
		fix := howToFree(b, s.plan)
		if got := ownerSentence(b, s.plan) + " | " + fix.Title + " | " + fix.Command; got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
		if strings.Contains(fix.Command, "kill") || fix.Safety != Manual {
			t.Errorf("%s: %+v", c.name, fix)
		}
	}
}

func TestCommandsForContainers(t *testing.T) {
	for _, c := range []struct {
		c    Container
		want string
	}{
		{container("blog/web-1"), "docker compose -p blog stop web"},
		{stranger("x"), "docker stop x"},
		{Container{Name: "a b", Project: "blog", Service: "web", OneOff: true}, "docker stop 'a b'"},
		{Container{Name: "x", Project: "$(reboot)", Service: "web"}, "docker stop x"},
		{Container{Name: "x", Project: "blog", Service: "--volumes"}, "docker stop x"},
		{Container{Name: "x", Project: "blog", Service: "web; reboot"}, "docker stop x"},
		{Container{Name: "x", Project: "blog", Service: "web", DirState: DirGone}, "docker stop x"},
		{Container{Name: "x", Project: "blog", Service: "web", DirState: DirGone, ProjectGone: true}, "docker compose -p blog down"},
		{Container{Name: "x", Project: "blog", Service: "web", DirState: DirGone, projectShared: true}, "docker stop x"},
		{Container{Name: "x", Project: "blog", Service: "web", projectShared: true}, "docker stop x"},
	} {
		if got := (Plan{}).Stop(&c.c).fix().Command; got != c.want {
			t.Errorf("%+v: %s, want %s", c.c, got, c.want)
		}
	}
}

// TestSharedProjects: what Compose does by the name of a project reaches the containers of all directories that have it.
func TestSharedProjects(t *testing.T) {
	in := func(project, dir string) Container {
		return Container{Name: "x", State: "running", Project: project, Service: "web", WorkingDir: dir}
	}
	gone, elsewhere := in("blog", "/gone"), in("blog", "/b")
	gone.DirState, elsewhere.Context = DirGone, "other"
	for _, c := range []struct {
		name string
		all  []Container
		want bool // of the first
	}{
		{"alone", []Container{in("blog", "/a")}, false},
		{"of one directory", []Container{in("blog", "/a"), in("blog", "/a/")}, false},
		{"of two", []Container{in("blog", "/a"), in("blog", "/b")}, true},
		{"of two projects", []Container{in("blog", "/a"), in("shop", "/b")}, false},
		{"beside one that is gone", []Container{in("blog", "/a"), gone}, false},
		{"one that is gone", []Container{gone, in("blog", "/a")}, true},
		{"of another engine", []Container{in("blog", "/a"), elsewhere}, false},
		{"that Compose did not make", []Container{in("", ""), in("", "")}, false},
	} {
		MarkSharedProjects(c.all)
		if got := c.all[0].projectShared; got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
		if got := (Plan{}).Remove(&c.all[0]).Command; c.want != slices.Equal(got, []string{"docker", "rm", "-f", "x"}) && c.all[0].Project != "" {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestHostNetworking(t *testing.T) {
	host := func(name string) Container {
		c := container(name)
		c.NetworkMode = "host"
		return c
	}
	conflicts := func(c Container) *machine {
		m := docker("29.0.1").listens("0.0.0.0:8080/tcp", SocketOwner{Seen: Known, ContainerID: c.ID[:12], Process: Process{PID: 9, Name: "app"}})
		return m.runs(c)
	}
	checkLive(t, []liveCase{
		{name: "another project's", services: web(), machine: conflicts(host("blog/app-1")), want: VerdictConflict, says: `
error certain 5: [port-in-use] 8080/tcp of "web" is taken by blog/app
  held by: container blog-app-1 in /blog, which uses the host's network
  manual: stop service "app" of project "blog": docker compose -p blog stop app
  unsafe: publish "web" on host port 8081
    - "${WEB_PORT:-8081}:80"
`},
		{name: "ours, which gets ports instead", services: web(), machine: conflicts(host("p/web-1")), want: VerdictClear, says: "-"},
		{name: "ours, of another service", services: on(service("web", "8080:80"), service("app").net(hostNetwork)), machine: conflicts(host("p/app-1")), want: VerdictPossible},
	})
}
