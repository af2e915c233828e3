package dockerapi

import (
	"cmp"
	"context"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/subnet"
)

// podmanReach is how the program podman comes to the engine at an address. By itself it asks, as root, the socket of the system, as a user
// the user's own, on a desktop its machine of the name that it gives one.
// Source: podman cmd/podman/registry/config.go and remote.go, setXdgDirs and IsRemote; cmd/podman/root.go, rootFlags.
func podmanReach(host string, env map[string]string, system string, uid int) lint.PodmanReach {
	set, other := env["CONTAINER_HOST"], env["DOCKER_HOST"]
	r := lint.PodmanReach{Foreign: other != "" && other != host}
	switch {
	case set == host && env["CONTAINER_CONNECTION"] == "":
		r.FromVariable = true
	case set != "", env["CONTAINER_CONNECTION"] != "", !podmanAsks(host, env, system, uid):
		r.Flags = []string{"--url", host}
	}
	return r
}

// podmanAsks reports whether podman asks the engine at an address by itself.
func podmanAsks(host string, env map[string]string, system string, uid int) bool {
	socket, local := strings.CutPrefix(host, "unix://")
	switch {
	case strings.HasPrefix(host, "npipe://"): // which podman can't be told, and of which its machine is behind one
		return true
	case !local:
		return false
	case system != "linux":
		return strings.Contains(realPath(socket), "podman-machine-default")
	}

	own := "/run"
	if uid != 0 {
		own = cmp.Or(env["XDG_RUNTIME_DIR"], "/run/user/"+strconv.Itoa(uid))
	}
	return realPath(socket) == realPath(filepath.Join(own, "podman", "podman.sock"))
}

// realPath is a path without links, as far as they can be followed.
func realPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return filepath.Clean(path)
}

// pods are the names of pods, by the container that has the ports of all containers of the pod. Docker's API does not tell them, and an
// answer that does not come costs their names alone.
func (c *conn) pods(ctx context.Context) map[string]string {
	var list []struct {
		ID      string `json:"Id"`
		Pod     string `json:"PodName"`
		IsInfra bool
	}
	if c.read(ctx, "v4.0.0/libpod/containers/json?all=true", &list) != nil {
		return nil
	}
	all := map[string]string{}
	for _, one := range list {
		if one.IsInfra && one.Pod != "" {
			all[one.ID] = one.Pod
		}
	}
	return all
}

// leases are the parts of subnets from which Podman gives addresses to containers that ask for none, by the ID of the network and the subnet.
// Docker's API does not tell them, and without an answer the whole subnet counts.
func (c *conn) leases(ctx context.Context) map[string]map[netip.Prefix]netip.Prefix {
	var list []struct {
		ID      string
		Subnets []struct {
			Subnet netip.Prefix
			Leases struct {
				First netip.Addr `json:"start_ip"`
				Last  netip.Addr `json:"end_ip"`
			} `json:"lease_range"`
		}
	}
	if c.read(ctx, "v4.0.0/libpod/networks/json", &list) != nil {
		return nil
	}

	all := map[string]map[netip.Prefix]netip.Prefix{}
	for _, n := range list {
		all[n.ID] = map[netip.Prefix]netip.Prefix{} // that of a subnet without a range is the zero one
		for _, s := range n.Subnets {
			all[n.ID][s.Subnet.Masked()] = subnet.Around(s.Leases.First, s.Leases.Last)
		}
	}
	return all
}
