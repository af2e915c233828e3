//go:build !linux

package dockerapi

import (
	"net"

	"github.com/portlint/portlint/lint"
)

// Elsewhere the engine runs in a virtual machine, whose processes are not this system's.

func peerOf(net.Conn) int { return 0 }

func kernel() string { return "" }

func activated(string) []int { return nil }

func inContainer() bool { return false }

func sharesRoot(int) bool { return false }

func processOf(int) process { return process{} }

func parentOf(int) int { return 0 }

func lowPortsOf(int) lint.LowPorts { return lint.UnknownLowPorts }

func (process) settings() daemonSettings { return daemonSettings{} }
