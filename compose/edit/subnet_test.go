package edit

import (
	"testing"

	"github.com/portlint/portlint/lint"
)

// TestFixSubnets: the beginning of a fixed subnet becomes a variable with the same default, in the subnet and in every address in
// it; exactly these follow it.
func TestFixSubnets(t *testing.T) {
	for _, c := range []planCase{
		{name: "all that lies in it", files: `
-- compose.yaml --
services:
  web:
    image: app
    networks:
      back:
        ipv4_address: 10.5.0.9
  db: {image: db, networks: {back: {ipv4_address: 10.5.0.10}}}
networks:
  back:
    ipam:
      config:
        - subnet: "10.5.0.0/24"
          gateway: 10.5.0.1
          ip_range: 10.5.0.128/25
          aux_addresses: {router: 10.5.0.2}
`, want: `
compose.yaml
  ipv4_address: ${BACK_SUBNET:-10.5.0}.9
  db: {image: db, networks: {back: {ipv4_address: "${BACK_SUBNET:-10.5.0}.10"}}}
  - subnet: "${BACK_SUBNET:-10.5.0}.0/24"
  gateway: ${BACK_SUBNET:-10.5.0}.1
  ip_range: ${BACK_SUBNET:-10.5.0}.128/25
  aux_addresses: {router: "${BACK_SUBNET:-10.5.0}.2"}
`},
		{name: "two numbers", files: `
-- compose.yaml --
services:
  web: {image: app, networks: {default: {ipv4_address: 10.5.7.9}}}
networks:
  default: {ipam: {config: [{subnet: 10.5.0.0/16}]}}
-- .env.example --
KEY=
`, want: `
.env.example
  # beginning of the subnet of default
  SUBNET=10.5
compose.yaml
  web: {image: app, networks: {default: {ipv4_address: "${SUBNET:-10.5}.7.9"}}}
  default: {ipam: {config: [{subnet: "${SUBNET:-10.5}.0.0/16"}]}}
`},
		{name: "an override has it", files: `
-- compose.yaml --
services:
  web: {image: app, networks: [n]}
networks:
  n: {ipam: {config: [{subnet: 10.5.0.0/24}]}}
-- compose.override.yaml --
networks:
  n: {ipam: {config: [{subnet: 10.5.0.0/24, gateway: 10.5.0.1}]}}
`, want: `
compose.override.yaml
  n: {ipam: {config: [{subnet: "${N_SUBNET:-10.5.0}.0/24", gateway: "${N_SUBNET:-10.5.0}.1"}]}}
`},
		{name: "another place has the same text by an alias", files: `
-- compose.yaml --
services:
  web:
    image: app
    networks:
      n: {ipv4_address: &ip 10.5.0.9}
    environment:
      IP: *ip
networks:
  n:
    ipam:
      config:
        - subnet: 10.5.0.0/24
`, want: `
not "write ${N_SUBNET:-10.5.0}.0/24, and the same in the address in it", because setting N_SUBNET would do more or less than it should: services.web.environment.IP of project "001" would change
`},
		{name: "an address is a variable already", files: `
-- compose.yaml --
services:
  web: {image: app, networks: {n: {ipv4_address: "${IP:-10.5.0.9}"}}}
networks:
  n: {ipam: {config: [{subnet: 10.5.0.0/24}]}}
`, want: ``},
		{name: "too wide, and IPv6", files: `
-- compose.yaml --
services:
  web: {image: app, networks: [n, six]}
networks:
  n: {ipam: {config: [{subnet: 10.0.0.0/12}]}}
  six: {enable_ipv6: true, ipam: {config: [{subnet: "fd00:5::/64"}]}}
`, want: ``},
	} {
		c.rules, c.most = "fixed-subnet", lint.Safe
		t.Run(c.name, func(t *testing.T) { c.run(t) })
	}
}
