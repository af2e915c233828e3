package sockets

import (
	"encoding/json"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/keeper"
)

// The bounds of what is read of one process: threads, children, the bytes of its environment.
const (
	maxThreads  = 256
	maxChildren = 64
	maxEnviron  = 1 << 20
)

// origin is what procfs tells of how a process came to be. What this user may not see is left out.
func (d procDir) origin(pid int) lint.ProcessOrigin {
	s, ok := d.stat(pid)
	if !ok {
		return lint.ProcessOrigin{}
	}

	uid := d.uid(pid)
	o := lint.ProcessOrigin{
		Known: true, Self: d.ancestor(pid), Own: uid == os.Geteuid(), User: userName(uid),
		Terminal: terminalName(s.terminal), Foreground: s.terminal != 0 && s.group == s.foreground,
		OwnSession: s.session == pid, SessionOver: d.sessionOver(pid, s),
		IgnoresHangup: d.ignoresHangup(pid), TerminalClosed: d.terminalClosed(pid),
		UserManager: userManager(d.cgroup(pid)), Env: variables(d.environ(pid)),
	}
	o.Dir, o.DirGone = d.dir(pid)
	o.Parents = d.parents(s)
	o.Adopted = d.adopted(pid, s)
	if o.Adopted && !o.OwnSession && !o.SessionOver {
		o.Leader = d.ancestor(s.session)
	}
	d.children(pid, &o)
	return o
}

// watchedContainer is the id of the container that a process is in, "" when none: conmon, which Podman starts above each, names it. That is all
// there is to see where a container has no cgroup, as those of a user under cgroup v1. Source: podman libpod/oci_conmon_common.go, sharedConmonArgs.
func (d procDir) watchedContainer(pid int) string {
	for range maxParents {
		s, _ := d.stat(pid) // of one that is gone there is no parent
		if s.parent <= 1 {
			return ""
		}
		pid = s.parent
		if d.comm(pid) != "conmon" {
			continue
		}

		args := d.args(pid)
		if i := slices.Index(args, "-c"); i >= 0 && i+1 < len(args) {
			return containerID(args[i+1])
		}
		return ""
	}
	return ""
}

// parents are the processes above one, without the first of the system.
func (d procDir) parents(s stat) []keeper.Process {
	var all []keeper.Process
	for pid := s.parent; pid > 1 && len(all) < maxParents; {
		p, ok := d.stat(pid)
		if !ok || p.start > s.start { // its number was given to another process
			break
		}
		all = append(all, d.ancestor(pid))
		s, pid = p, p.parent
	}
	return all
}

// ancestor is a process as it is told of one that it started.
func (d procDir) ancestor(pid int) keeper.Process {
	args := d.args(pid)
	p := keeper.Process{PID: pid, Name: fullName(d.comm(pid), args)}
	p.Dir, _ = d.dir(pid)

	left := maxCommand
	for _, arg := range args {
		if left -= len(arg); left < 0 {
			break
		}
		p.Args = append(p.Args, strings.ToValidUTF8(arg, "\uFFFD"))
	}
	return p
}

// adopted reports whether who started a process is gone: its parent is the first process, a systemd of its user, or one outside
// of its session though it does not lead that.
func (d procDir) adopted(pid int, s stat) bool {
	if s.parent <= 1 {
		return true
	}

	parent, ok := d.stat(s.parent)
	if !ok {
		return false
	}
	manager := parent.name == "systemd" && slices.Contains(d.args(s.parent), "--user")
	return manager || s.session != pid && s.session != parent.session
}

// sessionOver reports whether the leader of a session has ended. Its number may be another process's by now, which is younger.
func (d procDir) sessionOver(pid int, s stat) bool {
	if s.session == pid || s.session == 0 {
		return false
	}
	leader, ok := d.stat(s.session)
	return !ok || leader.start > s.start
}

