package main

// selectionCases are which services `up` starts.
var selectionCases = []edgeCase{
	{name: "a profile that is on", flags: "--profile debug", files: `
services: {a: {image: i, profiles: [debug], ports: ["8080:80"]}, b: {image: i, ports: ["8080:80"]}}
`, want: sureDup + "a,b"},
	{name: "all profiles", flags: "--profile *", files: `
services: {a: {image: i, profiles: [debug], ports: ["8080:80"]}, b: {image: i, profiles: [test], ports: ["8080:80"]}}
`, want: sureDup + "a,b"},
	{name: "two profiles of which one is on", flags: "--profile test", files: `
services: {a: {image: i, profiles: [debug], ports: ["8080:80"]}, b: {image: i, profiles: [test], ports: ["8080:80"]}}
`, binds: "b 8080->80/tcp"},
	{name: "COMPOSE_PROFILES", env: "COMPOSE_PROFILES=x,debug", files: `
services: {a: {image: i, profiles: [debug], ports: ["8080:80"]}, b: {image: i, ports: ["8080:80"]}}
`, want: sureDup + "a,b"},
	{name: "COMPOSE_PROFILES of .env", files: `
services: {a: {image: i, profiles: [debug], ports: ["8080:80"]}, b: {image: i, ports: ["8080:80"]}}
-- .env --
COMPOSE_PROFILES=debug
`, want: sureDup + "a,b"},
	{name: "--profile in place of COMPOSE_PROFILES", env: "COMPOSE_PROFILES=debug", flags: "--profile other", files: `
services: {a: {image: i, profiles: [debug], ports: ["8080:80"]}, b: {image: i, ports: ["8080:80"]}}
`, binds: "b 8080->80/tcp"},
	{name: "an empty list of profiles is none", files: `
services: {a: {image: i, profiles: [], ports: ["8080:80"]}}
`, binds: "a 8080->80/tcp"},
	{name: "a needed service is off", files: `
services: {a: {image: i, profiles: [debug], ports: ["8080:80"]}, b: {image: i, depends_on: [a], ports: ["9090:80"]}}
`, want: unloadable + "a"},
	{name: "one that is not required is off", files: `
services: {a: {image: i, profiles: [debug], ports: ["8080:80"]}, b: {image: i, depends_on: {a: {condition: service_started, required: false}}, ports: ["8080:80"]}}
`, binds: "b 8080->80/tcp", want: "duplicate-port possible warning a,b", says: "--profile debug"},
	{name: "depends_on does not part two ports", files: `
services: {a: {image: i, ports: ["8080:80"]}, b: {image: i, depends_on: [a], ports: ["8080:80"]}}
`, want: sureDup + "a,b"},
	{name: "scale 0", files: `
services: {a: {image: i, scale: 0, ports: ["8080:80"]}, b: {image: i, ports: ["8080:80"]}}
`, binds: "b 8080->80/tcp"},
	{name: "replicas 0", files: `
services: {a: {image: i, deploy: {replicas: 0}, ports: ["8080:80"]}, b: {image: i, ports: ["8080:80"]}}
`, binds: "b 8080->80/tcp"},
	{name: "attach: false starts", files: `
services: {a: {image: i, attach: false, ports: ["8080:80"]}, b: {image: i, ports: ["8080:80"]}}
`, want: sureDup + "a,b"},
	{name: "mode global is one container", files: `
services: {a: {image: i, deploy: {mode: global}, ports: ["8080:80"]}}
`, binds: "a 8080->80/tcp"},
	{name: "a provider starts nothing, replicas or not", files: `
services: {a: {provider: {type: cloud}, scale: 3, ports: ["8080:80"]}}
`, binds: "none", want: bindsNone + "a"},
	{name: "a refused project is read all the same", files: `
services: {a: {image: i, bogus: 1, ports: ["8080:80"]}, b: {image: i, ports: ["8080:80"]}}
`, want: sureDup + "a,b\n" + unloadable + "bogus"},
}

