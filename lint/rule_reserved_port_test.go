package lint

import "testing"

func TestRuleReservedPort(t *testing.T) {
	checkLive(t, []liveCase{
		{name: "excluded", services: on(service("a", "50051:50051")), want: VerdictConflict, says: `
error certain 5: [reserved-port] 50051/tcp of "a" cannot be bound
  why: 50051 lies in the range that the system keeps for itself; no process holds it
  unsafe: publish "a" on host port 10051
    - "${A_PORT:-10051}:50051"
`, machine: docker("29.0.1").with(func(m *machine) { m.results["0.0.0.0:50051/tcp"] = Excluded })},
		{name: "not local", services: on(service("a", "10.0.0.9:8080:80")), want: VerdictConflict, says: `
error certain 5: [reserved-port] 10.0.0.9:8080/tcp cannot be bound
  why: this machine has no address 10.0.0.9
  manual: publish it on an address of this machine, such as 127.0.0.1
`, machine: docker("29.0.1").with(func(m *machine) { m.results["10.0.0.9:8080/tcp"] = NotLocal })},
		{name: "rootless and privileged", services: on(service("a", "80:80")), want: VerdictConflict, says: `
error certain 5: [reserved-port] 80/tcp of "a" cannot be bound
  why: 80 is a privileged port, and this engine is rootless
  unsafe: publish "a" on host port 8080
    - "${A_PORT:-8080}:80"
  manual: let users bind it: sysctl net.ipv4.ip_unprivileged_port_start=80
`, machine: docker("29.0.1").rootless().with(func(m *machine) { m.results["0.0.0.0:80/tcp"] = NotAllowed })},
		{name: "rootless and privileged, its process not read", services: on(service("a", "80:80")), want: VerdictPossible, says: ``,
			machine: docker("29.0.1").rootless().with(func(m *machine) { m.Engine.LowPorts, m.results["0.0.0.0:80/tcp"] = UnknownLowPorts, NotAllowed })},
		{name: "rootless with the capability", services: on(service("a", "80:80")), want: VerdictClear,
			machine: docker("29.0.1").rootless().with(func(m *machine) { m.Engine.LowPorts, m.results["0.0.0.0:80/tcp"] = AllLowPorts, Free })},
	})
}