// dir is the working directory of a process, and whether it was removed; "" where this user may not see it, and where the process
// sees another file system.
func (d procDir) dir(pid int) (dir string, gone bool) {
	own, err1 := os.Readlink(d.path(os.Getpid(), "ns/mnt"))
	its, err2 := os.Readlink(d.path(pid, "ns/mnt"))
	dir, err3 := os.Readlink(d.path(pid, "cwd"))
	elsewhere := err1 == nil && err2 == nil && own != its
	if err3 != nil || elsewhere {
		return "", false
	}

	name, marked := strings.CutSuffix(dir, " (deleted)")
	if !marked {
		return dir, false
	}
	var st syscall.Stat_t // a directory may really be called so
	if syscall.Stat(d.path(pid, "cwd"), &st) == nil && st.Nlink > 0 {
		return dir, false
	}
	return name, true
}

// terminalClosed reports whether the standard input or output of a process is a terminal that is gone.
func (d procDir) terminalClosed(pid int) bool {
	return slices.ContainsFunc([]string{"fd/0", "fd/1", "fd/2"}, func(fd string) bool {
		to, err := os.Readlink(d.path(pid, fd))
		return err == nil && strings.HasPrefix(to, "/dev/pts/") && strings.HasSuffix(to, " (deleted)")
	})
}

// ignoresHangup reports whether a process does not end when its terminal does. Source: proc(5), SigIgn: bit 0 is signal 1.
func (d procDir) ignoresHangup(pid int) bool {
	b, _ := os.ReadFile(d.path(pid, "status"))
	for line := range strings.Lines(string(b)) {
		if mask, ok := strings.CutPrefix(line, "SigIgn:"); ok {
			bits, err := strconv.ParseUint(strings.TrimSpace(mask), 16, 64)
			return err == nil && bits&1 != 0
		}
	}
	return false
}

// environ is the environment that a process was started with; none where this user may not see it.
func (d procDir) environ(pid int) []string {
	f, err := os.Open(d.path(pid, "environ"))
	if err != nil {
		return nil
	}
	defer f.Close()
	text, _ := io.ReadAll(io.LimitReader(f, maxEnviron)) // what came before an error is true
	return strings.Split(string(text), "\x00")
}

// clusterApp is the name of the app of which a process is a worker, "" for another process. Source: pm2 lib/God/ClusterMode.js.
func clusterApp(environ []string) string {
	for _, pair := range environ {
		if text, ok := strings.CutPrefix(pair, "pm2_env="); ok {
			var app struct{ Name string }
			if json.Unmarshal([]byte(text), &app) == nil && len(app.Name) <= maxValue {
				return app.Name
			}
		}
	}
	return ""
}

// children counts the processes that one has started, by whichever of its threads, and says what they tell of it.
func (d procDir) children(pid int, o *lint.ProcessOrigin) {
	threads, err := os.ReadDir(d.path(pid, "task"))
	if err != nil {
		o.Children = -1
		return
	}

	var pids []string
	for _, thread := range threads[:min(len(threads), maxThreads)] {
		b, err := os.ReadFile(d.path(pid, "task/"+thread.Name()+"/children"))
		if err != nil { // a kernel without CONFIG_PROC_CHILDREN, or a thread that has ended
			o.Children = -1
			return
		}
		pids = append(pids, strings.Fields(string(b))...)
	}
	o.Children = len(pids)
	for _, text := range pids[:min(len(pids), maxChildren)] {
		child, err := strconv.Atoi(text)
		if err != nil {
			continue
		}
		environ := d.environ(child)
		env := variables(environ)
		o.Reloads = o.Reloads || env["WERKZEUG_RUN_MAIN"]+env["RUN_MAIN"]+env["WATCH_REPORT_DEPENDENCIES"] != ""
		if app := clusterApp(environ); app != "" && !slices.Contains(o.Apps, app) {
			o.Apps = append(o.Apps, app)
		}
	}
}