// replicaCases are several containers of one service.
var replicaCases = []edgeCase{
	{name: "deploy.replicas", files: `
services: {a: {image: i, deploy: {replicas: 2}, ports: ["8080:80"]}}
`, want: tooMany + "a"},
	{name: "scale and replicas agree", files: `
services: {a: {image: i, scale: 2, deploy: {replicas: 2}, ports: ["8080:80"]}}
`, want: tooMany + "a"},
	{name: "scale and replicas differ", files: `
services: {a: {image: i, scale: 1, deploy: {replicas: 2}, ports: ["8080:80"]}}
`, want: unloadable + "a"},
	{name: "the long form", files: `
services: {a: {image: i, scale: 2, ports: [{target: 80, published: 8080}]}}
`, want: tooMany + "a"},
	{name: "one address does not help", files: `
services: {a: {image: i, scale: 2, ports: ["127.0.0.1:8080:80", "127.0.0.2:8080:80"]}}
`, want: tooMany + "a"},
	{name: "nor does UDP", files: `
services: {a: {image: i, scale: 2, ports: ["53:53/udp"]}}
`, want: tooMany + "a"},
	{name: "a long pool", files: `
services: {a: {image: i, scale: 2, ports: [{target: 80, published: 8080-8081}]}}
`, binds: "a 8080-8081->80/tcp"},
	{name: "no host port", files: `
services: {a: {image: i, scale: 3, ports: ["80"]}}
`, binds: "a *->80/tcp"},
	{name: "a pool beside a fixed port", files: `
services: {a: {image: i, scale: 2, ports: ["8080-8081:80", "9090:90"]}}
`, want: tooMany + "a"},
	{name: "two pools of one range for two replicas", files: `
services: {a: {image: i, scale: 2, ports: ["8080-8082:80", "8080-8082:81"]}}
`, want: sureDup + "a"},
	{name: "in host mode nothing is bound", files: `
services: {a: {image: i, scale: 2, network_mode: host, ports: ["8080:80"]}}
`, want: bindsNone + "a"},
	{name: "meant for a swarm", files: `
services: {a: {image: i, deploy: {replicas: 2, endpoint_mode: vip}, ports: ["8080:80"]}}
`, want: "replicas-share-port possible warning a", says: "docker stack deploy"},
	{name: "replicas from a variable", files: `
services: {a: {image: i, scale: "${N:-2}", ports: ["8080:80"]}}
`, want: tooMany + "a"},
	{name: "an override scales", files: `
services: {a: {image: i, ports: ["8080:80"]}}
-- compose.override.yaml --
services: {a: {scale: 2}}
`, want: tooMany + "a"},
	{name: "a profile that is off", files: `
services: {a: {image: i, scale: 2, profiles: [x], ports: ["8080:80"]}}
`, want: "replicas-share-port possible warning a", says: "--profile x"},
}

