package lint

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint/desktop"
)

// TestForwarded: what is said of a port that a program opens for an engine in a virtual machine.
func TestForwarded(t *testing.T) {
	node := SocketOwner{Seen: Known, UID: 501, Process: Process{PID: 4711, Name: "node"}}
	own := SocketOwner{Seen: Known, UID: 501, Process: Process{PID: 9, Name: "com.docker.backend"}}
	ssh := SocketOwner{Seen: Known, UID: 501, Process: Process{PID: 9, Name: "ssh", Command: "ssh -S /Users/u/.colima/_lima/colima/ssh.sock"}}
	dd := &desktop.Forwarder{Kind: desktop.DockerDesktop, System: "darwin", Early: true, User: 501}
	windows := &desktop.Forwarder{Kind: desktop.DockerDesktop, System: "windows", Early: true, User: -1}
	colima := &desktop.Forwarder{Kind: desktop.Colima, System: "darwin", User: 501}
	beyond, mirrored := desktop.InWSL(false), desktop.InWSL(true)
	probe := func(at string, result ProbeResult, holders ...SocketOwner) Probe {
		p := Probe{Endpoint: endpoint(at), Result: result, Listed: true}
		for _, owner := range holders {
			p.Holders = append(p.Holders, Holder{Local: p.Addr, State: Listening, Owner: owner})
		}
		return p
	}
	other, mine := container("blog/web-1", "8080>80"), container("p/a-1", "8080>80")
	excluded := probe("[::]:8080/tcp", Excluded)
	excluded.Reason = "8000-8099"
	loopback := probe("[::]:8080/tcp", Free)
	loopback.Holders = []Holder{{Local: netip.MustParseAddrPort("127.0.0.1:8080"), State: Listening, Owner: node}}
	onWindows := probe("127.0.0.1:8080/tcp", NotTested, SocketOwner{UID: -1, Process: Process{PID: 7, Name: "node.exe", User: "Windows"}})

	for name, c := range map[string]struct {
		forwarder  *desktop.Forwarder
		local      bool
		port       string
		probe      Probe
		containers []Container
		verdict    Verdict
		says       string // of the one message, "" where there is none
	}{
		"nobody":                     {dd, false, "8080:80", probe("[::]:8080/tcp", Free), nil, VerdictClear, ""},
		"a program":                  {dd, false, "8080:80", probe("[::]:8080/tcp", InUse, node), nil, VerdictConflict, `8080/tcp of "a" is taken by node; node (pid 4711)`},
		"its own, for our container": {dd, false, "8080:80", probe("[::]:8080/tcp", InUse, own), []Container{mine}, VerdictClear, ""},
		"its own, for another's":     {dd, false, "8080:80", probe("[::]:8080/tcp", InUse, own), []Container{other}, VerdictConflict, `8080/tcp of "a" is taken by blog/web; container blog-web-1`},
		"its own, for nobody":        {dd, false, "8080:80", probe("[::]:8080/tcp", InUse, own), nil, VerdictPossible, `com.docker.backend (pid 9), for a container of Docker Desktop; Docker Desktop has it itself`},
		"beside it":                  {dd, false, "8080:80", loopback, nil, VerdictPossible, `will lead to node; node (pid 4711), at 127.0.0.1:8080; ` + "`up`" + ` succeeds all the same; node goes on to answer localhost:8080`},
		"not looked at":              {dd, false, "127.0.0.1:80:80", probe("127.0.0.1:80/tcp", NotAllowed), nil, VerdictUnknown, ""},
		"no such address":            {dd, false, "10.1.2.3:80:80", probe("10.1.2.3:80/tcp", NotLocal), nil, VerdictConflict, "this machine has no address 10.1.2.3"},
		"a range of Windows":         {windows, false, "8080:80", excluded, nil, VerdictConflict, "8080 lies in the range 8000-8099 that the system keeps for itself"},
		"late, a program":            {colima, false, "8080:80", probe("0.0.0.0:8080/tcp", InUse, node), nil, VerdictPossible, "tells a log alone that it could not"},
		"late, its own":              {colima, false, "8080:80", probe("0.0.0.0:8080/tcp", InUse, ssh), []Container{mine}, VerdictClear, ""},
		"late, no udp":               {colima, false, "8080:80/udp", probe("0.0.0.0:8080/udp", Free), nil, VerdictPossible, "is not forwarded to this Mac"},
		"the ssh server inside":      {colima, false, "22:22", probe("0.0.0.0:22/tcp", Free), nil, VerdictPossible, "is held by the ssh server of its virtual machine"},
		"WSL, Windows has it":        {beyond, true, "8080:80", onWindows, nil, VerdictPossible, "will lead to node.exe; node.exe (pid 7, Windows)"},
		"WSL, nobody on Windows":     {beyond, true, "8080:80", probe("127.0.0.1:8080/tcp", NotTested), nil, VerdictClear, ""},
		"mirrored, Windows has it":   {mirrored, true, "127.0.0.1:8080:80", onWindows, nil, VerdictPossible, `127.0.0.1:8080/tcp is taken by node.exe; node.exe (pid 7, Windows)`},
		"mirrored, nobody listed":    {mirrored, true, "127.0.0.1:8080:80", probe("127.0.0.1:8080/tcp", NotTested), nil, VerdictUnknown, ""},
		"mirrored, nothing listed":   {mirrored, true, "127.0.0.1:8080:80", Probe{}, nil, VerdictUnknown, ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := docker("29.0.1")
			m.Engine.Local, m.Engine.Forwarder = c.local, c.forwarder
			m.Containers = c.containers
			p := project(on(service("a", c.port))...)
			h := m.asked(UpOptions{}, p)
			h.Forwarded = []Probe{c.probe}
			if got := VerdictOf([]*Project{p}, h, UpOptions{}, nil); got != c.verdict {
				t.Errorf("%s, want %s", got, c.verdict)
			}

			var said []string
			for _, f := range Run([]*Project{p}, Settings{Host: h}).Findings {
				if f.Rule == "port-in-use" || f.Rule == "reserved-port" {
					text := f.Message
					for _, n := range f.Notes {
						text += "; " + n.Text
					}
					said = append(said, text)
				}
			}
			if want := map[bool]int{true: 1, false: 0}[c.says != ""]; len(said) != want || !strings.Contains(strings.Join(said, ""), c.says) {
				t.Errorf("%q, want %q", said, c.says)
			}
		})
	}
}
