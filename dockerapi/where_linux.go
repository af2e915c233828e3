package dockerapi

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/portlint/portlint/lint"
)

// peerOf is the process that listens on the other side of a unix socket, 0 when it lives in another pid namespace.
func peerOf(c net.Conn) int {
	unix, ok := c.(syscall.Conn)
	if !ok {
		return 0
	}

	raw, err := unix.SyscallConn()
	if err != nil {
		return 0
	}
	pid := 0
	err = raw.Control(func(fd uintptr) {
		if cred, err := syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED); err == nil {
			pid = int(cred.Pid)
		}
	})
	if err != nil {
		return 0
	}
	return pid
}

func kernel() string { return firstLine("/proc/sys/kernel/osrelease") }

// activated are the processes that may serve a socket which systemd opened: what dockerd wrote of itself, and those of the unit
// that systemd starts for Podman's socket.
func activated(host string) []int {
	switch host {
	case "unix:///var/run/docker.sock", "unix:///run/docker.sock":
		pid, _ := strconv.Atoi(firstLine("/run/docker.pid"))
		return []int{pid}
	}
	return processesOf(podmanUnit(host))
}

// podmanUnit is the control group of the unit that systemd starts for a socket of Podman, root's or a user's, "" for any other socket.
func podmanUnit(host string) string {
	switch host {
	case "unix:///run/podman/podman.sock", "unix:///var/run/podman/podman.sock":
		return "system.slice/podman.service"
	}

	const ofUser = "unix:///run/user/%d/podman/podman.sock"
	var uid int
	_, _ = fmt.Sscanf(host, ofUser, &uid) // which takes anything after the number
	if host != fmt.Sprintf(ofUser, uid) {
		return ""
	}
	return fmt.Sprintf("user.slice/user-%d.slice/user@%d.service/app.slice/podman.service", uid, uid)
}

// netBindService is the number of the capability to bind low ports. Source: linux include/uapi/linux/capability.h.
const netBindService = 10

// lowPortsOf says whether a process may bind the ports that the system keeps for root.
func lowPortsOf(pid int) lint.LowPorts {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return lint.UnknownLowPorts
	}
	_, rest, _ := strings.Cut(string(text), "\nCapEff:")
	line, _, _ := strings.Cut(rest, "\n")
	effective, err := strconv.ParseUint(strings.TrimSpace(line), 16, 64)
	switch {
	case err != nil:
		return lint.UnknownLowPorts
	case effective>>netBindService&1 == 1:
		return lint.AllLowPorts
	}
	return lint.NoLowPorts
}

// processesOf are the processes of a control group, none where that is not known.
func processesOf(group string) []int {
	if group == "" {
		return nil
	}
	text, _ := os.ReadFile("/sys/fs/cgroup/" + group + "/cgroup.procs")
	var pids []int
	for word := range strings.FieldsSeq(string(text)) {
		if pid, err := strconv.Atoi(word); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

func firstLine(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimSpace(line)
}

func inContainer() bool {
	for _, mark := range []string{"/.dockerenv", "/run/.containerenv"} {
		if _, err := os.Stat(mark); !errors.Is(err, os.ErrNotExist) {
			return true
		}
	}
	return false
}

// sharesRoot reports whether a process has the same file system at its root. Only root may look at another user's.
func sharesRoot(pid int) bool {
	if pid <= 0 {
		return false
	}
	theirs, err1 := os.Stat(fmt.Sprintf("/proc/%d/root/.", pid))
	ours, err2 := os.Stat("/")
	return err1 == nil && err2 == nil && os.SameFile(theirs, ours)
}

func processOf(pid int) process {
	if pid <= 0 {
		return process{}
	}

	dir, err := os.Stat(fmt.Sprintf("/proc/%d", pid))
	if err != nil {
		return process{}
	}
	p := process{pid: pid, command: commandOf(pid), network: networkOf(pid)}
	if st, ok := dir.Sys().(*syscall.Stat_t); ok {
		p.root = st.Uid == 0
	}

	return p
}

// commandOf is the name of a program. One that has started itself anew through /proc/self/exe, as Podman 5 does for a user, has the
// name of that link to the kernel, and says its own in its first word.
func commandOf(pid int) string {
	name := firstLine(fmt.Sprintf("/proc/%d/comm", pid))
	if name != "exe" {
		return name
	}
	words, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	first, _, _ := strings.Cut(string(words), "\x00")
	return filepath.Base(first)
}

// settings are those of dockerd, as far as this user may read them.
func (p process) settings() daemonSettings {
	args, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p.pid))
	return readDaemon(strings.Split(string(args), "\x00"), func(file string) []byte {
		text, _ := os.ReadFile(file)
		return text
	})
}

// networkOf compares the network namespace of a process with this one's. One thread of an engine may have stayed in the namespace
// of a container, the first one of Podman 5 among them, so that all threads are looked at, and the namespace of most of them counts.
func networkOf(pid int) netnsMatch {
	threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	count := map[netnsMatch]int{}
	for _, t := range threads {
		count[threadNetwork(fmt.Sprintf("/proc/%d/task/%s", pid, t.Name()))]++
	}

	switch here, away := count[same], count[other]; {
	case here+away == 0:
		return notSeen
	case here > away:
		return same
	}
	return other
}

// threadNetwork compares the network namespaces of a thread and of this process. The link ns/net is for the owner and root alone;
// net is for everybody, and its files have an inode of their own in each namespace.
func threadNetwork(dir string) netnsMatch {
	theirs, err := os.Readlink(dir + "/ns/net")
	ours, ownErr := os.Readlink("/proc/self/ns/net")
	if err == nil && ownErr == nil {
		return sameIf(theirs == ours)
	}

	there, err := os.Stat(dir + "/net/dev")
	here, ownErr := os.Stat("/proc/self/net/dev")
	if err != nil || ownErr != nil {
		return notSeen
	}
	return sameIf(os.SameFile(there, here))
}

func sameIf(is bool) netnsMatch {
	if is {
		return same
	}
	return other
}

// parentOf is the parent process, 0 when not seen. The command in /proc/PID/stat may contain anything, ")" too.
func parentOf(pid int) int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}

	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 2 {
		return 0
	}
	parent, _ := strconv.Atoi(fields[1])
	return parent
}
