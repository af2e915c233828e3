package desktop

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"
)

// row is a situation on a desktop system: what is published, what the system lists and a trial says, and what has to be said of it.
// Nobody played these on a real desktop: each wanted answer follows from the source in its row, in our own words.
type row struct {
	on     *Forwarder
	want   string // "8080", "127.0.0.1:80", "8080/udp"
	listed string // sockets, "OWNER FAMILY ADDRESS[:PORT]": see holders
	trial  string // "free", "in use", "denied", "not local", "not tried"; of two sockets "in use, free"
	answer string // OUTCOME, with "?" where it is not certain, and the owner in the way; "-" for nothing to say
	source string
}

// The forwarders of the table. User 501 is the one who runs them.
func dd(system string) *Forwarder {
	user := map[string]int{"darwin": 501, "windows": -1, "linux": 1000}[system]
	return &Forwarder{Kind: DockerDesktop, System: system, Early: true, User: user}
}

func late(k Kind, system string) *Forwarder {
	user := 501
	if system == "windows" {
		user = -1
	}
	return &Forwarder{Kind: k, System: system, User: user}
}

func gvproxy() *Forwarder {
	return &Forwarder{Kind: PodmanMachine, System: "darwin", Early: true, User: 501}
}

func asRoot(f *Forwarder) *Forwarder { f.User = 0; return f }

func inWSL(k Kind, early bool) *Forwarder {
	return &Forwarder{Kind: k, System: "windows", Early: early, Beyond: true, User: -1}
}

func mirrored() *Forwarder { return InWSL(true) }

var mac, win, lin = "darwin", "windows", "linux"

