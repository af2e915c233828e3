//go:build !linux

package sockets

// SameNetwork reports whether a process is in the network namespace of this one. Only Linux has them, and engines that
// run Linux containers elsewhere are in a virtual machine: it is not known.
func SameNetwork(int) (same, known bool) { return false, false }

// OnHostNetwork reports whether this process is on the machine's own network, which it is where there are no network
// namespaces.
func OnHostNetwork() (host, known bool) { return true, true }

// InContainer reports whether this process runs in a container, which is for Linux to say.
func InContainer() (sign string, in bool) { return "", false }
