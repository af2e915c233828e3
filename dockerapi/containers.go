package dockerapi

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"
	"github.com/docker/docker/api/types/network"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/client"
)

// label is the beginning of Compose's labels.
const label = "com.docker.compose."

// containersOf are the containers of the list, and what of their ports can't be read.
func containersOf(list []container.Summary, e lint.Engine) ([]lint.Container, []lint.Blind) {
	all := make([]lint.Container, 0, len(list))
	var blind []lint.Blind
	for i := range list {
		c, unread := containerOf(&list[i], e)
		all = append(all, c)
		if len(unread) > 0 {
			blind = append(blind, unreadPorts(blindEngine, &c, unread))
		}
	}

	lint.MarkSharedProjects(all)
	return all, blind
}

// unreadPorts is the blind spot of ports that the engine names and portlint can't read.
func unreadPorts(what string, c *lint.Container, unread []string) lint.Blind {
	return lint.Blind{What: what, Why: fmt.Sprintf("the engine named a port of %q that can't be read: %q", c.Name, unread[0])}
}

// configFiles are the files of a label of Compose, which joins their paths with commas and quotes none. It writes each with its whole path,
// so that what begins in another way goes on with a path that has a comma in it. Where already the first is no whole path, as in labels of
// other programs, each comma parts two.
func configFiles(label string) []string {
	pieces := strings.Split(label, ",")
	if !beginsPath(pieces[0]) {
		return pieces
	}

	files := pieces[:1:1]
	for _, piece := range pieces[1:] {
		if beginsPath(piece) {
			files = append(files, piece)
		} else {
			files[len(files)-1] += "," + piece
		}
	}
	return files
}

// beginsPath reports whether a text is a whole path, of Linux or of Windows, a place that is no file of this machine, or the standard input.
func beginsPath(text string) bool {
	drive := len(text) > 2 && text[1] == ':' && (text[2] == '\\' || text[2] == '/')
	windows := drive || strings.HasPrefix(text, `\\`)
	file := windows || strings.HasPrefix(text, "/")
	return file || text == "-" || strings.Contains(text, "://")
}

// containerOf is a container of the list, and what of its ports can't be read.
func containerOf(s *container.Summary, e lint.Engine) (lint.Container, []string) {
	c := lint.Container{
		ID: s.ID, State: s.State, NetworkMode: s.HostConfig.NetworkMode,
		Project: s.Labels[label+"project"], Service: s.Labels[label+"service"],
		Client: clientOf(s.Labels, e.Client),
		OneOff: s.Labels[label+"oneoff"] == "True", Hook: s.Labels[label+"hook"] != "",
		CreatedAt: createdAt(s.Created), WorkingDir: s.Labels[label+"project.working_dir"], SwarmService: s.Labels["com.docker.swarm.service.name"],
	}
	c.Number, _ = strconv.Atoi(s.Labels[label+"container-number"])
	for _, name := range s.Names { // a legacy link adds "/other/alias"
		if name = strings.TrimPrefix(name, "/"); c.Name == "" || !strings.Contains(name, "/") {
			c.Name = name
		}
	}

	if files := s.Labels[label+"project.config_files"]; files != "" {
		c.ConfigFiles = configFiles(files)
	}

	for _, m := range s.Mounts {
		if m.Type == mount.TypeVolume && m.Name != "" {
			c.Volumes = append(c.Volumes, m.Name)
		}
	}

	if s.NetworkSettings != nil {
		c.Networks = slices.Sorted(maps.Keys(s.NetworkSettings.Networks))
		c.Addresses = addressesOn(s.NetworkSettings.Networks)
	}

	ports, unread := listedPorts(s.Ports, e)
	if c.Running() {
		c.Bound = ports
	} else { // Podman lists what a stopped container asks for, Docker nothing
		c.Wanted = ports
	}

	return c, unread
}

// clientOf is the program that drives a container: podman-compose, which makes some, finds a project in its own files alone.
func clientOf(labels map[string]string, engine client.Client) client.Client {
	engine.NoCompose = engine.NoCompose || labels["io.podman.compose.project"] != ""
	return engine
}

// addressesOn are the addresses that a container has on its networks, none of a stopped one.
func addressesOn(networks map[string]*network.EndpointSettings) []lint.Address {
	var all []lint.Address
	for _, name := range slices.Sorted(maps.Keys(networks)) {
		on := networks[name]
		if on == nil {
			continue
		}
		for _, written := range []string{on.IPAddress, on.GlobalIPv6Address} {
			if ip, err := netip.ParseAddr(written); err == nil {
				all = append(all, lint.Address{Network: name, IP: ip.Unmap()})
			}
		}
	}
	return all
}

// createdAt is a time of the list, zero where the engine tells none.
func createdAt(seconds int64) time.Time {
	if seconds <= 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

// listedPorts reads the ports of the list: one entry for each address, exposed ports without a host port. Podman lists the
// addresses as they were asked for. unread are those whose address is none.
func listedPorts(list []container.Port, e lint.Engine) (ports []lint.PublishedPort, unread []string) {
	for _, p := range list {
		if p.PublicPort == 0 {
			continue
		}
		ips, ok := addresses(p.IP, e)
		if !ok {
			unread = append(unread, fmt.Sprintf("%s:%d->%d/%s", p.IP, p.PublicPort, p.PrivatePort, p.Type))
		}
		for _, ip := range ips {
			ports = append(ports, published(p.Type, ip, lint.PortsFrom(p.PublicPort, 1), p.PrivatePort))
		}
	}

	slices.SortFunc(ports, comparePorts)
	return slices.Compact(ports), unread
}

func published(proto string, ip netip.Addr, host lint.Ports, target uint16) lint.PublishedPort {
	p := lint.PublishedPort{Endpoint: lint.Endpoint{Proto: proto, Addr: netip.AddrPortFrom(ip, host.First)}, Target: target}
	if host.Width() > 1 {
		p.Last = host.Last
	}
	return p
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

// addresses are the host addresses behind a written one, or behind none. ok is false where it is none that can be read.
func addresses(written string, e lint.Engine) (all []netip.Addr, ok bool) {
	var ip netip.Addr
	if written != "" {
		var err error
		if ip, err = netip.ParseAddr(written); err != nil {
			return nil, false
		}
	}
	return e.Addresses(ip), true
}

// enginePicks reports whether the host port of a binding is left to the engine.
func enginePicks(written string) bool { return written == "" || written == "0" }

// portRange reads the host port of a binding: "8080" or "8000-8010". ok is false where it is none.
func portRange(written string) (ports lint.Ports, ok bool) {
	ports, err := lint.ParsePorts(written)
	return ports, err == nil && ports.Known()
}
