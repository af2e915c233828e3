package sockets

import (
	"cmp"
	"context"
	"os"
	"slices"
	"time"

	"github.com/portlint/portlint/lint"
)

// finder finds out whose sockets are.
type finder struct {
	proc    procDir
	cgroups string // where cgroup v2 is mounted, "" without
	root    bool   // this process may look at every process that it sees, unless one denies it
	boot    time.Time

	paths   map[uint64]string // cgroup id to its path
	search  *search
	proxies map[int]proxy // docker-proxy processes by pid
	origins map[int]lint.ProcessOrigin
	known   map[int]shown
	cut     bool // the time was up before all processes were looked at
}

// shown is what anybody may know of a process, read once: a server may have many sockets.
type shown struct {
	lint.Process
	ok     bool // it is there
	args   []string
	cgroup string
}

// shown reads what a process shows of itself.
func (f *finder) shown(pid int) shown {
	if s, known := f.known[pid]; known {
		return s
	}
	var s shown
	if s.Process, s.ok = f.proc.process(pid, f.boot); s.ok {
		s.args, s.cgroup = f.proc.args(pid), f.proc.cgroup(pid)
	}
	if f.known == nil {
		f.known = map[int]shown{}
	}
	f.known[pid] = s
	return s
}

// findOwners finds the owners of sockets, in the order of rows. The cheap ways come first: the socket's cgroup names a
// unit without any privilege, and a handful of processes to look at; only what is left needs all processes.
func findOwners(ctx context.Context, rows []row) ([]lint.SocketOwner, []lint.Blind) {
	f := &finder{proc: "/proc", cgroups: cgroupRoot(), root: os.Geteuid() == 0}
	return f.owners(ctx, rows)
}

func (f *finder) owners(ctx context.Context, rows []row) ([]lint.SocketOwner, []lint.Blind) {
	f.boot = f.proc.boot()
	f.search = newSearch(f.proc, rows)
	f.paths = cgroupPaths(ctx, f.cgroups, rows)
	for _, path := range f.paths {
		f.search.visit(ctx, cgroupPids(f.cgroups, path))
	}

	if f.search.open > 0 {
		f.search.walk(ctx)
		f.cut = f.search.open > 0 && ctx.Err() != nil
	}

	f.search.climb(ctx)
	if f.needsProxies(rows) {
		f.proxies = f.findProxies(ctx, rows)
	}
	owners := make([]lint.SocketOwner, len(rows))
	for i, r := range rows {
		owners[i] = f.owner(r)
	}
	if f.cut {
		return owners, []lint.Blind{{What: "whose sockets hold the ports", Why: "the time was up before all processes were looked at"}}
	}
	return owners, nil
}

// owner puts together what is known of one socket.
func (f *finder) owner(r row) lint.SocketOwner {
	path := f.paths[r.cgroup]
	o := lint.SocketOwner{UID: r.uid, User: userName(r.uid), Unit: unitOf(path), ContainerID: containerOf(path)}
	f.fill(r, &o)
	if o.Unit == initScope {
		o.Unit = socketUnit(unitDirs(), r)
	}

	if o.Process.PID != 0 && o.ContainerID == "" && !o.Proxy.IsValid() {
		o.Origin = f.originOf(o.Process.PID)
	}

	if o.Proxy.IsValid() {
		if s, ok := f.proc.stat(o.Process.PID); ok {
			o.Parent = f.shown(s.parent).Process
		}
	}

	return o
}

// originOf is how a process came to be, read once: a server may have many sockets.
func (f *finder) originOf(pid int) lint.ProcessOrigin {
	if f.origins == nil {
		f.origins = map[int]lint.ProcessOrigin{}
	}
	o, known := f.origins[pid]
	if !known {
		o = f.proc.origin(pid)
		f.origins[pid] = o
	}

	return o
}

// fill says how far the owner could be seen.
func (f *finder) fill(r row, o *lint.SocketOwner) {
	switch {
	case r.state == lint.Closing:
		o.Seen = lint.Gone
	case r.inode == 0: // a connection that its listener did not accept yet
	case f.prove(r, o) || f.byProxy(r, o) || f.alone(r, o):
		// the process is in o
	case f.cut: // nothing can be said
	case !f.root:
		o.Seen = lint.NoPrivilege
	case len(f.search.hidden) > 0:
		o.Seen, o.Hiding = lint.Hidden, f.hiding()
	default:
		o.Seen = lint.KernelOrElse
	}
}

