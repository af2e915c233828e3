//go:build linux

package main

import "strings"

// conformanceTables are all cases by what they are about.
func conformanceTables() map[string][]situation {
	return map[string][]situation{
		"files":      fileSituations,
		"addresses":  addressSituations,
		"networks":   networkSituations,
		"names":      nameSituations,
		"subnets":    subnetSituations,
		"fixed":      fixedAddressSituations,
		"defined":    definitionSituations,
		"ended":      endedBeforeSituations,
		"replicas":   replicaSituations,
		"sockets":    socketSituations,
		"strangers":  otherProjectSituations,
		"own":        ownSituations,
		"selections": selectionSituations,
		"engines":    engineSituations,
	}
}

// untested are situations that the engines of .ci/engine can't be put into, and what tests them instead.
var untested = []string{
	"Docker Desktop: package dockerapi, with answers that they gave",
	"ports that Windows keeps for itself: package sockets, with what netsh prints",
	"an engine on another machine: package dockerapi, over ssh and TLS, and TestEnginePlace from outside of its network",
	"an engine on a machine without IPv6: package lint",
	"ipvlan, where the kernel has none: package lint",
	"a swarm's ingress port where the kernel has no ip_vs: package lint",
}

// web is a project of one service "a" with these ports.
func web(ports string) string { return "services: {a: {image: i, ports: [" + ports + "]}}\n" }

const (
	one     = `"18080:80"`
	swapped = `
services: {a: {image: i, ports: ["18081:80"]}, b: {image: i, ports: ["18080:80"]}}
-- before.yaml --
services: {a: {image: i, ports: ["18080:80"]}, b: {image: i, ports: ["18081:80"]}}
`
	// moving is a service that leaves 18080, and another that wants it.
	moving = `
services: {a: {image: i, ports: ["18081:80"]}, b: {image: i, ports: ["18080:80"]}}
-- before.yaml --
services: {a: {image: i, ports: ["18080:80"]}}
`
	// orphaned is a service that takes the place of another.
	orphaned = `
services: {new: {image: i, ports: ["18080:80"]}}
-- before.yaml --
services: {old: {image: i, ports: ["18080:80"]}}
`
	ipv6Network = `
services: {a: {image: i, ports: ["18080:80"], networks: [n]}}
networks: {n: {enable_ipv6: true, ipam: {config: [{subnet: "fd00:1809:7::/64"}]}}}
`
	routedIPv6 = `
services: {a: {image: i, ports: ["18080:80"], networks: [n]}}
networks: {n: {driver_opts: {com.docker.network.bridge.gateway_mode_ipv6: routed}}}
`
	profiled = `
services: {a: {image: i, profiles: [debug], ports: ["18080:80"]}, b: {image: i, ports: ["18080:80"]}}
`
	on18080   = "listen 0.0.0.0:18080 reuse"
	upBefore  = "compose -f before.yaml up -d\n"
	upAlready = "compose up -d\n"
)

// routedNetworks is a project on a network whose gateway mode for IPv4 is "routed".
func routedNetworks(ports string) string {
	return web(ports) + "networks: {default: {driver_opts: {com.docker.network.bridge.gateway_mode_ipv4: routed}}}\n"
}

