package sockets

import (
	"fmt"
	"syscall"
	"testing"
)

func TestOnHostNetwork(t *testing.T) {
	needRoot(t)

	out, err := as(t, helper(t, "scope"), stranger).Output()
	if want := fmt.Sprintln(OnHostNetwork()); err != nil || string(out) != want {
		t.Errorf("a stranger sees %q, %v; want %q", out, err, want)
	}

	inside := helper(t, "scope")
	inside.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if out, err := inside.Output(); err != nil || string(out) != "false true\n" {
		t.Errorf("in another network: %q, %v", out, err)
	}
}

func TestRanges(t *testing.T) {
	if ports, ok := EphemeralRange(); !ok || !ports.Known() {
		t.Errorf("%s, %t", ports, ok)
	}
}