var table = []row{
	// Docker Desktop on macOS: one dual-stack socket with SO_REUSEADDR, of the desktop's user
	{dd(mac), "8080", "", "free", "-", "docker/for-mac#4640: one socket IPv6 *:8080"},
	{dd(mac), "80", "", "free", "-", "xnu in_pcbbind: the wildcard below 1024 is open to everybody"},
	{dd(mac), "8080", "node 4 *, node 6 *", "in use", "fails node", "docker/for-mac#6461: listen tcp 0.0.0.0:7000: bind: address already in use"},
	{dd(mac), "5000", "ControlCe 4 *, ControlCe 6 *", "in use", "fails ControlCe", "deviantony/docker-elk#739: AirPlay Receiver"},
	{dd(mac), "7000", "ControlCe 4 *, ControlCe 6 *", "in use", "fails ControlCe", "docker/for-mac#6461"},
	{dd(mac), "8080", "node 6 *", "in use", "fails node", "xnu in6_pcbbind: equal addresses"},
	{dd(mac), "8080", "java 6only *", "in use", "fails java", "xnu in6_pcbbind: equal addresses, IPV6_V6ONLY or not"},
	{dd(mac), "8080", "python3 4 *", "free", "dead? python3", "dgraph-io/dgraph#2097: a dual-stack [::] binds beside IPv4's 0.0.0.0"},
	{dd(mac), "8080", "node 4 127.0.0.1", "free", "dead? node", "xnu in_pcbbind: with SO_REUSEADDR only an equal address conflicts"},
	{dd(mac), "8080", "node 6 ::1", "free", "dead? node", "xnu in6_pcbbind: the same for IPv6"},
	{dd(mac), "8080", "node@502 4 127.0.0.1", "in use", "fails node", "xnu in_pcbbind: another user's socket conflicts where one side is specific"},
	{dd(mac), "8080", "nginx@0 4 127.0.0.1", "in use", "fails nginx", "xnu in_pcbbind: root's is another user's as well"},
	{dd(mac), "8080", "com.docke 6 *", "in use", "fails? com.docke", "docker/for-mac#3720, #7498: leftovers, host networking"},
	{dd(mac), "8080", "com.docke@502 6 *", "in use", "fails com.docke", "docker/for-mac#3378: the Docker Desktop of another user"},
	{dd(mac), "8080", "", "in use", "fails?", "xnu skywalk netns.c: a listener of Network.framework has no entry in the table"},
	{dd(mac), "127.0.0.1:80", "", "denied", "not checked", "Docker's documentation, mac/permission-requirements: a helper binds low ports of one address"},
	{dd(mac), "127.0.0.1:80", "nginx 4 127.0.0.1", "denied", "fails nginx", "xnu in_pcbbind: equal addresses"},
	{dd(mac), "127.0.0.1:80", "httpd@0 4 *", "denied", "fails? httpd", "xnu in_pcbbind: what runs as root may bind beside it"},
	{dd(mac), "127.0.0.1:8080", "node 6 *", "free", "-", "xnu in_pcbbind: a specific address beside the wildcard"},
	{dd(mac), "127.0.0.1:8080", "node@502 6 *", "in use", "fails node", "xnu in_pcbbind: another user's"},
	{dd(mac), "10.1.2.3:8080", "", "not local", "fails", "docker/for-mac#4503"},
	{dd(mac), "5353/udp", "mDNSResponder@65 4 *, mDNSResponder@65 6 *", "in use", "fails mDNSResponder", "go net/sockopt_bsd.go: no SO_REUSEADDR for UDP"},
	{dd(mac), "8080/udp", "node 4 127.0.0.1", "in use", "fails node", "xnu in_pcbbind: without SO_REUSEADDR any overlap conflicts"},
	{dd(mac), "50123", "curl 4 192.168.1.2 passing", "in use", "fails? curl", "docker/for-mac#5106: ports of outgoing connections"},
	{asRoot(dd(mac)), "8080", "node@501 4 127.0.0.1", "free", "not checked node", "xnu in_pcbbind: root is exempt, Docker Desktop is not root"},
	{dd(mac), "8080", "node 4 192.168.1.2", "free", "-", "xnu in_pcbbind: nobody means that address by localhost"},

	// Docker Desktop on Windows: no option at all
	{dd(win), "5432", "", "free", "-", "docker/for-win#14407"},
	{dd(win), "5432", "postgres.exe 4 *, postgres.exe 6 *", "in use", "fails postgres.exe", "rubentalstra/FerroEHR#2879"},
	{dd(win), "5432", "postgres.exe 4 127.0.0.1", "free", "dead? postgres.exe", "Microsoft, Using SO_EXCLUSIVEADDRUSE: the wildcard beside a specific address"},
	{dd(win), "80", "System 4 *, System 6 *", "denied", "fails System", "microsoft/WSL#10494: http.sys"},
	{dd(win), "80", "System 4 *, System 6 *", "in use", "fails System", "microsoft/WSL#10494: http.sys"},
	{dd(win), "80", "svchost.exe 4 *", "free", "dead? svchost.exe", "docker/for-win#12474: a rule of portproxy beside Docker Desktop"},
	{dd(win), "50070", "range 50060-50159", "denied", "fails", "docker/for-win#3171: excluded port ranges"},
	{dd(win), "50010", "range* 50000-50059", "denied", "fails?", "docker/for-win#12251: administered exclusions"},
	{dd(win), "50010", "range* 50000-50059", "free", "fails?", "docker/for-win#12251: administered exclusions"},
	{dd(win), "44700", "", "denied", "fails?", "microsoft/WSL#40169: a reservation that no table shows"},
	{dd(win), "44700", "", "in use", "fails?", "microsoft/WSL#13696: the same with other words"},
	{dd(win), "3000", "com.docker.backend.exe 4 *, com.docker.backend.exe 6 *", "in use", "fails? com.docker.backend.exe", "docker/for-win#3487: leftovers"},
	{dd(win), "3000", "wslrelay.exe 6 ::1", "free", "dead? wslrelay.exe", "docker/for-win#14122: a program in a WSL distribution"},
	{dd(win), "3000", "wslrelay.exe 4 127.0.0.1", "free", "dead? wslrelay.exe", "rancher-sandbox/rancher-desktop#1180"},
	{dd(win), "4505", "agent.exe 4 *", "free", "dead? agent.exe", "golang/go#45150: a dual-stack [::] binds beside 0.0.0.0"},
	{dd(win), "3000", "node.exe 6 *", "in use", "fails? node.exe", "Microsoft, Using SO_EXCLUSIVEADDRUSE: within one family"},
	{dd(win), "127.0.0.1:3000", "node.exe 4 *", "free", "-", "Microsoft, Using SO_EXCLUSIVEADDRUSE: the same user's wildcard"},
	{dd(win), "127.0.0.1:3000", "service.exe 4 *", "denied", "fails? service.exe", "Microsoft, Using SO_EXCLUSIVEADDRUSE: another user's wildcard"},

	// those that open ports after the container runs, on macOS
	{late(OrbStack, mac), "5000", "ControlCe 4 *, ControlCe 6 *", "in use, in use", "dead ControlCe, dead ControlCe", "orbstack/orbstack#2509: a line in a log"},
	{late(OrbStack, mac), "8080", "node 4 *, node 6 *", "in use, in use", "dead node, dead node", "orbstack/orbstack#833"},
	{late(OrbStack, mac), "8080", "python3 4 *", "in use, free", "dead python3, -", "orbstack/orbstack#2547: a socket for each family"},
	{late(OrbStack, mac), "8080", "node 4 127.0.0.1", "free, free", "dead? node, -", "xnu in_pcbbind: with SO_REUSEADDR only an equal address conflicts"},
	{late(OrbStack, mac), "127.0.0.1:444", "nginx@502 4 192.168.1.2", "in use", "dead? nginx", "orbstack/orbstack#2682: low ports on all addresses"},
	{late(OrbStack, mac), "8080", "OrbStack 4 *, OrbStack 6 *", "in use, in use", "dead? OrbStack, dead? OrbStack", "orbstack/orbstack#326: a Linux machine of OrbStack"},
	{late(OrbStack, mac), "80", "", "free, free", "-, -", "xnu in_pcbbind: low ports on the wildcard"},
	{late(Colima, mac), "8080", "node 4 *", "in use", "dead node", "lima-vm/lima#1251, colima lima/yaml.go"},
	{late(Colima, mac), "8080", "node 6 *", "in use", "dead node", "xnu in_pcbbind: a dual-stack [::] counts as 0.0.0.0"},
	{late(Colima, mac), "8080", "node 6only *", "free", "-", "lima-vm/lima#3981: ssh opens IPv4 alone"},
	{late(Colima, mac), "8080/udp", "", "", "dead", "lima's documentation, config/port: ssh forwards TCP alone"},
	{late(Colima, mac), "8080", "ssh:ssh -S /Users/u/.colima/_lima/colima-x/ssh.sock 4 *", "in use", "dead? ssh", "colima docker/context.go: another profile"},
	{late(Colima, mac), "80", "", "free", "-", "xnu in_pcbbind: low ports on the wildcard"},
	{late(Lima, mac), "8080", "node 4 127.0.0.1", "in use", "dead node", "lima FillPortForwardDefaults: to 127.0.0.1"},
	{late(Lima, mac), "8080", "node 6 *", "free", "-", "xnu in_pcbbind: a specific address beside the wildcard"},
	{late(Lima, mac), "127.0.0.1:80", "httpd 6 *", "in use", "dead httpd", "lima portfwd/listener_darwin.go: low ports on all addresses"},
	{late(Lima, mac), "10.0.0.5:8080", "", "", "dead", "lima hostagent/port.go: no rule matches"},
	{late(RancherDesktop, mac), "8080", "node 4 *", "in use", "dead node", "rancher-desktop lima-config.yaml"},
	{late(RancherDesktop, mac), "127.0.0.11:8080", "", "", "dead", "rancher-sandbox/rancher-desktop#6760: not forwarding"},
	{late(RancherDesktop, mac), "127.0.0.1:8080", "node 4 127.0.0.1", "in use", "dead node", "rancher-sandbox/rancher-desktop#6760"},

	// Podman's machine, Rancher Desktop on Windows, Docker Desktop on Linux, WSL
	{gvproxy(), "8080", "node 6 *", "in use", "fails node", "podman#14465: IPv6 *:8080"},
	{gvproxy(), "8080", "python3 4 *", "free", "dead? python3", "dgraph-io/dgraph#2097"},
	{gvproxy(), "8080", "gvproxy 6 *", "in use", "fails? gvproxy", "crc-org/crc#2613: another machine, or a leftover"},
	{gvproxy(), "8080", "", "free", "-", "gvisor-tap-vsock forwarder/ports.go"},
	{late(WSL, win), "8080", "node.exe 4 127.0.0.1", "in use", "dead? node.exe", "podman pkg/machine IsGvProxyBased, WSL init/localhost.cpp"},
	{late(WSL, win), "8080/udp", "", "", "dead", "WSL wslrelay: TCP alone"},
	{&Forwarder{Kind: WSL, System: win, User: -1, deaf: true}, "8080", "", "", "dead", "microsoft/WSL#41204: Podman 6.0 opens no socket"},
	{late(RancherDesktop, win), "8080", "node.exe 4 *, node.exe 6 *", "in use", "dead? node.exe", "rancher-desktop apitracker.go determineHostIP"},
	{late(RancherDesktop, win), "8080", "node.exe 4 127.0.0.1", "free", "dead? node.exe", "rancher-sandbox/rancher-desktop#7941"},
	{late(RancherDesktop, win), "[::1]:8080", "", "", "dead", "rancher-desktop apitracker.go Add: IPv4 alone"},
	{dd(lin), "8080", "", "free", "-", "recorded ss: *:9999 of com.docker.back"},
	{dd(lin), "8080", "python3 4 *", "in use", "fails python3", "linux inet6_csk_bind_conflict: every overlap refuses [::]"},
	{dd(lin), "8080", "python3 4 127.0.0.1", "in use", "fails python3", "linux inet6_csk_bind_conflict"},
	{dd(lin), "8080", "docker-proxy@0 4 *", "in use", "fails docker-proxy", "Docker's documentation, install/linux: an engine beside Docker Desktop"},
	{dd(lin), "80", "", "denied", "not checked", "Docker's documentation, install/ubuntu: setcap cap_net_bind_service"},
	{dd(lin), "80", "httpd@0 6 *", "denied", "fails httpd", "docker/for-win#14712 and DD Linux: port 80 beside httpd"},
	{dd(lin), "8080", "com.docker.back@1001 6 *", "in use", "fails com.docker.back", "docker/for-mac#3378: the Docker Desktop of another user"},
	{dd(lin), "8080", " 6 *", "in use", "fails?", "linux proc(5): a process with a file capability hides its descriptors from its own user"},
	{dd(lin), "8080", "com.docker.back 6 *", "in use", "fails? com.docker.back", "docker/for-mac#3720: leftovers"},
	{inWSL(DockerDesktop, true), "8080", "", "not tried", "not checked", "docker/for-win#7308: a proxy serves the socket in the distribution"},
	{inWSL(DockerDesktop, true), "8080", "node.exe 4 *, node.exe 6 *", "not tried", "fails? node.exe", "Microsoft, Using SO_EXCLUSIVEADDRUSE"},
	{inWSL(WSL, false), "8080", "node.exe 4 127.0.0.1", "not tried", "dead? node.exe", "WSL init/localhost.cpp: a refusal is dropped"},
	{mirrored(), "8080", "node.exe 4 *", "not tried", "fails? node.exe", "WSL LxssUserSession OnPortAllocationRequest"},
	{mirrored(), "127.0.0.1:8080", "node.exe 4 *", "not tried", "fails? node.exe", "WSL src/linux/init/GnsPortTracker.cpp"},
	{mirrored(), "8080/udp", "", "not tried", "not checked", "WSL src/linux/init/GnsPortTracker.cpp"},
	{inWSL(WSL, false), "8080", "node.exe 4 *", "not tried", "dead? node.exe", "Microsoft, Using SO_EXCLUSIVEADDRUSE: it depends on the user"},
}

