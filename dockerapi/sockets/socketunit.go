package sockets

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// initScope is the unit of systemd itself: it opens the sockets of all .socket units.
const initScope = "init.scope"

// unitDirs are where systemd looks for units. Source: systemd.unit(5), "Unit File Load Path".
func unitDirs() []string {
	return []string{
		"/etc/systemd/system", "/run/systemd/system", "/run/systemd/generator", "/usr/local/lib/systemd/system",
		"/usr/lib/systemd/system", "/lib/systemd/system",
	}
}

// socketUnit is the .socket unit whose files name the address of a socket, "" when none does or several do.
func socketUnit(dirs []string, r row) string {
	var units []string
	for _, dir := range dirs {
		files, _ := filepath.Glob(filepath.Join(dir, "*.socket"))
		added, _ := filepath.Glob(filepath.Join(dir, "*.socket.d", "*.conf"))
		for _, file := range append(files, added...) {
			b, err := os.ReadFile(file)
			if err != nil || !listens(string(b), r) {
				continue
			}
			if filepath.Ext(file) == ".conf" {
				file = strings.TrimSuffix(filepath.Dir(file), ".d")
			}
			units = append(units, filepath.Base(file))
		}
	}

	slices.Sort(units)
	if units = slices.Compact(units); len(units) != 1 {
		return ""
	}
	return units[0]
}

// listens reports whether the text of a socket unit asks for the address of a socket. Source: systemd.socket(5),
// ListenStream=.
func listens(text string, r row) bool {
	key := "ListenStream"
	if r.proto == "udp" {
		key = "ListenDatagram"
	}

	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		if !ok || strings.TrimSpace(name) != key {
			continue
		}

		value = strings.TrimSpace(value)
		if value == strconv.Itoa(int(r.local.Port())) && r.local.Addr().IsUnspecified() {
			return true
		}
		if ap, err := netip.ParseAddrPort(value); err == nil && unmap(ap) == r.local {
			return true
		}
	}

	return false
}
