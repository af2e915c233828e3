package main

// verdictCases are those in which the files alone decide which ports are asked for, and whether they meet. What runs already, other
// sockets of the host and which engine it is are the subject of the conformance test.
var verdictCases = []edgeCase{
	{name: "an override adds", files: `
services: {web: {image: i, ports: ["8080:80"]}}
-- compose.override.yaml --
services: {web: {ports: ["9090:80"]}}
`, binds: "web 8080->80/tcp\nweb 9090->80/tcp", want: addsPort + "web"},
	{name: "!override replaces", files: `
services: {web: {image: i, ports: ["8080:80"]}}
-- compose.override.yaml --
services: {web: {ports: !override ["9090:80"]}}
`, binds: "web 9090->80/tcp"},
	{name: "an empty list clears nothing", files: `
services: {web: {image: i, ports: ["8080:80"]}}
-- compose.override.yaml --
services: {web: {ports: []}}
`, binds: "web 8080->80/tcp"},
	{name: "!reset drops its own value too", files: `
services: {web: {image: i, ports: ["8080:80"]}}
-- compose.override.yaml --
services: {web: {ports: !reset ["9090:80"]}}
`, binds: "none"},
	{name: "absent and 0.0.0.0 are one key", files: `
services: {web: {image: i, ports: ["8080:80", "0.0.0.0:8080:80"]}}
`, binds: "web 0.0.0.0:8080->80/tcp", sockets: "0.0.0.0:8080/tcp"},
	{name: "integer beside string", files: `
services: {web: {image: i, ports: [{target: 80, published: 8080}, "8080:80"]}}
`, binds: "web 8080->80/tcp\nweb 8080->80/tcp", want: sureDup + "web"},
	{name: "string beside short form", files: `
services: {web: {image: i, ports: [{target: 80, published: "8080"}, "8080:80"]}}
`, binds: "web 8080->80/tcp"},
	{name: "wildcard beside specific in one service", files: `
services: {web: {image: i, ports: ["8080:80", "127.0.0.1:8080:80"]}}
`, want: sureDup + "web"},
	{name: "the same over UDP", files: `
services: {web: {image: i, ports: ["53:53/udp", "127.0.0.1:53:53/udp"]}}
`, want: maybeDup + "web", says: "engine 28"},
	{name: "unspecified holds [::]", files: `
services: {web: {image: i, ports: ["8080:80", "[::]:8080:80"]}}
`, want: sureDup + "web"},
	{name: "the two wildcards", files: `
services: {web: {image: i, ports: ["0.0.0.0:8080:80", "[::]:8080:80"]}}
`, sockets: "0.0.0.0:8080/tcp [::]:8080/tcp"},
	{name: "TCP beside UDP", files: `
services:
  a: {image: i, ports: ["8080:80"]}
  b: {image: i, ports: ["8080:80/udp"]}
`, binds: "a 8080->80/tcp\nb 8080->80/udp"},
	{name: "two loopback addresses", files: `
services:
  a: {image: i, ports: ["127.0.0.1:8080:80"]}
  b: {image: i, ports: ["127.0.0.2:8080:80"]}
`, sockets: "127.0.0.1:8080/tcp 127.0.0.2:8080/tcp"},
	{name: "both families without a host IP", files: `
services: {a: {image: i, ports: ["8080:80"]}}
`, sockets: "0.0.0.0:8080/tcp [::]:8080/tcp"},
	{name: "one IPv4 address", files: `
services: {a: {image: i, ports: ["127.0.0.1:8080:80"]}}
`, sockets: "127.0.0.1:8080/tcp"},
	{name: "IPv4 only", files: `
services: {a: {image: i, ports: ["0.0.0.0:8080:80"]}}
`, sockets: "0.0.0.0:8080/tcp"},
	{name: "a port of outgoing connections", files: `
services: {a: {image: i, ports: ["40000:80"]}}
`, want: clientPort + "a"},
	{name: "a port below them", files: `
services: {a: {image: i, ports: ["8080:80"]}}
`},
	{name: "mDNS", files: `
services: {a: {image: i, ports: ["5353:5353/udp"]}}
`, sockets: "0.0.0.0:5353/udp [::]:5353/udp"},
	{name: "host mode binds nothing", files: `
services: {a: {image: i, network_mode: host, ports: ["8080:80"]}}
`, binds: "none", want: bindsNone + "a"},
	{name: "another service's network", files: `
services:
  a: {image: i, network_mode: "service:b", ports: ["8080:80"]}
  b: {image: i}
`, binds: "none", want: unusable + "a"},
	{name: "internal network", files: `
services:
  a: {image: i, ports: ["8080:80"], networks: [n]}
  b: {image: i, ports: ["8080:80"], networks: [n]}
networks: {n: {internal: true}}
`, binds: "none", want: bindsNone + "a\n" + bindsNone + "b"},
	{name: "macvlan", files: `
services:
  a: {image: i, ports: ["8080:80"], networks: [n]}
  b: {image: i, ports: ["8080:80"], networks: [n]}
networks: {n: {driver: macvlan}}
`, binds: "none", want: bindsNone + "a\n" + bindsNone + "b"},
	{name: "the network's own address", files: `
services: {a: {image: i, ports: ["8080:80"]}}
networks: {default: {driver_opts: {com.docker.network.bridge.host_binding_ipv4: 127.0.0.1}}}
`, sockets: "127.0.0.1:8080/tcp"},
	{name: "routed", files: `
services:
  a: {image: i, ports: ["8080:80"]}
  b: {image: i, ports: ["8080:80"]}
networks: {default: {driver_opts: {com.docker.network.bridge.gateway_mode_ipv4: routed}}}
`, want: maybeDup + "a,b", says: "engine 27"},
	{name: "a profile that is off", files: `
services:
  a: {image: i, profiles: [debug], ports: ["8080:80"]}
  b: {image: i, ports: ["8080:80"]}
`, binds: "b 8080->80/tcp", want: "duplicate-port possible warning a,b", says: "--profile debug"},
	{name: "swapped ports", files: `
services: {a: {image: i, ports: ["9090:80"]}, b: {image: i, ports: ["8080:80"]}}
`, binds: "a 9090->80/tcp\nb 8080->80/tcp"},
	{name: "two replicas, one port", files: `
services: {a: {image: i, scale: 2, ports: ["8080:80"]}}
`, want: tooMany + "a"},
	{name: "two replicas, a pool of two", files: `
services: {a: {image: i, scale: 2, ports: ["8080-8081:80"]}}
`, binds: "a 8080-8081->80/tcp"},
	{name: "three replicas, a pool of two", files: `
services: {a: {image: i, scale: 3, ports: ["8080-8081:80"]}}
`, want: tooMany + "a", says: "replica 3"},
	{name: "two fixed ports are no pool", files: `
services: {a: {image: i, scale: 2, ports: ["8080-8081:80-81"]}}
`, want: tooMany + "a", says: "replica 2"},
	{name: "mode global is ignored", files: `
services: {a: {image: i, deploy: {mode: global, replicas: 2}, ports: ["8080:80"]}}
`, want: tooMany + "a"},
	{name: "a pool", files: `
services: {a: {image: i, ports: ["8100-8105:80"]}}
`, binds: "a 8100-8105->80/tcp"},
	{name: "a pool beside its member", files: `
services: {a: {image: i, ports: ["8080-8081:80"]}, b: {image: i, ports: ["8080:80"]}}
`, want: races + "a,b"},
	{name: "the pool starts last", files: `
services: {a: {image: i, ports: ["8080-8081:80"], depends_on: [b]}, b: {image: i, ports: ["8080:80"]}}
`},
	{name: "a picked port beside the first that is picked", files: `
services: {a: {image: i, ports: ["80"]}, b: {image: i, ports: ["32768:80"]}}
`, binds: "a *->80/tcp\nb 32768->80/tcp", want: races + "a,b\n" + clientPort + "b"},
	{name: "a variable without a value", env: "-", files: `
services: {web: {image: i, ports: ["${PORT}:80"]}}
`, binds: "web *->80/tcp", want: unsetVar + "web"},
	{name: "an address that may not be there", files: `
services: {a: {image: i, ports: ["10.0.0.9:8080:80"]}}
`, sockets: "10.0.0.9:8080/tcp"},
	{name: "a provider", files: `
services: {a: {provider: {type: cloud}, ports: ["8080:80"]}, b: {image: i, ports: ["8080:80"]}}
`, binds: "b 8080->80/tcp", want: bindsNone + "a"},
	{name: "expose publishes nothing", files: `
services: {a: {image: i, expose: ["8080"]}, b: {image: i, ports: ["8080:80"]}}
`, binds: "b 8080->80/tcp"},
	{name: "an IPv4 address written as IPv6", files: `
services: {a: {image: i, ports: ["::ffff:127.0.0.1:8080:80"]}, b: {image: i, ports: ["127.0.0.1:8080:80"]}}
`, want: sureDup + "a,b"},
	{name: ".env of the working directory", cwd: "sub", files: `
services: {a: {image: i, ports: ["${PORT}:80"]}}
-- .env --
PORT=8080
-- sub/.env --
PORT=9000
`, binds: "a 9000->80/tcp"},
	{name: ".env of the parent beats the include's", files: `
include: [sub/c.yaml]
-- sub/c.yaml --
services: {a: {image: i, ports: ["${P}:80"]}}
-- .env --
P=10
-- sub/.env --
P=20
`, binds: "a 10->80/tcp"},
	{name: "-f reads no override", flags: "-f compose.yaml", files: `
services: {a: {image: i, ports: ["8080:80"]}}
-- docker-compose.override.yml --
services: {a: {ports: ["7777:81"]}}
`, binds: "a 8080->80/tcp"},
	{name: "discovery reads it", files: `
services: {a: {image: i, ports: ["8080:80"]}}
-- docker-compose.override.yml --
services: {a: {ports: ["7777:81"]}}
`, binds: "a 8080->80/tcp\na 7777->81/tcp"},
	{name: "a merge key replaces", files: `
x-base: &base {image: i, ports: ["8080:80"]}
services: {a: {<<: *base, ports: ["9090:80"]}}
`, binds: "a 9090->80/tcp"},
	{name: "extends appends", files: `
services: {a: {extends: {file: base.yaml, service: b}, ports: ["9090:80"]}}
-- base.yaml --
services: {b: {image: i, ports: ["8080:80"]}}
`, binds: "a 8080->80/tcp\na 9090->80/tcp", want: addsPort + "a"},
	{name: "the base starts too", files: `
services: {base: {image: i, ports: ["8080:80"]}, a: {extends: base}}
`, want: sureDup + "a,base"},
	{name: "octal", files: `
services: {a: {image: i, ports: [{target: 80, published: 010}]}}
`, binds: "a 8->80/tcp"},
}