// poolCases are ranges and ports that the engine picks.
var poolCases = []edgeCase{
	{name: "a pool with room for both", files: `
services: {a: {image: i, ports: ["8080-8081:80"]}, b: {image: i, ports: ["8080-8081:80"]}}
`},
	{name: "no room for three", files: `
services: {a: {image: i, ports: ["8080-8081:80"]}, b: {image: i, ports: ["8080-8081:80"]}, c: {image: i, ports: ["8080-8081:80"]}}
`, want: sureDup + "a,b,c"},
	{name: "replicas fill the pool of another", files: `
services: {a: {image: i, scale: 2, ports: ["8080-8081:80"]}, b: {image: i, ports: ["8080-8081:80"]}}
`, want: sureDup + "a,b"},
	{name: "a fixed port and as many replicas as the pool holds", files: `
services: {a: {image: i, scale: 2, ports: ["8080-8081:80"]}, b: {image: i, ports: ["8080:80"]}}
`, want: sureDup + "a,b"},
	{name: "two fixed ports fill a pool", files: `
services: {a: {image: i, ports: ["8080-8081:80"]}, b: {image: i, ports: ["8080:80"]}, c: {image: i, ports: ["8081:80"]}}
`, want: sureDup + "a,b,c"},
	{name: "the pool starts first", files: `
services: {a: {image: i, ports: ["8080-8081:80"]}, b: {image: i, ports: ["8080:80"], depends_on: [a]}}
`, want: races + "a,b", says: `"a" starts before "b"`},
	{name: "order over two steps", files: `
services: {a: {image: i, ports: ["8080-8081:80"], depends_on: [m]}, b: {image: i, ports: ["8080:80"]}, m: {image: i, depends_on: [b]}}
`},
	{name: "links give an order", files: `
services: {a: {image: i, ports: ["8080-8081:80"], links: [b]}, b: {image: i, ports: ["8080:80"]}}
`},
	{name: "a pool on another address", files: `
services: {a: {image: i, ports: ["127.0.0.1:8080-8081:80"]}, b: {image: i, ports: ["127.0.0.2:8080:80"]}}
`},
	{name: "a pool of another protocol", files: `
services: {a: {image: i, ports: ["8080-8081:80/udp"]}, b: {image: i, ports: ["8080:80"]}}
`},
	{name: "a pool beside it", files: `
services: {a: {image: i, ports: ["8080-8081:80"]}, b: {image: i, ports: ["8082:80"]}}
`},
	{name: "a range on both sides is no pool", files: `
services: {a: {image: i, ports: ["8080-8081:80-81"]}, b: {image: i, ports: ["8081:80"]}}
`, want: sureDup + "a,b"},
	{name: "picked beside a low port", files: `
services: {a: {image: i, ports: ["80"]}, b: {image: i, ports: ["8080:80"]}}
`},
	{name: "picked after it", files: `
services: {a: {image: i, ports: ["80"], depends_on: [b]}, b: {image: i, ports: ["32768:80"]}}
`, want: clientPort + "b"},
	{name: "picked on another address", files: `
services: {a: {image: i, ports: ["127.0.0.1::80"]}, b: {image: i, ports: ["127.0.0.2:32768:80"]}}
`, want: clientPort + "b"},
	{name: "picked for another protocol", files: `
services: {a: {image: i, ports: ["80/udp"]}, b: {image: i, ports: ["32768:80"]}}
`, want: clientPort + "b"},
	{name: "picked by 0", files: `
services: {a: {image: i, ports: ["0:80"]}, b: {image: i, ports: ["32768:80"]}}
`, want: races + "a,b\n" + clientPort + "b"},
	{name: "picked twice", files: `
services: {a: {image: i, ports: ["80"]}, b: {image: i, ports: ["80"]}}
`},
	{name: "below and above what clients get", files: `
services: {a: {image: i, ports: ["32767:80", "61000:81"]}}
`},
	{name: "first and last that clients get", files: `
services: {a: {image: i, ports: ["32768:80", "60999:81"]}}
`, want: clientPort + "a\n" + clientPort + "a"},
}

