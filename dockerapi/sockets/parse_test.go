package sockets

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/portlint/portlint/lint"
)

// run runs a filter program on a local port as the kernel does, and audits it first. Source: linux
// net/ipv4/inet_diag.c inet_diag_bc_audit and inet_diag_bc_run.
func run(t *testing.T, program []byte, port uint16) bool {
	t.Helper()
	at := 0
	for at < len(program) {
		op := program[at:]
		skip, miss := int(op[1]), int(binary.NativeEndian.Uint16(op[2:]))
		if at+skip > len(program) || at+miss > len(program)+opSize || miss < opSize || skip < opSize {
			t.Fatalf("the kernel refuses the op at %d: % x", at, op[:4])
		}
		var yes bool
		switch op[0] {
		case opJump: // always the long way
		case opGE:
			yes = port >= binary.NativeEndian.Uint16(op[6:])
		case opLE:
			yes = port <= binary.NativeEndian.Uint16(op[6:])
		default:
			t.Fatalf("op %d at %d", op[0], at)
		}
		if yes {
			at += skip
		} else {
			at += miss
		}
	}
	return at == len(program)
}

func TestPortProgram(t *testing.T) {
	for _, ports := range [][]uint16{{80}, {1}, {65535}, {80, 443}, {80, 81, 82, 90}, {1, 2, 65534, 65535}, {8000, 8001, 8002}} {
		program := portProgram(ports)
		for port := range 1 << 16 {
			if got, want := run(t, program, uint16(port)), wantsPort(ports, uint16(port)); got != want {
				t.Fatalf("%v: port %d: %t", ports, port, got)
			}
		}
	}
	var many []uint16
	for p := uint16(1); p < 1000; p += 2 {
		many = append(many, p)
	}
	if portProgram(nil) != nil || portProgram(many) != nil {
		t.Error("a program for all ports, or for too many")
	}
	if n := len(portProgram(many[:maxRanges])); n != maxRanges*rangeSize {
		t.Errorf("%d bytes for %d ports", n, maxRanges)
	}
}

// message is a netlink message.
func message(kind, flags uint16, seq uint32, body []byte) []byte {
	ne := binary.NativeEndian
	b := ne.AppendUint32(nil, uint32(nlmsgHeader+len(body)))
	b = ne.AppendUint16(b, kind)
	b = ne.AppendUint16(b, flags)
	b = ne.AppendUint32(b, seq)
	return append(ne.AppendUint32(b, 0), body...)
}

// diagMessage is a listener on 127.0.0.1:8080 of user 1000 in cgroup 4711.
func diagMessage() []byte {
	ne := binary.NativeEndian
	b := make([]byte, diagMessageSize)
	b[0], b[1] = familyV4, tcpListen
	binary.BigEndian.PutUint16(b[4:], 8080)
	copy(b[8:], []byte{127, 0, 0, 1})
	ne.PutUint32(b[64:], 1000)
	ne.PutUint32(b[68:], 99)
	b = ne.AppendUint16(b, 5)
	b = ne.AppendUint16(b, diagV6Only)
	b = append(b, 1, 0, 0, 0)
	b = ne.AppendUint16(b, 12)
	b = ne.AppendUint16(b, diagCgroup)
	return ne.AppendUint64(b, 4711)
}

func TestDiagDump(t *testing.T) {
	d := diagDump{request: diagRequest{family: familyV4, proto: protoTCP, seq: 7}}
	datagram := append(message(sockDiagByFamily, 0, 6, diagMessage()), message(sockDiagByFamily, nlmFlagInterrupt, 7, diagMessage())...)
	if done, err := d.read(datagram); done || err != nil {
		t.Fatal(done, err)
	}
	want := row{proto: "tcp", local: netip.MustParseAddrPort("127.0.0.1:8080"), state: lint.Listening, v6only: yes, uid: 1000, inode: 99, cgroup: 4711}
	if len(d.rows) != 1 || d.rows[0] != want || !d.interrupted {
		t.Errorf("%+v", d)
	}
	if done, err := d.read(message(nlmsgDone, 0, 7, make([]byte, 4))); !done || err != nil {
		t.Error(done, err)
	}
	refused := binary.NativeEndian.AppendUint32(nil, ^uint32(1)) // -ENOENT
	if done, err := d.read(message(nlmsgError, 0, 7, refused)); !done || err == nil {
		t.Error(done, err)
	}
}

func TestDiagDumpGarbage(t *testing.T) {
	whole := message(sockDiagByFamily, 0, 7, diagMessage())
	for n := 1; n < len(whole); n++ {
		d := diagDump{request: diagRequest{seq: 7}}
		if _, err := d.read(whole[:n]); err == nil {
			t.Errorf("%d of %d bytes: no error", n, len(whole))
		}
	}
}

