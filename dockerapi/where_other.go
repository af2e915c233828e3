//go:build !linux

package dockerapi

import "net"

// Elsewhere the engine runs in a virtual machine, whose processes are not this system's.

func peerOf(net.Conn) int { return 0 }

func kernel() string { return "" }

func activated(string) []int { return nil }

func inContainer() bool { return false }

func sharesRoot(int) bool { return false }

func processOf(int) process { return process{} }

func parentOf(int) int { return 0 }

func (process) settings() daemonSettings { return daemonSettings{} }