// networkCases are the networks of a service.
var networkCases = []edgeCase{
	{name: "none", files: "services: {a: {image: i, network_mode: none, ports: [\"8080:80\"]}}\n", binds: "none", want: bindsNone + "a"},
	{name: "bridge", files: "services: {a: {image: i, network_mode: bridge, ports: [\"8080:80\"]}}\n", binds: "a 8080->80/tcp"},
	{name: "a container's network", files: "services: {a: {image: i, network_mode: \"container:x\", ports: [\"8080:80\"]}}\n",
		binds: "none", want: unusable + "a"},
	{name: "a container's network without ports", files: "services: {a: {image: i, network_mode: \"container:x\"}}\n", binds: "none"},
	{name: "a service's network, off", files: "services: {a: {image: i, profiles: [x], network_mode: \"service:b\", ports: [\"8080:80\"]}, b: {image: i}}\n",
		want: "unusable-ports possible warning a", says: "--profile x"},
	{name: "the ports stand at the other service", files: "services: {a: {image: i, network_mode: \"service:b\"}, b: {image: i, ports: [\"8080:80\"]}}\n",
		binds: "b 8080->80/tcp"},
	{name: "two in host mode", files: `
services: {a: {image: i, network_mode: host, ports: ["8080:80"]}, b: {image: i, network_mode: host, ports: ["8080:80"]}}
`, want: bindsNone + "a\n" + bindsNone + "b"},
	{name: "host mode beside a publisher", files: `
services: {a: {image: i, network_mode: host, ports: ["8080:80"]}, b: {image: i, ports: ["8080:80"]}}
`, binds: "b 8080->80/tcp", want: bindsNone + "a"},
	{name: "mode and networks", files: "services: {a: {image: i, network_mode: host, networks: [n], ports: [\"8080:80\"]}}\nnetworks: {n: {}}\n",
		want: bindsNone + "a\n" + unloadable + "a"},
	{name: "ipvlan", files: onDriver("{driver: ipvlan}"), binds: "none", want: bindsNone + "a"},
	{name: "overlay", files: onDriver("{driver: overlay, attachable: true}"), binds: "a 8080->80/tcp"},
	{name: "an external network", files: onDriver("{external: true}"), binds: "a 8080->80/tcp"},
	{name: "the engine's host network", files: onDriver("{external: true, name: host}"), binds: "none", want: bindsNone + "a"},
	{name: "internal default", files: "services: {a: {image: i, ports: [\"8080:80\"]}}\nnetworks: {default: {internal: true}}\n",
		binds: "none", want: bindsNone + "a"},
	{name: "internal beside another", files: `
services: {a: {image: i, networks: [in, out], ports: ["8080:80"]}}
networks: {in: {internal: true}, out: {}}
`, binds: "a 8080->80/tcp"},
	{name: "two internal", files: `
services: {a: {image: i, networks: [in, out], ports: ["8080:80"]}}
networks: {in: {internal: true}, out: {internal: true}}
`, binds: "none", want: bindsNone + "a"},
	{name: "internal with the higher priority", files: `
services: {a: {image: i, networks: {in: {gw_priority: 1}, out: {}}, ports: ["8080:80"]}}
networks: {in: {internal: true}, out: {}}
`, binds: "none", want: bindsNone + "a"},
	{name: "macvlan beside bridge, by name", files: `
services: {a: {image: i, networks: [x, y], ports: ["8080:80"]}}
networks: {x: {driver: macvlan}, y: {}}
`, binds: "none", want: bindsNone + "a"},
	{name: "bridge beside macvlan, by priority", files: `
services: {a: {image: i, networks: {x: {}, y: {gw_priority: 1}}, ports: ["8080:80"]}}
networks: {x: {driver: macvlan}, y: {}}
`, binds: "a 8080->80/tcp"},
	{name: "by the name that the engine sees", files: `
services: {a: {image: i, networks: [x, y], ports: ["8080:80"]}}
networks: {x: {driver: macvlan, name: zoo}, y: {name: ape}}
`, binds: "a 8080->80/tcp"},
	{name: "IPv6 makes a gateway", files: `
services: {a: {image: i, networks: [x, y], ports: ["8080:80"]}}
networks: {x: {driver: macvlan}, y: {enable_ipv6: true}}
`, binds: "a 8080->80/tcp"},
	{name: "routed and two replicas", files: `
services: {a: {image: i, scale: 2, ports: ["8080:80"]}}
networks: {default: {driver_opts: {com.docker.network.bridge.gateway_mode_ipv4: routed}}}
`, want: "replicas-share-port possible error a", says: "engine 27"},
	{name: "routed alone", files: `
services: {a: {image: i, ports: ["8080:80"]}}
networks: {default: {driver_opts: {com.docker.network.bridge.gateway_mode_ipv4: routed}}}
`},
}

// onDriver is a service "a" on one network.
func onDriver(network string) string {
	return "services: {a: {image: i, networks: [n], ports: [\"8080:80\"]}}\nnetworks: {n: " + network + "}\n"
}
