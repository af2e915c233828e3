package dockerapi

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/netip"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/desktop"
)

// From a WSL distribution programs of Windows can be run, unless its settings forbid it: they list what Windows has.

// windowsTime bounds the programs of Windows, which start slowly from inside.
const windowsTime = 2 * time.Second

// windowsProgram runs a program of Windows' system directory.
type windowsProgram func(ctx context.Context, name string, args ...string) ([]byte, error)

func windowsPrograms(ctx context.Context, name string, args ...string) ([]byte, error) {
	return outputOf(exec.CommandContext(ctx, "/mnt/c/Windows/System32/"+name, args...))
}

// outputOf runs a program, and waits no longer for a child of it that keeps its output open.
func outputOf(cmd *exec.Cmd) ([]byte, error) {
	cmd.WaitDelay = windowsTime / 10
	return cmd.Output()
}

// mirrored reports whether Windows and the distribution have one network, where a bind in one asks the other.
func mirrored(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, windowsTime)
	defer cancel()
	out, err := outputOf(exec.CommandContext(ctx, "/usr/bin/wslinfo", "--networking-mode"))
	return err == nil && strings.TrimSpace(string(out)) == "mirrored"
}

// onWindows lists the sockets of Windows that have the ports of some. None is tried: where Windows mirrors the network, a trial would
// reserve the port there for a minute. Source: WSL src/linux/init/GnsPortTracker.cpp.
func onWindows(ctx context.Context, wanted []desktop.Socket, run windowsProgram) ([]lint.Probe, []lint.Blind) {
	if len(wanted) == 0 {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, windowsTime)
	defer cancel()
	out, err := run(ctx, "netstat.exe", "-ano")
	if err != nil {
		return nil, []lint.Blind{{What: "sockets of Windows", Why: "netstat.exe could not be run from this distribution: " + oneLine(err)}}
	}

	rows := parseNetstat(out)
	var names map[int]string
	probes := make([]lint.Probe, len(wanted))
	for i, s := range wanted {
		probes[i] = lint.Probe{Endpoint: lint.Endpoint{Proto: s.Proto, Addr: s.Addr}, Reason: "it is a port of Windows", Listed: true}
		for _, r := range rows {
			if r.Proto != s.Proto || r.Addr.Port() != s.Addr.Port() {
				continue
			}
			if names == nil {
				tasks, _ := run(ctx, "tasklist.exe", "/fo", "csv", "/nh") // without it the numbers have to do
				names = parseTasks(tasks)
			}
			probes[i].Holders = append(probes[i].Holders, r.holder(names[r.pid]))
		}
	}
	return probes, nil
}

// addWindows adds what Windows has of ports that somebody asks about in a WSL distribution, but for its relay beside the program here.
// Where Windows can't list them, the sockets of the distribution alone don't say that nobody has one.
func addWindows(ctx context.Context, probes []lint.Probe, f *desktop.Forwarder, run windowsProgram) []lint.Blind {
	wanted := make([]desktop.Socket, len(probes))
	for i, p := range probes {
		wanted[i] = desktop.Socket{Proto: p.Proto, Addr: p.Addr}
	}

	there, blind := onWindows(ctx, wanted, run)
	if len(blind) > 0 {
		for i := range probes {
			probes[i].Listed = false
			if probes[i].Result == lint.Free {
				probes[i].Result, probes[i].Reason = lint.NotTested, "the ports of Windows could not be listed"
			}
		}
	}
	for i := range there {
		for _, h := range there[i].Holders {
			if !f.IsOwn(h.Owner.Process.Name, "") || len(probes[i].Holders) == 0 {
				probes[i].Holders = append(probes[i].Holders, h)
			}
		}
	}
	return blind
}

// windowsRow is a server that netstat lists.
type windowsRow struct {
	lint.Endpoint
	pid int
}

func (r windowsRow) holder(name string) lint.Holder {
	h := lint.Holder{Local: r.Addr, State: lint.Listening, Owner: lint.SocketOwner{Seen: lint.Inferred, UID: -1, Process: lint.Process{PID: r.pid, Name: name, User: "Windows"}}}
	if r.Proto == "udp" {
		h.State = lint.Datagram
	}
	if name == "" {
		h.Owner.Process.Name = fmt.Sprintf("process %d of Windows", r.pid)
	}
	return h
}

// parseNetstat reads the servers in the output of "netstat -ano": of TCP those without a peer, whatever the language calls their state.
func parseNetstat(out []byte) []windowsRow {
	var rows []windowsRow
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) < 4 {
			continue
		}
		proto := strings.ToLower(f[0])
		local, err := netip.ParseAddrPort(f[1])
		pid, notNumber := strconv.Atoi(f[len(f)-1])
		listens := len(f) >= 5 && (f[2] == "0.0.0.0:0" || f[2] == "[::]:0")
		serves := proto == "udp" || proto == "tcp" && listens
		if err != nil || notNumber != nil || !serves {
			continue
		}
		rows = append(rows, windowsRow{lint.Endpoint{Proto: proto, Addr: local}, pid})
	}
	return rows
}

// parseTasks reads the names of processes by number in the output of "tasklist /fo csv /nh".
func parseTasks(out []byte) map[int]string {
	names := map[int]string{}
	rows, _ := csv.NewReader(bytes.NewReader(out)).ReadAll() // as far as it is a table
	for _, r := range rows {
		if len(r) < 2 {
			continue
		}
		if pid, err := strconv.Atoi(r[1]); err == nil {
			names[pid] = r[0]
		}
	}
	return names
}
