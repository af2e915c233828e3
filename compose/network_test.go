package compose

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/compose/testdir"
	"github.com/portlint/portlint/lint"
)

// TestNetworks: of what services share there are the keys, the names on the engine, and the bytes of subnets and addresses.
func TestNetworks(t *testing.T) {
	t.Parallel()
	l, err := Load(t.Context(), Options{Dir: testdir.Layout(t, `
-- compose.yaml --
name: shop
services:
  web:
    image: a
    networks:
      back: {ipv4_address: "${NET:-10.5.0}.9"}
  db: {image: a, volumes: ["data:/d", "./x:/x", kept:/k]}
  cache: {image: a, network_mode: host}
networks:
  back:
    driver: bridge
    ipam:
      config:
        - subnet: ${NET:-10.5.0}.0/24
          gateway: 10.5.0.1
          aux_addresses: {router: 10.5.0.2}
  front: {name: edge, external: true}
  six: {enable_ipv6: true, ipam: {config: [{subnet: "fd00:5::/64"}]}}
volumes:
  data:
  kept: {name: shop-data}
  old: {external: {name: "${OLD:-old}"}}
-- compose.override.yaml --
networks:
  back:
    ipam:
      config:
        - subnet: 10.5.0.0/24
          ip_range: 10.5.0.128/25
`)})
	if err != nil {
		t.Fatal(err)
	}

	say := func(v lint.Value) string {
		if v.Text == "" && v.Written == "" {
			return "-"
		}
		if !v.Span.Known() {
			return v.Text
		}
		return fmt.Sprintf("%s(%s)", v.Text, l.Sources.Text(v.Inside))
	}
	var out strings.Builder
	for _, n := range l.Project.Networks {
		fmt.Fprintf(&out, "network %s %q %s external=%t ipv6=%t\n", n.Key, l.Sources.Text(n.Span), say(n.Name), n.External, n.IPv6)
		for _, s := range n.Subnets {
			fmt.Fprintf(&out, "  %s %s %s", say(s.Subnet), say(s.Range), say(s.Gateway))
			for _, r := range s.Reserved {
				fmt.Fprint(&out, " ", say(r))
			}
			out.WriteString("\n")
		}
	}
	for _, v := range l.Project.Volumes {
		fmt.Fprintf(&out, "volume %s %s external=%t\n", v.Key, say(v.Name), v.External)
	}
	for _, s := range l.Project.Services {
		fmt.Fprintf(&out, "service %s", s.Name)
		for _, a := range s.Networks {
			fmt.Fprintf(&out, " %s %s", a.Network, say(a.IPv4))
		}
		fmt.Fprintf(&out, " %v\n", s.Volumes)
	}

	want := `network back "back" shop_back external=false ipv6=false
  10.5.0.0/24(10.5.0.0/24) 10.5.0.128/25(10.5.0.128/25) 10.5.0.1(10.5.0.1) 10.5.0.2(10.5.0.2)
network default "" shop_default external=false ipv6=false
network front "front" edge(edge) external=true ipv6=false
network six "six" shop_six external=false ipv6=true
  fd00:5::/64(fd00:5::/64) - -
volume data shop_data external=false
volume kept shop-data(shop-data) external=false
volume old old(${OLD:-old}) external=true
service cache []
service db default - [data kept]
service web back 10.5.0.9(${NET:-10.5.0}.9) []
`
	if got := out.String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// TestAwaits: of what a service depends on, those have ended that it waits for so, and that no restart policy brings back.
func TestAwaits(t *testing.T) {
	t.Parallel()
	l, err := Load(t.Context(), Options{Dir: testdir.Layout(t, `
-- compose.yaml --
services:
  web:
    image: a
    depends_on:
      always: {condition: service_completed_successfully}
      any: {condition: service_completed_successfully}
      failing: {condition: service_completed_successfully}
      healthy: {condition: service_healthy}
      once: {condition: service_completed_successfully}
      started: {condition: service_started}
  always: {image: a, restart: always}
  any: {image: a, deploy: {restart_policy: {condition: any}}}
  failing: {image: a, restart: "on-failure:3"}
  healthy: {image: a}
  once: {image: a, restart: "no"}
  started: {image: a}
`)})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(l.Project.Service("web").Awaits, " "); got != "failing once" {
		t.Error(got)
	}
}

// TestPathsOfMachine: what a service mounts by an absolute path and may write to, where it is written.
func TestPathsOfMachine(t *testing.T) {
	l, err := Load(t.Context(), Options{Dir: testdir.Layout(t, `
-- compose.yaml --
services:
  a:
    image: i
    volumes:
      - /var/run/docker.sock:/var/run/docker.sock
      - /etc/localtime:/etc/localtime:ro
      - ./x:/x
      - ../y:/y
      - ~/z:/z
      - {type: bind, source: "${DATA:-/srv/data}", target: /d}
      - {type: bind, source: /read, target: /r, read_only: true}
      - data:/e
volumes: {data: {driver_opts: {type: none, o: bind, device: /srv/e}}}
`)})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range l.Project.Service("a").Paths {
		got = append(got, l.Sources.Text(v.Span))
	}
	want := []string{"/var/run/docker.sock:/var/run/docker.sock", "~/z:/z", `"${DATA:-/srv/data}"`}
	if !slices.Equal(got, want) || l.Project.Volumes[0].Device.Text != "/srv/e" {
		t.Errorf("%q, %+v", got, l.Project.Volumes)
	}
}