func TestTable(t *testing.T) {
	if len(table) < 60 {
		t.Errorf("%d situations", len(table))
	}
	for i, r := range table {
		name := fmt.Sprintf("%d %s on %s, %s, %q, %q", i+1, r.on.Name(), r.on.System, r.want, r.listed, r.trial)
		if got := r.judged(t); got != r.answer {
			t.Errorf("%s:\n got %q\nwant %q (%s)", name, got, r.answer, r.source)
		}
	}
}

// judged judges each socket that the forwarder opens.
func (r row) judged(t *testing.T) string {
	t.Helper()
	want, proto, _ := strings.Cut(r.want, "/")
	if proto == "" {
		proto = "tcp"
	}
	if !strings.Contains(want, ":") {
		want = "0.0.0.0:" + want
	}
	at := netip.MustParseAddrPort(want)
	sockets, why := r.on.Opens(proto, at)
	if len(sockets) == 0 {
		if why == "" {
			t.Errorf("%s: nothing is opened, and nothing says why", r.want)
		}
		return "dead"
	}

	seen := Seen{Listed: true}
	for _, word := range strings.Split(r.listed, ", ") {
		if ports, ok := strings.CutPrefix(word, "range* "); ok {
			seen.Range, seen.Administered = ports, true
		} else if ports, ok := strings.CutPrefix(word, "range "); ok {
			seen.Range = ports
		} else if r.listed != "" {
			seen.Holders = append(seen.Holders, holder(t, r.on, word, at.Port()))
		}
	}
	trials := strings.Split(r.trial, ", ")
	var said []string
	for i, s := range sockets {
		seen.Trial = trialOf(t, trials[min(i, len(trials)-1)])
		said = append(said, say(r.on.Judge(s, seen), seen))
	}
	return strings.Join(said, ", ")
}

