package sockets

import (
	"path"
	"strings"
)

// unitOf is the systemd unit that a cgroup path lies in, "" when none: the last element with the ending of a unit that
// has processes or sockets.
func unitOf(cgroup string) string {
	for elem := ""; len(cgroup) > 1; cgroup = path.Dir(cgroup) {
		elem = path.Base(cgroup)
		switch path.Ext(elem) {
		case ".service", ".socket", ".scope":
			if containerID(elem) == "" { // the scope of a container is named after it, not a unit to stop
				return elem
			}
		}
		if cgroup == elem {
			return "" // a relative path ends here
		}
	}
	return ""
}

// containerOf is the id of the container that a cgroup path lies in, "" when none.
func containerOf(cgroup string) string {
	for elem := range strings.SplitSeq(cgroup, "/") {
		if id := containerID(elem); id != "" {
			return id
		}
	}
	return ""
}

// containerID reads the names that engines give to the cgroup of a container: docker-ID.scope, libpod-ID.scope,
// cri-containerd-ID.scope, and ID alone under docker/ with the cgroupfs driver. Source: moby daemon/oci_linux.go
// WithCgroups; podman libpod/container_internal_linux.go.
func containerID(elem string) string {
	elem = strings.TrimSuffix(elem, ".scope")
	for _, prefix := range []string{"docker-", "libpod-", "cri-containerd-", "crio-"} {
		elem = strings.TrimPrefix(elem, prefix)
	}
	if len(elem) != 64 || strings.Trim(elem, "0123456789abcdef") != "" {
		return ""
	}
	return elem
}