// fileSituations are what Compose makes of files.
var fileSituations = []situation{
	{name: "nothing in the way", files: web(one), want: "OK"},
	{name: "an override adds a port", files: web(one) + "-- compose.override.yaml --\nservices: {a: {ports: [\"18090:80\"]}}\n",
		before: on18080, want: "FAIL"},
	{name: "an override with !override", files: web(one) + "-- compose.override.yaml --\nservices: {a: {ports: !override [\"18090:80\"]}}\n",
		before: on18080, want: "OK"},
	{name: "an override with an empty list", files: web(one) + "-- compose.override.yaml --\nservices: {a: {ports: []}}\n",
		before: on18080, want: "FAIL"},
	{name: "an override with !reset", files: web(one) + "-- compose.override.yaml --\nservices: {a: {ports: !reset [\"18090:80\"]}}\n",
		before: on18080 + "\nlisten 0.0.0.0:18090", want: "OK"},
	{name: "an override is not read with -f", files: web(one) + "-- compose.override.yaml --\nservices: {a: {ports: [\"18077:80\"]}}\n",
		global: "-f compose.yaml", before: "listen 0.0.0.0:18077", want: "OK"},
	{name: "an override is read without -f", files: web(one) + "-- compose.override.yaml --\nservices: {a: {ports: [\"18077:80\"]}}\n",
		before: "listen 0.0.0.0:18077", want: "FAIL"},
	{name: "written twice, as text", files: web(`"18080:80", "0.0.0.0:18080:80"`), want: "OK"},
	{name: "a number beside the text", files: web(`{target: 80, published: 18080}, "18080:80"`), want: "FAIL"},
	{name: "a text beside the text", files: web(`{target: 80, published: "18080"}, "18080:80"`), want: "OK"},
	{name: "an unset variable", files: web(`"${PORT}:80"`), before: "listen 0.0.0.0:80", want: "OK"},
	{name: "a default", files: web(`"${PORT:-18080}:80"`), before: on18080, want: "FAIL"},
	{name: "the shell moves it away", files: web(`"${PORT:-18080}:80"`), env: "PORT=18081", before: on18080, want: "OK"},
	{name: "an .env moves it into the way", files: web(`"${PORT:-18081}:80"`) + "-- .env --\nPORT=18080\n", before: on18080, want: "FAIL"},
	{name: "an .env below wins", files: "-- compose.yaml --\n" + web(`"${PORT}:80"`) + "-- .env --\nPORT=18080\n-- sub/.env --\nPORT=18090\n",
		cwd: "sub", before: on18080, want: "OK"},
	{name: "an .env below is in the way", files: "-- compose.yaml --\n" + web(`"${PORT}:80"`) + "-- .env --\nPORT=18080\n-- sub/.env --\nPORT=18090\n",
		cwd: "sub", before: "listen 0.0.0.0:18090", want: "FAIL"},
	{name: "an include obeys the parent's .env", files: `include: [sub/c.yaml]
services: {}
-- .env --
P=18010
-- sub/.env --
P=18020
-- sub/c.yaml --
services: {a: {image: i, ports: ["${P}:80"]}}
`, before: "listen 0.0.0.0:18010", want: "FAIL"},
	{name: "a merge key replaces", files: `x-base: &base {image: i, ports: ["18080:80"]}
services: {a: {<<: *base, ports: ["18090:80"]}}
`, before: on18080, want: "OK"},
	{name: "extends appends", files: `services: {a: {extends: {file: base.yaml, service: base}, ports: ["18090:80"]}}
-- base.yaml --
services: {base: {image: i, ports: ["18080:80"]}}
`, before: on18080, want: "FAIL"},
	{name: "the base of extends starts too", files: "services: {base: {image: i, ports: [\"18080:80\"]}, a: {extends: base}}\n", want: "FAIL"},
	{name: "an octal number", files: web(`{target: 80, published: 010}`), before: "listen 0.0.0.0:10", want: "OK"},
	{name: "an octal number in the way", files: web(`{target: 80, published: 011}`), before: "listen 0.0.0.0:9", want: "FAIL"},
	{name: "expose publishes nothing", files: "services: {a: {image: i, expose: [\"18080\"]}}\n", before: on18080, want: "OK"},
	{name: "a second document", files: web(one) + "---\nservices: {a: {ports: [\"18081:81\"]}}\n", before: "listen 0.0.0.0:18081", want: "FAIL"},
	{name: "--env-file", files: web(`"${PORT}:80"`) + "-- other.env --\nPORT=18080\n", global: "--env-file other.env", before: on18080, want: "FAIL"},
	{name: "COMPOSE_FILE", files: "-- b.yaml --\n" + web(one), env: "COMPOSE_FILE=b.yaml", before: on18080, want: "FAIL"},
	{name: "long form with address", files: web(`{target: 80, published: "18080", host_ip: 127.0.0.2}`), before: "listen 127.0.0.1:18080", want: "OK"},
	{name: "a provider's ports", files: "services: {a: {provider: {type: fake}, ports: [\"18080:80\"]}, b: {image: i}}\n-- fake --\n#!/bin/sh\nexit 0\n",
		before: on18080, want: "OK"},
	{name: "long form with everything", files: web(`{target: 80, published: "18080", host_ip: "::1", protocol: UDP, mode: host, name: x, app_protocol: http}`),
		before: "udp [::1]:18080", want: "FAIL"},
	{name: "long form over TCP beside UDP", files: web(`{target: 80, published: 18080, protocol: tcp}`), before: "udp 0.0.0.0:18080", want: "OK"},
	{name: "0 is no port", files: web(`"0:80", "127.0.0.1:0:81"`), before: "listen 127.0.0.1:80", want: "OK"},
	{name: "a range of one", files: web(`"18080-18080:80"`), before: on18080, want: "FAIL"},
	{name: "brackets left out", files: web(`"::1:18080:80"`), before: "listen [::1]:18080", want: "FAIL"},
	{name: "a name of its own", files: "services: {a: {image: i, container_name: \"${COMPOSE_PROJECT_NAME}-own\", ports: [\"18080:80\"]}}\n", before: upAlready, want: "OK"},
	{name: "a service that is reset", files: "services: {a: {image: i, ports: [\"18080:80\"]}, b: {image: i}}\n-- compose.override.yaml --\nservices: {a: !reset null}\n",
		before: on18080, want: "OK"},
	{name: "an entry that is the same in both files", files: web(one) + "-- compose.override.yaml --\n" + web(one), want: "OK"},
	{name: "one container name twice", files: "services: {a: {image: i, container_name: own, ports: [\"18080:80\"]}, b: {image: i, container_name: own}}\n", want: "FAIL* refused"},
	{name: "one container name twice and one port twice", files: "services: {a: {image: i, container_name: own, ports: [\"18080:80\"]}, b: {image: i, container_name: own, ports: [\"18080:80\"]}}\n",
		want: "FAIL* refused"},
	{name: "one container name twice, one of them not asked for", files: "services: {a: {image: i, container_name: \"${COMPOSE_PROJECT_NAME}-own\"}, b: {image: i, container_name: \"${COMPOSE_PROJECT_NAME}-own\"}}\n",
		up: "a", want: "OK"},
	{name: "one container name twice, without replicas", files: "services: {a: {image: i, container_name: own, scale: 0}, b: {image: i, container_name: own}}\n", want: "FAIL* refused"},
	{name: "a container name and replicas", files: "services: {a: {image: i, container_name: own, scale: 2}}\n", want: "FAIL* refused"},
	{name: "a container name and --scale", files: "services: {a: {image: i, container_name: \"${COMPOSE_PROJECT_NAME}-own\"}}\n", up: "--scale a=2", want: "FAIL* refused"},
	{name: "a misspelled key", files: "services: {a: {image: i, port: [\"18080:80\"]}}\n", before: on18080, want: "FAIL* refused"},
	{name: "an unset variable on both sides", files: web(`"${PORT}:${PORT}"`), want: "FAIL* refused"},
	{name: "an unset address", files: web(`"${IP}:18080:80"`), before: on18080, want: "FAIL"},
	{name: "a required variable", files: web(`"${PORT:?}:80"`), want: "FAIL* refused"},
	{name: "every service in a profile that is off", files: "services: {a: {image: i, profiles: [p], ports: [\"18080:80\"]}}\n", want: "FAIL* clear"},
	{name: "every service in a profile, and one is on", files: "services: {a: {image: i, profiles: [p], ports: [\"18080:80\"]}}\n", global: "--profile p", want: "OK"},
	{name: "a profile is on that no service is in", files: "services: {a: {image: i, profiles: [p], ports: [\"18080:80\"]}}\n", global: "--profile q", want: "FAIL* refused"},
	{name: "no services", files: "networks: {n: {}}\n", want: "FAIL* clear"},
	{name: "a port of a profile that is off and that Compose refuses", files: "services: {a: {image: i}, b: {image: i, profiles: [p], ports: [\"80:\"]}}\n", want: "FAIL* refused"},
	{name: "a port of a profile that is off and that the engine would refuse", files: "services: {a: {image: i}, b: {image: i, profiles: [p], ports: [{target: 80, published: x}]}}\n",
		want: "OK"},
	{name: "no ports at all", files: "services: {a: {image: i}}\n", before: on18080, want: "OK"},
}