func trialOf(t *testing.T, word string) Trial {
	t.Helper()
	trial, ok := map[string]Trial{"free": Free, "in use": InUse, "denied": Denied, "not local": NotLocal, "not tried": NotTried}[word]
	if !ok {
		t.Fatalf("no trial says %q", word)
	}
	return trial
}

// holder reads "NAME[:COMMAND][@UID] 4|6|6only ADDRESS [passing]"; * is the wildcard, and without a uid it is the forwarder's own.
func holder(t *testing.T, f *Forwarder, text string, port uint16) Holder {
	t.Helper()
	h := Holder{UID: f.User}
	text, h.Passing = strings.CutSuffix(text, " passing")
	at := strings.LastIndexByte(text, ' ')
	family := strings.LastIndexByte(text[:at], ' ')
	who, version, address := text[:family], text[family+1:at], text[at+1:]
	h.Name, h.Command, _ = strings.Cut(strings.TrimSpace(who), ":")
	if name, uid, named := strings.Cut(h.Name, "@"); named {
		h.Name = name
		h.UID, _ = strconv.Atoi(uid)
	}
	if f.User == 0 && h.UID == 0 {
		h.UID = 501
	}
	ip := netip.IPv4Unspecified()
	switch {
	case address != "*":
		ip = netip.MustParseAddr(address)
	case version != "4":
		ip = netip.IPv6Unspecified()
	}
	h.Addr, h.V6Only = netip.AddrPortFrom(ip, port), version == "6only"
	return h
}

