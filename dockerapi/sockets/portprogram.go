package sockets

import (
	"encoding/binary"
	"slices"

	"github.com/portlint/portlint/lint"
)

// The ops of a filter that the kernel runs on each socket of a dump, and the size of one. Source: linux
// include/uapi/linux/inet_diag.h and net/ipv4/inet_diag.c.
const (
	opJump = 1 // INET_DIAG_BC_JMP
	opGE   = 2 // INET_DIAG_BC_S_GE: the source port is at least …
	opLE   = 3 // INET_DIAG_BC_S_LE
	opSize = 4

	rangeSize = 5 * opSize // two comparisons with an argument each, and a jump
	maxRanges = 64         // above this the rows are filtered here: the kernel would run each program 50,000 times
)

// portProgram writes the filter "the local port is one of these", which sorted ports make; nil when there is nothing to
// filter or too much. Distances are in bytes from the op itself: the end of the program accepts, 4 past it rejects.
func portProgram(ports []uint16) []byte {
	ranges := lint.RunsOf(ports)
	if len(ranges) == 0 || len(ranges) > maxRanges {
		return nil
	}

	size := len(ranges) * rangeSize
	var b []byte
	for i, r := range ranges {
		miss := rangeSize // to the next range
		if i == len(ranges)-1 {
			miss += opSize // reject
		}
		b = appendOp(b, opGE, 2*opSize, miss)
		b = appendOp(b, 0, 0, int(r.First))
		b = appendOp(b, opLE, 2*opSize, miss-2*opSize)
		b = appendOp(b, 0, 0, int(r.Last))
		b = appendOp(b, opJump, opSize, size-len(b)) // the kernel's audit wants a yes of 4
	}

	return b
}

func appendOp(b []byte, code, yes byte, no int) []byte {
	return binary.NativeEndian.AppendUint16(append(b, code, yes), uint16(no))
}

// wantsPort reports whether a port is one of these sorted ones; none means all.
func wantsPort(ports []uint16, port uint16) bool {
	if len(ports) == 0 {
		return true
	}
	_, ok := slices.BinarySearch(ports, port)
	return ok
}