// addressSituations are sockets of one project beside each other.
var addressSituations = []situation{
	{name: "the wildcard beside an address", files: web(`"18080:80", "127.0.0.1:18080:80"`), want: "FAIL"},
	{name: "the same over UDP", files: web(`"18053:53/udp", "127.0.0.1:18053:53/udp"`), want: "FAIL"},
	{name: "none beside the IPv6 wildcard", files: web(`"18080:80", "[::]:18080:80"`), want: "FAIL"},
	{name: "both wildcards", files: web(`"0.0.0.0:18080:80", "[::]:18080:80"`), want: "OK"},
	{name: "tcp and udp", files: `services: {a: {image: i, ports: ["18080:80"]}, b: {image: i, ports: ["18080:80/udp"]}}`, want: "OK"},
	{name: "two loopback addresses", files: `services: {a: {image: i, ports: ["127.0.0.1:18080:80"]}, b: {image: i, ports: ["127.0.0.2:18080:80"]}}`, want: "OK"},
	{name: "one loopback address twice", files: `services: {a: {image: i, ports: ["127.0.0.1:18080:80"]}, b: {image: i, ports: ["127.0.0.1:18080:81"]}}`, want: "FAIL"},
	{name: "a mapped address", files: `services: {a: {image: i, ports: ["::ffff:127.0.0.1:18080:80"]}, b: {image: i, ports: ["127.0.0.1:18080:80"]}}`, want: "FAIL"},
	{name: "two services, one port", files: `services: {a: {image: i, ports: ["18080:80"]}, b: {image: i, ports: ["18080:80"]}}`, want: "FAIL"},
	{name: "two services, one port in order", files: `services: {a: {image: i, ports: ["18080:80"]}, b: {image: i, depends_on: [a], ports: ["18080:80"]}}`, want: "FAIL"},
	{name: "two services, wildcard and address", files: `services: {a: {image: i, ports: ["18080:80"]}, b: {image: i, ports: ["127.0.0.1:18080:80"]}}`, want: "FAIL"},
	{name: "two services, wildcards of two families", files: `services: {a: {image: i, ports: ["0.0.0.0:18080:80"]}, b: {image: i, ports: ["[::]:18080:80"]}}`, want: "OK"},
	{name: "two services, none and IPv6", files: `services: {a: {image: i, ports: ["18080:80"]}, b: {image: i, ports: ["[::1]:18080:80"]}}`, want: "FAIL"},
	{name: "two services, IPv4 and IPv6 loopback", files: `services: {a: {image: i, ports: ["127.0.0.1:18080:80"]}, b: {image: i, ports: ["[::1]:18080:80"]}}`, want: "OK"},
	{name: "two targets of one service", files: web(`"18080:80", "18080:81"`), want: "FAIL"},
	{name: "one target twice", files: web(`"18080:80", "18081:80"`), want: "OK"},
	{name: "an address of another machine", files: web(`"198.51.100.9:18080:80"`), want: "FAIL* conflict"},
	{name: "a service of its own over UDP", files: `services: {a: {image: i, ports: ["18053:53/udp"]}, b: {image: i, ports: ["18053:53/udp"]}}`, want: "FAIL"},
	{name: "UDP on two addresses", files: `services: {a: {image: i, ports: ["127.0.0.1:18053:53/udp"]}, b: {image: i, ports: ["127.0.0.2:18053:53/udp"]}}`, want: "OK"},
	{name: "a range that meets a port", files: `services: {a: {image: i, ports: ["18040-18045:80-85"]}, b: {image: i, ports: ["18045:80"]}}`, want: "FAIL"},
	{name: "a range beside a port", files: `services: {a: {image: i, ports: ["18040-18044:80-84"]}, b: {image: i, ports: ["18045:80"]}}`, want: "OK"},
}

