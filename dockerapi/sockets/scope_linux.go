package sockets

import (
	"net/netip"
	"os"
	"slices"
	"strings"
)

// OnHostNetwork reports whether this process is in the first network namespace of its kernel, the host's. It is not
// known where /proc/sys can't be read. The sysctl is one that only the first namespace has. Source: linux
// net/core/sysctl_net_core.c sysctl_core_init and sysctl_core_net_init.
func OnHostNetwork() (host, known bool) {
	if _, err := os.Stat("/proc/sys/net/core/somaxconn"); err != nil {
		return false, false // every namespace has this one
	}
	_, err := os.Stat("/proc/sys/net/core/netdev_max_backlog")
	return err == nil, err == nil || os.IsNotExist(err)
}

// InContainer reports whether this process runs in a container, and by which sign. A container may still be on the
// host's network: see [OnHostNetwork].
func InContainer() (sign string, in bool) {
	for _, file := range []string{"/.dockerenv", "/run/.containerenv", "/run/systemd/container"} {
		if _, err := os.Stat(file); err == nil {
			return file, true
		}
	}
	if path := procDir("/proc").cgroup(os.Getpid()); containerOf(path) != "" {
		return "the cgroup " + path, true
	}
	b, _ := os.ReadFile("/proc/1/environ")
	for pair := range strings.SplitSeq(string(b), "\x00") {
		if name, ok := strings.CutPrefix(pair, "container="); ok && name != "" {
			return "container=" + name + " of process 1", true
		}
	}

	return "", false
}

// routes are the destinations of the main routing table.
func routes() []netip.Prefix {
	v4, _ := os.ReadFile("/proc/net/route")
	v6, _ := os.ReadFile("/proc/net/ipv6_route")
	return slices.Concat(parseRoutes(v4), parseRoutes6(v6))
}
