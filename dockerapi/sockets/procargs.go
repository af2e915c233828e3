package sockets

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

// parseProcArgs reads the command line and the environment out of the answer of the sysctl kern.procargs2: the number of arguments, the
// path of the program, zeros, then the arguments and the variables, each with a zero behind it. The environment is told to the user
// of the process alone. Source: xnu bsd/kern/kern_sysctl.c sysctl_procargsx.
func parseProcArgs(b []byte) (args, environ []string) {
	if len(b) < 4 {
		return nil, nil
	}

	count := int(int32(binary.LittleEndian.Uint32(b)))
	_, b, _ = bytes.Cut(b[4:], []byte{0})
	b = bytes.TrimLeft(b, "\x00")
	for len(b) > 0 {
		text, rest, _ := bytes.Cut(b, []byte{0})
		switch {
		case len(args) < count:
			args = append(args, string(text))
		case len(text) == 0: // what the kernel tells the program follows
			return args, environ
		default:
			environ = append(environ, string(text))
		}
		b = rest
	}

	return args, environ
}

// launchdJob is the label of the job of launchd that a process is, by what launchd puts into the environment: "" for a process that is
// none, and for an application, which somebody opened. A child has inherited the variable, and another parent.
func launchdJob(parent int, env map[string]string) string {
	label := env["XPC_SERVICE_NAME"]
	if parent != 1 || label == "0" || strings.HasPrefix(label, "application.") {
		return ""
	}
	return label
}

// bsdTerminal is the name of a terminal below /dev of macOS, of its device number; "" for none, and for one of another kind.
func bsdTerminal(device int32) string {
	const ttys = 16 // the major number of the terminals that windows have
	if device < 0 || device>>24&0xff != ttys {
		return ""
	}
	return fmt.Sprintf("ttys%03d", device&0xffffff)
}
