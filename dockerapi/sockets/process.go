package sockets

import (
	"bytes"
	"strconv"
	"strings"
)

const (
	maxCommand = 4 << 10 // bytes of a command line that are kept
	maxName    = 15      // bytes of a process name that Linux keeps, and macOS at least: TASK_COMM_LEN, MAXCOMLEN
)

// stat is what /proc/PID/stat says of a process.
type stat struct {
	name   string
	parent int    // pid
	start  uint64 // in ticks since the machine started
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
	parent, err1 := strconv.Atoi(string(f[1]))
	start, err2 := strconv.ParseUint(string(f[19]), 10, 64)
	return stat{string(b[from+1 : to]), parent, start}, err1 == nil && err2 == nil
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