func FuzzDiagDump(f *testing.F) {
	f.Add(message(sockDiagByFamily, 0, 7, diagMessage()))
	f.Add(message(nlmsgDone, 0, 7, nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, proto := range []uint8{protoTCP, protoUDP} {
			d := diagDump{request: diagRequest{proto: proto, seq: 7}}
			d.read(b)
			for _, r := range d.rows {
				if r.proto == "" || r.uid < -1 {
					t.Errorf("%+v", r)
				}
			}
		}
	})
}

const procTCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 99 1 0000000000000000 100 0 0 10 0
10001: 0100007F:A7F4 0100007F:1F90 06 00000000:00000000 03:00000A1C 00000000     0        0 0 3 0000000000000000
`

const procTCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0000000000000000FFFF00000100007F:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 7 1 0000000000000000 100 0 0 10 0
   1: 00000000000000000000000001000000:0051 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 8 1 0000000000000000 100 0 0 10 0
`

func TestParseProcNet(t *testing.T) {
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		t.Skip("the text is of a little-endian machine")
	}
	rows, odd := parseProcNet([]byte(procTCP), "tcp", everything, nil)
	want := []row{
		{proto: "tcp", local: netip.MustParseAddrPort("127.0.0.1:8080"), state: lint.Listening, uid: 1000, inode: 99},
		{proto: "tcp", local: netip.MustParseAddrPort("127.0.0.1:42996"), remote: netip.MustParseAddrPort("127.0.0.1:8080"), state: lint.Closing, uid: -1},
	}
	if fmt.Sprint(rows) != fmt.Sprint(want) || odd != 0 {
		t.Errorf("%v, %d", rows, odd)
	}
	if rows, _ := parseProcNet([]byte(procTCP), "tcp", servers, []uint16{8080, 42996}); len(rows) != 1 {
		t.Errorf("%v", rows)
	}
	rows, _ = parseProcNet([]byte(procTCP6), "tcp", servers, nil)
	if len(rows) != 2 || rows[0].local.String() != "127.0.0.1:80" || rows[1].local.String() != "[::1]:81" {
		t.Errorf("%v", rows)
	}
	if rows, odd := parseProcNet([]byte("heading\nrubbish\n0: 1:2 3:4 5 6 7 8 9 10\n"), "tcp", servers, nil); len(rows) != 0 || odd != 2 {
		t.Errorf("%v, %d", rows, odd)
	}
}

func FuzzParseProcNet(f *testing.F) {
	f.Add([]byte(procTCP))
	f.Add([]byte(procTCP6))
	f.Fuzz(func(_ *testing.T, b []byte) { parseProcNet(b, "udp", everything, nil) })
}

func TestCgroupNames(t *testing.T) {
	id := strings.Repeat("ab", 32)
	for path, want := range map[string][2]string{
		"":            {"", ""},
		"/":           {"", ""},
		"/user.slice": {"", ""},
		"/system.slice/postgresql@16-main.service":  {"postgresql@16-main.service", ""},
		"/system.slice/docker.service/init":         {"docker.service", ""},
		"/system.slice/docker-" + id + ".scope":     {"", id},
		"/system.slice/docker-" + id + ".scope/a.b": {"", id},
		"/docker/" + id:                               {"", id},
		"/machine.slice/libpod-" + id + ".scope":      {"", id},
		"/system.slice/docker-" + id[1:] + ".scope":   {"docker-" + id[1:] + ".scope", ""},
		"/user.slice/user@1000.service/app.slice/a.b": {"user@1000.service", ""},
		"relative.service":                            {"relative.service", ""},
		"relative":                                    {"", ""},
	} {
		if unit, container := unitOf(path), containerOf(path); unit != want[0] || container != want[1] {
			t.Errorf("%q: unit %q, container %q", path, unit, container)
		}
	}
}

func TestParseProxy(t *testing.T) {
	line := "/usr/bin/docker-proxy -proto tcp -host-ip 127.0.0.1 -host-port 8080 -container-ip 127.0.0.5 -container-port 80 -use-listen-fd"
	p, ok := parseProxy(strings.Fields(line))
	if !ok || p.endpoint.String() != "127.0.0.1:8080/tcp" || p.target.String() != "127.0.0.5:80" {
		t.Errorf("%+v, %t", p, ok)
	}
	for _, line := range []string{"", "docker-proxy", "dockerd -host-ip 1.2.3.4", "docker-proxy -host-ip x -host-port 8 -container-ip 1.2.3.4 -container-port 8", "docker-proxy -host-ip"} {
		if p, ok := parseProxy(strings.Fields(line)); ok {
			t.Errorf("%q: %+v", line, p)
		}
	}
}

