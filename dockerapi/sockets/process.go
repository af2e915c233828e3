package sockets

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/portlint/portlint/lint/keeper"
)

const (
	maxCommand = 4 << 10 // bytes of a command line that are kept
	maxParents = 32
	maxValue   = 512 // bytes of an environment variable
	maxName    = 15  // bytes of a process name that Linux keeps, and macOS at least: TASK_COMM_LEN, MAXCOMLEN
)

// stat is what /proc/PID/stat says of a process.
type stat struct {
	name       string
	parent     int    // pid
	group      int    // of processes, by the pid of its leader
	session    int    // by the pid of its leader
	terminal   int    // device number, 0 for none
	foreground int    // group that has the keyboard of the terminal
	start      uint64 // in ticks since the machine started
}

// parseStat reads /proc/PID/stat. The name may hold spaces and brackets. Source: linux
// Documentation/filesystems/proc.rst, table 1-4.
func parseStat(b []byte) (stat, bool) {
	from, to := bytes.IndexByte(b, '('), bytes.LastIndexByte(b, ')')
	if from < 0 || to < from {
		return stat{}, false
	}

	f := bytes.Fields(b[to+1:]) // the first is field 3, the state
	if len(f) < 20 {
		return stat{}, false
	}
	var n [5]int
	for i := range n {
		var err error
		if n[i], err = strconv.Atoi(string(f[i+1])); err != nil {
			return stat{}, false
		}
	}

	start, err := strconv.ParseUint(string(f[19]), 10, 64)
	return stat{string(b[from+1 : to]), n[0], n[1], n[2], n[3], n[4], start}, err == nil
}

// terminalName is the name of a terminal below /dev, of its device number; "" for none, and for one of another kind. Source:
// linux Documentation/admin-guide/devices.txt: 4 tty, 136-143 Unix98 PTY slaves; the number as in sysmacros.h.
func terminalName(device int) string {
	major, minor := device>>8&0xfff, device&0xff|device>>12&0xfff00
	switch {
	case device == 0:
		return ""
	case major >= 136 && major <= 143:
		return fmt.Sprintf("pts/%d", (major-136)*256+minor)
	case major == 4 && minor < 64:
		return fmt.Sprintf("tty%d", minor)
	case major == 4:
		return fmt.Sprintf("ttyS%d", minor-64)
	}
	return ""
}

// userManager is the uid of the user whose systemd manager keeps the unit of a cgroup, "" for a unit of the system. Source:
// systemd.special(7), user@.service.
func userManager(cgroup string) string {
	for elem := range strings.SplitSeq(cgroup, "/") {
		if uid, ok := strings.CutPrefix(elem, "user@"); ok && elem != path.Base(cgroup) {
			return strings.TrimSuffix(uid, ".service")
		}
	}
	return ""
}

// listedProcess is a process of a system that tells of all of them at once.
type listedProcess struct {
	name    string
	parent  int       // pid; of Windows that of one that may have ended, and whose number another one may have now
	started time.Time // zero when not known
}

// ancestors are the processes above one, the nearest first, without the first of the system. What began later than its child is none.
func ancestors(all map[int]listedProcess, pid int, known func(*listedProcess, int)) []int {
	var above []int
	child, ok := all[pid]
	known(&child, pid)
	for ok && len(above) < maxParents {
		at := child.parent
		parent, found := all[at]
		goesRound := at == pid || slices.Contains(above, at)
		if !found || at <= 1 || goesRound {
			break
		}
		if known(&parent, at); parent.started.After(child.started) {
			break
		}
		above, child = append(above, at), parent
	}
	return above
}

// childrenOf counts the processes that one has started.
func childrenOf(all map[int]listedProcess, pid int) int {
	n := 0
	for at, p := range all {
		if p.parent == pid && at != pid {
			n++
		}
	}
	return n
}

// variables are those of an environment that say who started a process.
func variables(environ []string) map[string]string {
	wanted, found := keeper.Variables(), map[string]string{}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if slices.Contains(wanted, name) && len(value) <= maxValue {
			found[name] = strings.ToValidUTF8(value, "\uFFFD")
		}
	}
	return found
}

// fullName is the whole of a name that the kernel cut off, from the command line.
func fullName(comm string, args []string) string {
	if len(comm) < maxName || len(args) == 0 {
		return comm
	}

	program, _, _ := strings.Cut(args[0], " ")
	base := program[strings.LastIndexByte(program, '/')+1:]
	if strings.HasPrefix(base, comm) {
		return base
	}
	if title := args[0]; strings.HasPrefix(title, comm) && strings.Contains(comm, " ") { // it says what it does, and the name is the first word
		return base
	}
	return comm
}

// command is a command line on one line.
func command(args []string) string {
	s := strings.Join(args, " ")
	if len(s) > maxCommand {
		s = strings.ToValidUTF8(s[:maxCommand], "")
	}
	return s
}
