package sockets

import (
	"bytes"
	"encoding/binary"
)

// parseProcArgs reads the command line out of the answer of the sysctl kern.procargs2: the number of arguments, the
// path of the program, zeros, then the arguments, each with a zero behind it. Source: xnu bsd/kern/kern_sysctl.c
// sysctl_procargsx.
func parseProcArgs(b []byte) []string {
	if len(b) < 4 {
		return nil
	}

	count := int(int32(binary.LittleEndian.Uint32(b)))
	_, b, _ = bytes.Cut(b[4:], []byte{0})
	b = bytes.TrimLeft(b, "\x00")
	var args []string
	for len(args) < count && len(b) > 0 {
		arg, rest, _ := bytes.Cut(b, []byte{0})
		args, b = append(args, string(arg)), rest
	}

	return args
}
