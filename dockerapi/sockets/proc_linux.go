package sockets

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/portlint/portlint/lint"
)

// procDir is a mounted procfs. Processes end while they are read: what is gone is left out, never an error.
type procDir string

// ticksPerSecond is USER_HZ of /proc/PID/stat, the same on every Linux that Go runs on.
const ticksPerSecond = 100

func (d procDir) path(pid int, file string) string {
	return string(d) + "/" + strconv.Itoa(pid) + "/" + file
}

// pids are all processes that this user is shown, ascending.
func (d procDir) pids() []int {
	f, err := os.Open(string(d))
	if err != nil {
		return nil
	}

	defer f.Close()
	names, _ := f.Readdirnames(-1)
	var pids []int
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil && pid > 0 {
			pids = append(pids, pid)
		}
	}

	slices.Sort(pids)
	return pids
}

// uid is the effective user of a process, -1 when it is gone.
func (d procDir) uid(pid int) int {
	var st syscall.Stat_t
	if syscall.Stat(string(d)+"/"+strconv.Itoa(pid), &st) != nil {
		return -1
	}
	return int(st.Uid)
}

// args is the command line of a process, as it may have rewritten it.
func (d procDir) args(pid int) []string {
	b, err := os.ReadFile(d.path(pid, "cmdline"))
	b = bytes.TrimRight(b, "\x00")
	if err != nil || len(b) == 0 {
		return nil
	}
	return strings.Split(string(b), "\x00")
}

// comm is the name of a process: 15 bytes, which it may have set.
func (d procDir) comm(pid int) string {
	b, _ := os.ReadFile(d.path(pid, "comm"))
	return strings.TrimSuffix(string(b), "\n")
}

// stat is what the kernel says of a process; not ok when it is gone.
func (d procDir) stat(pid int) (stat, bool) {
	b, err := os.ReadFile(d.path(pid, "stat"))
	if err != nil {
		return stat{}, false
	}
	return parseStat(b)
}

// process is what anybody may know of a process; not ok when it is gone.
func (d procDir) process(pid int, boot time.Time) (lint.Process, bool) {
	s, ok := d.stat(pid)
	if !ok {
		return lint.Process{}, false
	}

	args := d.args(pid)
	p := lint.Process{PID: pid, Name: fullName(s.name, args), Command: command(args), User: userName(d.uid(pid))}
	if !boot.IsZero() {
		p.StartedAt = boot.Add(time.Duration(s.start) * time.Second / ticksPerSecond)
	}

	return p, true
}

// boot is when the machine started, the zero time when that can't be read.
func (d procDir) boot() time.Time {
	b, _ := os.ReadFile(string(d) + "/stat")
	for line := range bytes.Lines(b) {
		if n, ok := bytes.CutPrefix(line, []byte("btime ")); ok {
			if sec, err := strconv.ParseInt(string(bytes.TrimSpace(n)), 10, 64); err == nil {
				return time.Unix(sec, 0)
			}
		}
	}
	return time.Time{}
}

// cgroup is the path of the cgroup of a process that says most: the one with a container or a unit in it.
func (d procDir) cgroup(pid int) string {
	b, _ := os.ReadFile(d.path(pid, "cgroup"))
	best := ""
	for line := range strings.Lines(string(b)) {
		f := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3)
		switch {
		case len(f) < 3:
		case containerOf(f[2]) != "":
			return f[2]
		case unitOf(f[2]) != "":
			best = f[2]
		}
	}

	return best
}

// userName is the name of a user of this machine in /etc/passwd, the number when it has none, "" for a negative uid. It
// asks no directory service, which could hang.
func userName(uid int) string {
	if uid < 0 {
		return ""
	}

	b, _ := os.ReadFile("/etc/passwd")
	number := strconv.Itoa(uid)
	for line := range strings.Lines(string(b)) {
		if f := strings.SplitN(line, ":", 4); len(f) == 4 && f[2] == number {
			return f[0]
		}
	}

	return number
}