// hiding are the processes that do not show their descriptors, by pid.
func (f *finder) hiding() []lint.Process {
	var all []lint.Process
	for _, pid := range slices.Sorted(slices.Values(f.search.hidden)) {
		if p, ok := f.proc.process(pid, f.boot); ok {
			all = append(all, p)
		}
	}
	return all
}

// prove fills in the process that has the socket open: docker-proxy rather than the engine that handed the socket to
// it, else the oldest.
func (f *finder) prove(r row, o *lint.SocketOwner) bool {
	hits := slices.Clone(f.search.wanted[r.inode])
	slices.SortFunc(hits, func(a, b hit) int { return cmp.Or(f.rank(a.pid)-f.rank(b.pid), f.byAge(a.pid, b.pid)) })
	for _, h := range hits {
		p := f.shown(h.pid)
		if !p.ok || !f.search.still(h, r.inode) {
			continue
		}

		o.Seen, o.Process = lint.Known, p.Process
		if o.Unit == "" && o.ContainerID == "" {
			o.Unit, o.ContainerID = unitOf(p.cgroup), containerOf(p.cgroup)
		}
		if o.ContainerID == "" {
			o.ContainerID = f.proc.watchedContainer(h.pid)
		}

		if proxy, ok := parseProxy(p.args); ok {
			o.Proxy = proxy.target
		} else if p.Name == engineName {
			f.byProxy(r, o)
		}

		return true
	}

	return false
}

// rank puts docker-proxy before everything else and pid 1, which keeps the sockets of socket units, behind.
func (f *finder) rank(pid int) int {
	switch {
	case pid == 1:
		return 1
	case f.shown(pid).Name == proxyName:
		return -1
	}
	return 0
}

// byAge orders two processes, the older one first.
func (f *finder) byAge(a, b int) int {
	one, _ := f.proc.stat(a)
	other, _ := f.proc.stat(b)
	return cmp.Or(cmp.Compare(one.start, other.start), a-b)
}

// byProxy fills in the docker-proxy whose command line names the socket.
func (f *finder) byProxy(r row, o *lint.SocketOwner) bool {
	for pid, p := range f.proxies {
		if !p.holds(r) {
			continue
		}
		process := f.shown(pid)
		if process.ok {
			o.Seen, o.Process, o.Proxy = lint.Inferred, process.Process, p.target
		}
		return process.ok
	}
	return false
}

// alone fills in the only process of the cgroup that made the socket, if it is the same user's.
func (f *finder) alone(r row, o *lint.SocketOwner) bool {
	path, ok := f.paths[r.cgroup]
	if !ok || len(f.search.hidden) == 0 {
		return false
	}

	pids := cgroupPids(f.cgroups, path)
	if len(pids) != 1 || f.proc.uid(pids[0]) != r.uid {
		return false
	}
	p := f.shown(pids[0])
	if p.ok {
		o.Seen, o.Process = lint.Inferred, p.Process
	}

	return p.ok
}

// needsProxies reports whether the process of a server was not found, or is the engine, which may have lent the socket.
func (f *finder) needsProxies(rows []row) bool {
	return slices.ContainsFunc(rows, func(r row) bool {
		server := r.state == lint.Listening || r.state == lint.Datagram
		hits := f.search.wanted[r.inode]
		engine := func(h hit) bool { return f.shown(h.pid).Name == engineName }
		return server && r.inode != 0 && (len(hits) == 0 || slices.ContainsFunc(hits, engine))
	})
}

// findProxies reads the command line of every docker-proxy, which everybody may. It is a child of the engine, in the
// cgroup that made the socket; where that is not known, all processes are looked at.
func (f *finder) findProxies(ctx context.Context, rows []row) map[int]proxy {
	var pids []int
	for _, r := range rows {
		if _, ok := f.paths[r.cgroup]; !ok {
			pids = f.proc.pids()
			break
		}
		pids = append(pids, cgroupPids(f.cgroups, f.paths[r.cgroup])...)
	}

	proxies := map[int]proxy{}
	for _, pid := range pids {
		if ctx.Err() != nil {
			break
		}
		if f.proc.comm(pid) != proxyName {
			continue
		}
		if p, ok := parseProxy(f.proc.args(pid)); ok {
			proxies[pid] = p
		}
	}

	return proxies
}
