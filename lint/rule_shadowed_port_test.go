package lint

import "testing"

func TestRuleShadowedPort(t *testing.T) {
	checkLive(t, []liveCase{
		{name: "as IPv4", services: on(service("web", "0.0.0.0:8080:80")), machine: docker("29.0.1").listens("[::1]:8080/tcp", proc("node", 4711)), want: VerdictClear, says: `
warning possible 5: [shadowed-port] 0.0.0.0:8080/tcp may be shadowed
  possible: it can be bound, but node (pid 4711, anna, since 2026-11-20 09:12) has [::1]:8080/tcp: what asks for localhost may reach that one
  manual: stop node where it was started
  unsafe: publish "web" on host port 8081
    - "0.0.0.0:${WEB_PORT:-8081}:80"
`},
		{name: "avahi on 28", services: on(service("a", "5353:5353/udp")), machine: docker("28.2.2").listens("0.0.0.0:5353/udp", proc("avahi", 5)).reuse(), want: VerdictClear, says: `
warning possible 5: [shadowed-port] 5353/udp of "a" may be shadowed
  possible: it can be bound, but avahi (pid 5, anna, since 2026-11-20 09:12) has it too, and only one of the two is reached
  manual: stop avahi where it was started
  unsafe: publish "a" on host port 5354
    - "${A_PORT:-5354}:5353/udp"
`},
	})
}
