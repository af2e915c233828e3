package dockerapi

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/portlint/portlint/lint"
)

// daemonSettings are the settings of dockerd that decide which addresses it binds, and that its API does not tell. They
// stand on its command line or in its configuration file, never in both.
type daemonSettings struct {
	noProxy bool
	network map[string]string // options of the bridge networks that it makes from now on
	pools   []lint.AddressPool
}

const daemonFile = "/etc/docker/daemon.json"

// readDaemon reads the settings from a command line and from the file that it names. Source: moby
// daemon/command/config_unix.go installConfigFlags.
func readDaemon(args []string, read func(file string) []byte) daemonSettings {
	var file struct {
		Proxy   *bool                        `json:"userland-proxy"`
		Options map[string]map[string]string `json:"default-network-opts"`
		Pools   []struct {
			Base string `json:"base"`
			Size int    `json:"size"`
		} `json:"default-address-pools"`
	}
	name := daemonFile
	if named := flagValues(args, "--config-file"); len(named) > 0 {
		name = named[0]
	}
	s := daemonSettings{network: map[string]string{}}
	if json.Unmarshal(read(name), &file) == nil {
		s.noProxy = file.Proxy != nil && !*file.Proxy
		for option, value := range file.Options["bridge"] {
			s.network[option] = value
		}
		for _, p := range file.Pools {
			s.addPool(p.Base, p.Size)
		}
	}

	s.noProxy = s.noProxy || slices.Contains(args, "--userland-proxy=false")
	for _, text := range flagValues(args, "--default-network-opt") {
		if option, ok := strings.CutPrefix(text, "bridge="); ok {
			option, value, _ := strings.Cut(option, "=")
			s.network[option] = value
		}
	}

	for _, text := range flagValues(args, "--default-address-pool") {
		base, size := "", 0
		for _, part := range strings.Split(text, ",") {
			switch name, value, _ := strings.Cut(part, "="); name {
			case "base":
				base = value
			case "size":
				size, _ = strconv.Atoi(value)
			}
		}
		s.addPool(base, size)
	}

	return s
}

// addPool adds a pool out of which the engine takes subnets, unless it is none.
func (s *daemonSettings) addPool(base string, size int) {
	if prefix, err := netip.ParsePrefix(base); err == nil && size >= prefix.Bits() && size <= prefix.Addr().BitLen() {
		s.pools = append(s.pools, lint.AddressPool{Base: prefix.Masked(), Size: size})
	}
}

// flagValues are the values of a flag, written as "--flag value" or "--flag=value".
func flagValues(args []string, flag string) []string {
	var all []string
	for i, a := range args {
		if value, ok := strings.CutPrefix(a, flag+"="); ok {
			all = append(all, value)
		} else if a == flag && i+1 < len(args) {
			all = append(all, args[i+1])
		}
	}
	return all
}
