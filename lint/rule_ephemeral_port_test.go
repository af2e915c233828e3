package lint

import "testing"

func TestRuleEphemeralPort(t *testing.T) {
	checkRule(t, "ephemeral-port", []ruleCase{
		{name: "fixed", services: []*svc{service("a", "40000:80")}, want: `
warning latent 5: 40000/tcp of "a" may be taken
  latent: Linux gives 32768-60999 to outgoing connections; any of them can take it first
  unsafe: publish "a" on host port 10000
    - "${A_PORT:-10000}:80"
`},
		{name: "grpc", services: []*svc{service("a", "50051:50051")}, want: `
warning latent 5: 50051/tcp of "a" may be taken
  latent: Linux gives 32768-60999 to outgoing connections; any of them can take it first
  unsafe: publish "a" on host port 10051
    - "${A_PORT:-10051}:50051"
`},
		{name: "first and last", services: []*svc{service("a", "32768:80", "60999:81")}, want: `
warning latent 5: 32768/tcp of "a" may be taken
  latent: Linux gives 32768-60999 to outgoing connections; any of them can take it first
  unsafe: publish "a" on host port 12768
    - "${A_PORT:-12768}:80"
warning latent 6: 60999/tcp of "a" may be taken
  latent: Linux gives 32768-60999 to outgoing connections; any of them can take it first
  unsafe: publish "a" on host port 10999
    - "${A_81_PORT:-10999}:81"
`},
		{name: "huge range", services: []*svc{service("turn", "49152-65535:49152-65535/udp")}, want: `
warning latent 5: 49152-60999/udp may be taken
  latent: Linux gives 32768-60999 to outgoing connections; any of them can take it first
  unsafe: publish "turn" on host ports 10081-26464
    - "${TURN_PORT_RANGE:-10081-26464}:49152-65535/udp"
`},
		{name: "pool", services: []*svc{service("a", "40000-40010:80")}, want: `
warning latent 5: 40000-40010/tcp may be taken
  latent: Linux gives 32768-60999 to outgoing connections; any of them can take it first
  unsafe: publish "a" on host ports 10000-10010
    - "${A_PORT_RANGE:-10000-10010}:80"
`},
		{name: "pool that only touches", services: []*svc{service("a", "80-65535:80", "30000-40000:81", "60000-61000:82")}},
		{name: "around", services: []*svc{service("a", "32767:80", "61000:80")}},
		{name: "container port only", services: []*svc{service("a", "40000")}},
		{name: "nothing bound", services: []*svc{service("a", "40000:80").net(Network{Publishing: Ignored})}},
	})
}

func TestEphemeralPortOfThisMachine(t *testing.T) {
	for _, c := range []struct {
		item  string
		local bool
		want  string
	}{
		{"20000:80", true, `20000/tcp of "a" may be taken | latent: this machine gives 15000-25000 to outgoing connections; any of them can take it first`},
		{"40000:80", true, ""},
		{"20000:80", false, ""},
		{"40000:80", false, `40000/tcp of "a" may be taken | latent: Linux gives 32768-60999 to outgoing connections; any of them can take it first`},
	} {
		h := &Host{Engine: Engine{Version: "29.0.1", Local: c.local}, Ephemeral: Ports{First: 15000, Last: 25000}}
		got := ""
		for _, f := range Run([]*Project{project(service("a", c.item))}, Settings{Host: h}).Findings {
			if f.Rule == "ephemeral-port" {
				got = summary(f)
			}
		}
		if got != c.want {
			t.Errorf("%s, local %t: %q", c.item, c.local, got)
		}
	}
}