// networkSituations are services whose network decides what is bound.
var networkSituations = []situation{
	{name: "host networking", files: "services: {a: {image: i, network_mode: host, ports: [\"18080:80\"]}}\n", before: on18080, want: "OK"},
	{name: "no network", files: "services: {a: {image: i, network_mode: none, ports: [\"18080:80\"]}}\n", before: on18080, want: "OK"},
	{name: "another service's network", files: "services: {a: {image: i, network_mode: \"service:b\", ports: [\"18080:80\"]}, b: {image: i}}\n",
		want: "FAIL* refused"},
	{name: "another service's network, beside a socket", files: "services: {a: {image: i, network_mode: \"service:b\", ports: [\"18080:80\"]}, b: {image: i}}\n",
		before: on18080, want: "FAIL* refused"},
	{name: "host networking that publishes nothing", files: "services: {a: {image: i, network_mode: host}}\n", before: on18080, want: "OK"},
	{name: "the ports at the other service", files: "services: {a: {image: i, network_mode: \"service:b\"}, b: {image: i, ports: [\"18080:80\"]}}\n",
		before: on18080, want: "FAIL"},
	{name: "the default bridge", files: "services: {a: {image: i, network_mode: bridge, ports: [\"18080:80\"]}}\n", before: "listen [::1]:18080", want: "FAIL"},
	{name: "internal", files: `services: {a: {image: i, ports: ["18080:80"], networks: [n]}, b: {image: i, ports: ["18080:80"], networks: [n]}}
networks: {n: {internal: true}}
`, want: "OK"},
	{name: "internal beside another", files: `services: {a: {image: i, ports: ["18080:80"], networks: [n, m]}}
networks: {n: {internal: true}, m: {}}
`, before: on18080, want: "FAIL"},
	{name: "internal on the engine, not in the file", files: `services: {a: {image: i, ports: ["18080:80"], networks: [n]}}
networks: {n: {external: true, name: "${COMPOSE_PROJECT_NAME}-x_n"}}
-- other.yaml --
services: {a: {image: i, networks: [n]}}
networks: {n: {internal: true}}
`, before: on18080 + "\ncompose -p @-x -f other.yaml up -d", want: "OK"},
	{name: "a network that binds one address", files: `services: {a: {image: i, ports: ["18080:80"], networks: [n]}}
networks: {n: {driver_opts: {com.docker.network.bridge.host_binding_ipv4: 127.0.0.1}}}
`, before: "listen 127.0.0.2:18080\nlisten [::1]:18080", want: "OK"},
	{name: "a network that binds one address, taken", files: `services: {a: {image: i, ports: ["18080:80"], networks: [n]}}
networks: {n: {driver_opts: {com.docker.network.bridge.host_binding_ipv4: 127.0.0.1}}}
`, before: "listen 127.0.0.1:18080", want: "FAIL"},
	{name: "a network of others that binds one address", files: `services: {a: {image: i, ports: ["18080:80"], networks: [n]}}
networks: {n: {external: true, name: "${COMPOSE_PROJECT_NAME}-x_n"}}
-- other.yaml --
services: {a: {image: i, networks: [n]}}
networks: {n: {driver_opts: {com.docker.network.bridge.host_binding_ipv4: 127.0.0.1}}}
`, before: "listen 127.0.0.2:18080\ncompose -p @-x -f other.yaml up -d", want: "OK"},
	{name: "a written address beats the network's", files: `services: {a: {image: i, ports: ["0.0.0.0:18080:80"], networks: [n]}}
networks: {n: {driver_opts: {com.docker.network.bridge.host_binding_ipv4: 127.0.0.1}}}
`, before: "listen 127.0.0.2:18080", want: "FAIL"},
	{name: "routed", files: `services: {a: {image: i, ports: ["0.0.0.0:18080:80"], networks: [n]}}
networks: {n: {driver_opts: {com.docker.network.bridge.gateway_mode_ipv4: routed}}}
`, before: on18080, want: "old: FAIL; 26: FAIL; new: OK"},
	{name: "routed on the engine, not in the file", files: `services: {a: {image: i, ports: ["0.0.0.0:18080:80"], networks: [n]}}
networks: {n: {external: true, name: "${COMPOSE_PROJECT_NAME}-x_n"}}
-- other.yaml --
services: {a: {image: i, networks: [n]}}
networks: {n: {driver_opts: {com.docker.network.bridge.gateway_mode_ipv4: routed}}}
`, before: on18080 + "\ncompose -p @-x -f other.yaml up -d", want: "old: FAIL; 26: FAIL; new: OK"},
	{name: "routed, a port of both families beside IPv4", files: routedNetworks(`"18080:80"`), before: on18080, want: "old: FAIL; 26: FAIL; new: OK"},
	{name: "routed, a port of both families beside IPv6", files: routedNetworks(`"18080:80"`), before: "listen [::1]:18080", want: "FAIL"},
	{name: "routed, an address", files: routedNetworks(`"127.0.0.1:18080:80"`), before: on18080, want: "old: FAIL; 26: FAIL; 27: FAIL* refused; new: OK"},
	{name: "routed for both families", files: strings.Replace(routedIPv6, "{com", "{com.docker.network.bridge.gateway_mode_ipv4: routed, com", 1), before: on18080,
		want: "old: FAIL; 26: FAIL; 27: FAIL* refused; new: OK"},
	{name: "routed, two replicas", files: strings.Replace(routedNetworks(`"0.0.0.0:18080:80"`), "image: i", "image: i, scale: 2", 1), want: "old: FAIL; 26: FAIL; new: OK"},
	{name: "routed for IPv6, beside IPv6", files: routedIPv6, before: "listen [::1]:18080", want: "old: FAIL; 26: FAIL; new: OK"},
	{name: "routed for IPv6, beside IPv4", files: routedIPv6, before: "listen 127.0.0.1:18080", want: "FAIL"},
	{name: "a network with IPv6", files: ipv6Network, before: "listen [::1]:18080", want: "FAIL"},
	{name: "host networking takes the port of a sibling", files: `services: {a: {image: i, network_mode: host, command: [listen, "18080"]}, b: {image: i, ports: ["18080:80"]}}
-- before.yaml --
services: {a: {image: i, network_mode: host, command: [listen, "18080"]}}
`, before: upBefore + "taken 18080", want: "FAIL possible"},
}