func say(a Answer, seen Seen) string {
	said := map[Outcome]string{Opens: "-", NotChecked: "not checked", Dead: "dead", Fails: "fails"}[a.Outcome]
	if !a.Certain && a.Outcome != NotChecked {
		said += "?"
	}
	if a.Holder >= 0 {
		said += " " + seen.Holders[a.Holder].Name
	}
	return strings.TrimSpace(said)
}

// TestUncertainSaysWhy: whatever is not certain has its reason.
func TestUncertainSaysWhy(t *testing.T) {
	for _, f := range []*Forwarder{dd(mac), dd(win), dd(lin), late(OrbStack, mac), late(Colima, mac), gvproxy(), inWSL(DockerDesktop, true)} {
		for _, trial := range []Trial{NotTried, Free, InUse, Denied, NotLocal} {
			for _, at := range []string{"", "x 4 *", "x 6 *", "x 4 127.0.0.1", "x@7 6 ::1", "gvproxy 6 *", "com.docker.backend 6 *", "x 4 10.0.0.1 passing"} {
				seen := Seen{Trial: trial, Listed: true}
				if at != "" {
					seen.Holders = []Holder{holder(t, f, at, 8080)}
				}
				sockets, _ := f.Opens("tcp", netip.MustParseAddrPort("0.0.0.0:8080"))
				for _, s := range sockets {
					if a := f.Judge(s, seen); !a.Certain && a.Why == "" {
						t.Errorf("%s on %s, trial %d, %q: %+v", f.Name(), f.System, trial, at, a)
					}
				}
			}
		}
	}
}
