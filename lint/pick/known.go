package pick

import (
	"net/netip"
	"slices"
)

// registered are the ports of [DefaultRange] that the IANA registry names for a program: numbers alone, as of July 2023, with
// the ten of flex-lm that the registry writes as a range.
// Source: https://www.iana.org/assignments/service-names-port-numbers
var registered = set(20000, 20001, 20002, 20003, 20005, 20012, 20013, 20014, 20034, 20046, 20048, 20049, 20057, 20167,
	20202, 20222, 20480, 20670, 20810, 20999, 21000, 21010, 21212, 21213, 21221, 21553, 21554, 21590, 21800, 21801,
	21845, 21846, 21847, 21848, 21849, 22000, 22001, 22002, 22003, 22004, 22005, 22125, 22128, 22222, 22273, 22305,
	22333, 22335, 22343, 22347, 22350, 22351, 22537, 22555, 22763, 22800, 22951, 23000, 23001, 23002, 23003, 23004,
	23005, 23053, 23272, 23294, 23333, 23400, 23401, 23402, 23456, 23457, 23546, 24000, 24001, 24002, 24003, 24004,
	24005, 24006, 24242, 24249, 24321, 24322, 24323, 24386, 24465, 24554, 24577, 24666, 24676, 24677, 24678, 24680,
	24754, 24850, 24922, 25000, 25001, 25002, 25003, 25004, 25005, 25006, 25007, 25008, 25009, 25471, 25576, 25604,
	25793, 25900, 25901, 25902, 25903, 25954, 25955, 26000, 26133, 26208, 26257, 26260, 26261, 26262, 26263, 26486,
	26487, 26489, 27000, 27001, 27002, 27003, 27004, 27005, 27006, 27007, 27008, 27009, 27010, 27017, 27345, 27442,
	27504, 27782, 27876, 27999, 28000, 28001, 28010, 28080, 28119, 28200, 28240, 28589, 29000, 29118, 29167, 29168,
	29169, 29999, 30000, 30001, 30002, 30003, 30004, 30100, 30260, 30400, 30832, 30999, 31016, 31020, 31029, 31337,
	31400, 31416, 31457, 31620, 31685, 31765, 31948, 31949, 32034, 32249, 32400, 32483, 32635, 32636, 32767)

// BrowserBlocked reports whether browsers refuse to open a port.
func BrowserBlocked(port uint16) bool { return browserBlocked[port] }

// browserBlocked are the ports that browsers refuse.
// Source: https://fetch.spec.whatwg.org/#port-blocking
var browserBlocked = set(1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102,
	103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
	526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045,
	4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080)

func set(ports ...uint16) map[uint16]bool {
	m := make(map[uint16]bool, len(ports))
	for _, p := range ports {
		m[p] = true
	}
	return m
}

// SystemService is a service that comes with an operating system and listens on a port.
type SystemService struct {
	Port   uint16
	Protos []string
	Addr   netip.Addr // where it listens, as well as on all addresses; zero: on all alone
	What   string     // such as "AirPlay Receiver on every Mac"
	Advice string     // what to do about it
}

var systemServices = []SystemService{
	{Port: 5000, Protos: []string{"tcp"}, What: "AirPlay Receiver on every Mac",
		Advice: "choose another host port, or turn AirPlay Receiver off in System Settings > General > AirDrop & Handoff"},
	{Port: 7000, Protos: []string{"tcp"}, What: "AirPlay Receiver on every Mac",
		Advice: "choose another host port, or turn AirPlay Receiver off in System Settings > General > AirDrop & Handoff"},
	{Port: 53, Protos: []string{"tcp", "udp"}, Addr: netip.AddrFrom4([4]byte{127, 0, 0, 53}),
		What:   "systemd-resolved on most Linux desktops, at 127.0.0.53",
		Advice: "bind the address that others ask, such as 192.168.1.2:53:53, or set DNSStubListener=no"},
	{Port: 5353, Protos: []string{"udp"}, What: "mDNS: Avahi on Linux, mDNSResponder on a Mac",
		Advice: "choose another host port, or stop the mDNS service of the machine"},
}

// SystemServices are the services that people meet most.
func SystemServices() []SystemService { return slices.Clone(systemServices) }

// serviceAt is the system service to which a suggestion should leave a port.
func serviceAt(p uint16) (SystemService, bool) {
	i := slices.IndexFunc(systemServices, func(s SystemService) bool { return s.Port == p })
	if i < 0 {
		return SystemService{}, false
	}
	return systemServices[i], true
}