// replicaSituations are several containers of one service, and pools.
var replicaSituations = []situation{
	{name: "two replicas, one port", files: "services: {a: {image: i, scale: 2, ports: [\"18080:80\"]}}\n", want: "FAIL"},
	{name: "two replicas, a pool of two", files: "services: {a: {image: i, scale: 2, ports: [\"18080-18081:80\"]}}\n", want: "OK"},
	{name: "three replicas, a pool of two", files: "services: {a: {image: i, scale: 3, ports: [\"18080-18081:80\"]}}\n", want: "FAIL"},
	{name: "three replicas, a pool of two in the long form", files: "services: {a: {image: i, deploy: {mode: replicated, replicas: 3}, ports: [{target: 80, published: \"18080-18081\", mode: host}]}}\n",
		want: "FAIL"},
	{name: "three replicas, one port in mode host", files: "services: {a: {image: i, deploy: {replicas: 3}, ports: [{target: 80, published: 18080, mode: host}]}}\n", want: "FAIL"},
	{name: "two replicas, two ports", files: "services: {a: {image: i, scale: 2, ports: [\"18080-18081:80-81\"]}}\n", want: "FAIL"},
	{name: "mode global", files: "services: {a: {image: i, deploy: {mode: global, replicas: 2}, ports: [\"18080:80\"]}}\n", want: "FAIL"},
	{name: "--scale makes two", files: web(one), up: "--scale a=2", want: "FAIL"},
	{name: "--scale makes one", files: "services: {a: {image: i, scale: 2, ports: [\"18080:80\"]}}\n", up: "--scale a=1", want: "OK"},
	{name: "--scale makes none", files: web(one), up: "--scale a=0", before: on18080, want: "OK"},
	{name: "scale 0", files: "services: {a: {image: i, scale: 0, ports: [\"18080:80\"]}}\n", before: on18080, want: "OK"},
	{name: "a second replica of one that runs", files: "services: {a: {image: i, scale: 2, ports: [\"18080:80\"]}}\n-- before.yaml --\n" + web(one), before: upBefore, want: "FAIL"},
	{name: "a second replica in the pool", files: "services: {a: {image: i, scale: 2, ports: [\"18080-18081:80\"]}}\n-- before.yaml --\n" + web(`"18080-18081:80"`),
		before: upBefore, want: "OK"},
	{name: "a replica less", files: "services: {a: {image: i, ports: [\"18080-18081:80\"]}, b: {image: i, ports: [\"18085:80\"]}}\n-- before.yaml --\n" +
		"services: {a: {image: i, scale: 2, ports: [\"18080-18081:80\"]}}\n", before: upBefore, want: "OK"},
	{name: "a pool, scaled with --scale", files: web(`"18080-18082:80"`), before: upAlready, up: "--scale a=3", want: "OK"},
	{name: "a pool, scaled too far", files: web(`"18080-18082:80"`), before: upAlready, up: "--scale a=4", want: "FAIL"},
	{name: "a pool beside its own neighbor", files: "services: {a: {image: i, scale: 2, ports: [\"18080-18082:80\"]}, b: {image: i, ports: [\"18083:80\"]}}\n", before: on18080,
		want: "old: FAIL|OK possible; new: OK"},
	{name: "a picked port beside one in its range", files: `services: {a: {image: i, ports: ["80"]}, b: {image: i, ports: ["45123:80"]}}`, want: "FAIL|OK possible"},
	{name: "no host port", files: "services: {a: {image: i, scale: 3, ports: [\"80\"]}}\n", want: "OK"},
	{name: "a pool with a held socket", files: web(`"18040-18045:80"`), before: "listen 0.0.0.0:18040", want: "old: FAIL|OK possible; new: OK"},
	{name: "a pool with a held container", files: web(`"18040-18045:80"`), before: "container 18040:80", want: "OK"},
	{name: "a pool that is full of containers", files: web(`"18040-18041:80"`), before: "container 18040:80\ncontainer 18041:80", want: "FAIL"},
	{name: "a pool that is full of sockets", files: web(`"18040-18041:80"`), before: "listen 0.0.0.0:18040\nlisten 0.0.0.0:18041", want: "FAIL"},
	{name: "a pool that is full of both", files: web(`"18040-18041:80"`), before: "container 18040:80\nlisten 0.0.0.0:18041", want: "FAIL"},
	{name: "a pool behind many sockets", files: web(`"18020-18040:80"`), before: listens(18020, 18031), want: "FAIL|OK possible"},
	{name: "a pool on another address than what is held", files: web(`"127.0.0.2:18040-18041:80"`),
		before: "container 127.0.0.1:18040:80\nlisten 127.0.0.1:18041", want: "OK"},
	{name: "a pool that may take a port", files: `services: {a: {image: i, ports: ["18080-18081:80"]}, b: {image: i, ports: ["18080:80"]}}`, want: "FAIL|OK possible"},
	{name: "a pool after the port", files: `services: {a: {image: i, ports: ["18080-18081:80"], depends_on: [b]}, b: {image: i, ports: ["18080:80"]}}`, want: "OK"},
	{name: "a pool and its members in one service", files: web(`"18080-18081:80", "18080:81"`), want: "old: FAIL|OK possible; new: OK"},
	{name: "two pools of one range", files: `services: {a: {image: i, ports: ["18080-18081:80"]}, b: {image: i, ports: ["18080-18081:80"]}}`, want: "OK"},
	{name: "two pools of one range on addresses that meet", files: web(`"0.0.0.0:18080-18083:80", "127.0.0.1:18080-18083:80"`), want: "old: FAIL|OK possible; new: FAIL"},
	{name: "two pools of one range on addresses that meet, of two container ports", files: web(`"0.0.0.0:18080-18083:80", "127.0.0.1:18080-18083:81"`),
		want: "old: FAIL|OK possible; 28.0: FAIL|OK possible; 28.2: FAIL|OK possible; new: OK"},
	{name: "a pool beside a port of its own container on another address", files: web(`"0.0.0.0:18080:80", "127.0.0.1:18080-18083:81"`),
		want: "old: FAIL|OK possible; 28.0: FAIL|OK possible; 28.2: FAIL|OK possible; new: OK"},
	{name: "two picked ports on addresses that meet", files: web(`"80", "127.0.0.1::80"`), want: "old: OK; new: FAIL"},
	{name: "two picked ports on addresses that don't meet", files: web(`"127.0.0.2::80", "127.0.0.1::80"`), want: "OK"},
	{name: "a pool after a port on another address", files: `services: {a: {image: i, ports: ["127.0.0.1:18080-18083:80"], depends_on: [b]}, b: {image: i, ports: ["18080:80"]}}`,
		want: "old: FAIL|OK possible; new: OK"},
	{name: "two pools of one range on addresses that don't meet", files: web(`"127.0.0.2:18080-18083:80", "127.0.0.1:18080-18083:80"`), want: "OK"},
	{name: "three pools of one range of two", files: `services: {a: {image: i, ports: ["18080-18081:80"]}, b: {image: i, ports: ["18080-18081:80"]}, c: {image: i, ports: ["18080-18081:80"]}}`, want: "FAIL"},
	{name: "replicas of a range with a held member", files: "services: {a: {image: i, scale: 2, ports: [\"18080-18082:80\"]}}\n", before: "container 127.0.0.1:18081:80",
		want: "old: FAIL|OK possible; new: OK"},
	{name: "replicas of a range that is short by one", files: "services: {a: {image: i, scale: 2, ports: [\"18080-18081:80\"]}}\n", before: "container 18081:80", want: "FAIL"},
	{name: "a fixed range with a held member", files: web(`"18040-18045:80-85"`), before: "container 18043:80", want: "FAIL"},
	{name: "a UDP pool with a TCP member held", files: web(`"18040-18041:80/udp"`), before: "listen 0.0.0.0:18040\nlisten 0.0.0.0:18041", want: "OK"},
}