func TestSocketUnit(t *testing.T) {
	lib, generated := t.TempDir(), t.TempDir()
	write := func(dir, name, text string) {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(lib, "ssh.socket", "[Socket]\nListenStream=22\nAccept=no\n")
	write(lib, "cups.socket", "[Socket]\nListenStream=/run/cups.sock\nListenStream = 127.0.0.1:631\n")
	write(lib, "dns.socket", "[Socket]\nListenDatagram=127.0.0.54:53\nListenStream=127.0.0.54:53\n")
	write(generated, "ssh.socket.d/addresses.conf", "[Socket]\nListenStream=\nListenStream=0.0.0.0:22\nListenStream=[::]:22\n")
	for _, tt := range []struct{ proto, local, want string }{
		{"tcp", "0.0.0.0:22", "ssh.socket"}, {"tcp", "[::]:22", "ssh.socket"}, {"udp", "0.0.0.0:22", ""}, {"tcp", "127.0.0.1:22", ""},
		{"tcp", "127.0.0.1:631", "cups.socket"}, {"udp", "127.0.0.54:53", "dns.socket"}, {"tcp", "0.0.0.0:8080", ""},
	} {
		r := row{proto: tt.proto, local: netip.MustParseAddrPort(tt.local)}
		if got := socketUnit([]string{lib, generated, "/nonexistent"}, r); got != tt.want {
			t.Errorf("%s %s: %q, want %q", tt.proto, tt.local, got, tt.want)
		}
	}
	write(lib, "other.socket", "[Socket]\nListenStream=22\n")
	if got := socketUnit([]string{lib}, row{proto: "tcp", local: netip.MustParseAddrPort("[::]:22")}); got != "" {
		t.Errorf("two units: %q", got)
	}
}

func TestParseStat(t *testing.T) {
	tail := strings.Repeat(" 1", 18) + " 4711 2 3"
	for in, want := range map[string]string{
		"12 (a b) S" + tail:      "a b",
		"12 (a) b ) S" + tail:    "a) b ",
		"12 (node) S" + tail:     "node",
		"12 (cut off) S 1 2 3":   "",
		"12 nothing in brackets": "",
		")(":                     "",
	} {
		s, ok := parseStat([]byte(in))
		if ok != (want != "") || ok && (s.name != want || s.parent != 1 || s.start != 4711) {
			t.Errorf("%q: %+v, %t", in, s, ok)
		}
	}
}

func TestNames(t *testing.T) {
	for _, tt := range []struct{ comm, args, want string }{
		{"node", "node server.js", "node"},
		{"systemd-resolve", "/usr/lib/systemd/systemd-resolved", "systemd-resolved"},
		{"nginx", "nginx: worker process", "nginx"},
		{"com.docker.back", "", "com.docker.back"},
		{"123456789012345", "/bin/other", "123456789012345"},
	} {
		if got := fullName(tt.comm, strings.Fields(tt.args)); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.comm, got, tt.want)
		}
	}
	if got := len(command([]string{strings.Repeat("é", maxCommand)})); got > maxCommand {
		t.Errorf("%d bytes", got)
	}
}

func TestProcessArguments(t *testing.T) {
	b := []byte("\x02\x00\x00\x00/bin/sh\x00\x00\x00\x00sh\x00-c\x00HOME=/\x00")
	if got := fmt.Sprint(parseProcArgs(b)); got != "[sh -c] [HOME=/]" {
		t.Error(got)
	}
	for n := range b {
		parseProcArgs(b[:n])
	}
	parseProcArgs([]byte{255, 255, 255, 255, 0})
}

// TestAncestors: a number that the system gave to a younger process is no parent, and no circle is walked twice.
func TestAncestors(t *testing.T) {
	at := func(seconds int64) time.Time { return time.Unix(seconds, 0) }
	started := map[int]time.Time{10: at(10), 20: at(20), 30: at(30), 40: at(5), 50: at(1), 60: at(1)}
	all := map[int]listedProcess{
		1: {name: "init"}, 10: {name: "shell", parent: 1}, 20: {name: "npm", parent: 10}, 30: {name: "node", parent: 20},
		40: {name: "left", parent: 30}, 50: {name: "a", parent: 60}, 60: {name: "b", parent: 50}, 70: {name: "lost", parent: 71},
	}
	known := func(p *listedProcess, pid int) { p.started = started[pid] }
	for pid, want := range map[int][]int{30: {20, 10}, 10: nil, 40: nil, 50: {60}, 70: nil, 99: nil} {
		if got := ancestors(all, pid, known); !slices.Equal(got, want) {
			t.Errorf("above %d are %v, want %v", pid, got, want)
		}
	}
	if n := childrenOf(all, 20); n != 1 {
		t.Errorf("%d children", n)
	}
}

// TestLaunchd: what launchd says of a job is no child's, and no application's.
func TestLaunchd(t *testing.T) {
	for _, c := range []struct {
		parent      int
		label, want string
	}{{1, "homebrew.mxcl.redis", "homebrew.mxcl.redis"}, {700, "homebrew.mxcl.redis", ""}, {1, "0", ""}, {1, "", ""}, {1, "application.com.example.editor.1.2", ""}} {
		if got := launchdJob(c.parent, map[string]string{"XPC_SERVICE_NAME": c.label}); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
	for device, want := range map[int32]string{16<<24 | 3: "ttys003", 16<<24 | 123: "ttys123", -1: "", 0: "", 4<<24 | 1: ""} {
		if got := bsdTerminal(device); got != want {
			t.Errorf("%x is %q", device, got)
		}
	}
}
