package dockerapi

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/docker/docker/api/types/container"

	"github.com/portlint/portlint/lint"
)

// label is the beginning of Compose's labels.
const label = "com.docker.compose."

func containersOf(list []container.Summary, isPodman bool) []lint.Container {
	all := make([]lint.Container, 0, len(list))
	for i := range list {
		all = append(all, containerOf(&list[i], isPodman))
	}
	return all
}

func containerOf(s *container.Summary, isPodman bool) lint.Container {
	c := lint.Container{
		ID: s.ID, State: s.State, NetworkMode: s.HostConfig.NetworkMode,
		Project: s.Labels[label+"project"], Service: s.Labels[label+"service"],
		OneOff: s.Labels[label+"oneoff"] == "True", Hook: s.Labels[label+"hook"] != "",
		WorkingDir: s.Labels[label+"project.working_dir"], SwarmService: s.Labels["com.docker.swarm.service.name"],
	}
	for _, name := range s.Names { // a legacy link adds "/other/alias"
		if name = strings.TrimPrefix(name, "/"); c.Name == "" || !strings.Contains(name, "/") {
			c.Name = name
		}
	}
	if files := s.Labels[label+"project.config_files"]; files != "" {
		c.ConfigFiles = strings.Split(files, ",")
	}
	if s.NetworkSettings != nil {
		c.Networks = slices.Sorted(maps.Keys(s.NetworkSettings.Networks))
	}
	ports := listedPorts(s.Ports, isPodman)
	if c.Running() {
		c.Bound = ports
	} else { // Podman lists what a stopped container asks for, Docker nothing
		c.Wanted = ports
	}
	return c
}

// listedPorts reads the ports of the list: one entry for each address, exposed ports without a host port. Podman writes
// one entry with 0.0.0.0 where nothing was written, and binds both families.
func listedPorts(list []container.Port, isPodman bool) []lint.PublishedPort {
	var ports []lint.PublishedPort
	for _, p := range list {
		if p.PublicPort == 0 {
			continue
		}
		for _, ip := range addresses(p.IP, isPodman) {
			ports = append(ports, published(p.Type, ip, p.PublicPort, 0, p.PrivatePort))
		}
	}
	slices.SortFunc(ports, comparePorts)
	return slices.Compact(ports)
}

func published(proto string, ip netip.Addr, first, last, target uint16) lint.PublishedPort {
	return lint.PublishedPort{Endpoint: lint.Endpoint{Proto: proto, Addr: netip.AddrPortFrom(ip, first)}, Last: last, Target: target}
}

func comparePorts(a, b lint.PublishedPort) int {
	if c := int(a.Addr.Port()) - int(b.Addr.Port()); c != 0 {
		return c
	}
	if c := strings.Compare(a.Proto, b.Proto); c != 0 {
		return c
	}
	if c := a.Addr.Addr().Compare(b.Addr.Addr()); c != 0 {
		return c
	}
	return int(a.Target) - int(b.Target)
}

// addresses are the host addresses behind a written one: both wildcards where none is written.
func addresses(written string, isPodman bool) []netip.Addr {
	if written == "" || isPodman && written == "0.0.0.0" {
		return []netip.Addr{netip.IPv4Unspecified(), netip.IPv6Unspecified()}
	}
	ip, err := netip.ParseAddr(written)
	if err != nil {
		return nil
	}
	return []netip.Addr{ip.Unmap()}
}

// portRange reads the host port of a binding: "8080", "8000-8010", or "" and "0" where the engine picks one.
func portRange(written string) (first, last uint16, ok bool) {
	from, to, isRange := strings.Cut(written, "-")
	a, err := strconv.ParseUint(from, 10, 16)
	if err != nil || a == 0 {
		return 0, 0, false
	}
	if !isRange || from == to {
		return uint16(a), 0, true
	}
	b, err := strconv.ParseUint(to, 10, 16)
	if err != nil || b < a {
		return 0, 0, false
	}
	return uint16(a), uint16(b), true
}
