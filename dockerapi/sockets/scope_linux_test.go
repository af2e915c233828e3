package sockets

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
	"testing"
)

func TestSameNetwork(t *testing.T) {
	if same, known := SameNetwork(os.Getpid()); !same || !known {
		t.Errorf("with itself: %t, %t", same, known)
	}
	if _, known := SameNetwork(1 << 30); known {
		t.Error("with a process that is not there: known")
	}
	needRoot(t)
	other := helper(t, "wait")
	other.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	pid := start(t, other)
	if same, known := SameNetwork(pid); same || !known {
		t.Errorf("with another network: %t, %t", same, known)
	}
	host, known := OnHostNetwork()
	for _, tt := range []struct {
		pid  int
		same bool
	}{{os.Getpid(), true}, {pid, false}} {
		out, err := as(t, helper(t, "scope", strconv.Itoa(tt.pid)), stranger).Output()
		if want := fmt.Sprintln(tt.same, true, host, known); err != nil || string(out) != want {
			t.Errorf("a stranger sees %q, %v; want %q", out, err, want)
		}
	}
	inside := helper(t, "scope", strconv.Itoa(os.Getpid()))
	inside.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if out, err := inside.Output(); err != nil || string(out) != "false true false true\n" {
		t.Errorf("from another network: %q, %v", out, err)
	}
}

func TestRanges(t *testing.T) {
	if ports, ok := EphemeralRange(); !ok || !ports.Known() {
		t.Errorf("%s, %t", ports, ok)
	}
	if _, ok := UnprivilegedStart(); !ok {
		t.Error("the first port for everybody is not known")
	}
}
