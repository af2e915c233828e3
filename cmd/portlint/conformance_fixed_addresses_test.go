//go:build linux

package main

import "strings"

// atAddresses is a project of services on one network "n" that is defined so. A service is written "NAME ADDRESS, MORE"; without an address it
// takes what the engine gives.
func atAddresses(network string, services ...string) string {
	out := "services:\n"
	for _, s := range services {
		name, rest, _ := strings.Cut(s, " ")
		address, more, _ := strings.Cut(rest, ", ")
		out += "  " + name + ": {image: i, networks: {n: {" + address + "}}"
		if more != "" {
			out += ", " + more
		}
		out += "}\n"
	}
	return out + "networks: {n: {" + network + "}}\n"
}

// fixedAddressSituations are fixed addresses that a network may not give, and what has to be there before.
var fixedAddressSituations = []situation{
	{name: "an address that nobody has", files: atAddresses(fixed(subnetOf18), "a ipv4_address: 10.18.7.5"), want: "OK"},
	{name: "an address outside of its subnet", files: atAddresses(fixed(subnetOf18), "a ipv4_address: 10.18.8.5"), want: "FAIL*"},
	{name: "an address outside, of a service without a replica", files: atAddresses(fixed(subnetOf18), "a ipv4_address: 10.18.8.5, scale: 0"), want: "OK"},
	{name: "an address outside of ip_range", files: atAddresses(fixed(subnetOf18, "ip_range: 10.18.7.128/25"), "a ipv4_address: 10.18.7.5"), want: "OK"},
	{name: "an address of a network without a subnet", files: atAddresses("", "a ipv4_address: 10.18.7.5"), want: "FAIL*"},
	{name: "no address", files: atAddresses(fixed(subnetOf18), "a ipv4_address: 10.18.7.500"), want: "FAIL*"},
	{name: "an IPv6 address in the place of another", files: atAddresses("enable_ipv6: true, "+fixed("fd18::/64"), "a ipv4_address: \"fd18::5\""), want: "FAIL*"},
	{name: "an IPv6 address", files: atAddresses("enable_ipv6: true, "+fixed("fd18::/64"), "a ipv6_address: \"fd18::5\""), want: "OK"},
	{name: "an IPv6 address outside of its subnet", files: atAddresses("enable_ipv6: true, "+fixed("fd18::/64"), "a ipv6_address: \"fd18:0:9::5\""), want: "FAIL*"},
	{name: "an IPv6 address without IPv6", files: atAddresses(fixed("fd18::/64"), "a ipv6_address: \"fd18::5\""), want: "old: OK; new: FAIL*"},
	{name: "the first address", files: atAddresses(fixed(subnetOf18), "a ipv4_address: 10.18.7.1"), want: "FAIL"},
	{name: "the first address beside another gateway", files: atAddresses(fixed(subnetOf18, "gateway: 10.18.7.9"), "a ipv4_address: 10.18.7.1"), want: "OK"},
	{name: "the gateway", files: atAddresses(fixed(subnetOf18, "gateway: 10.18.7.9"), "a ipv4_address: 10.18.7.9"), want: "FAIL"},
	{name: "the first address with ip_range", files: atAddresses(fixed(subnetOf18, "ip_range: 10.18.7.128/25"), "a ipv4_address: 10.18.7.1"), want: "OK"},
	{name: "the first address of ip_range", files: atAddresses(fixed(subnetOf18, "ip_range: 10.18.7.128/25"), "a ipv4_address: 10.18.7.128"), want: "FAIL"},
	{name: "the second address of ip_range", files: atAddresses(fixed(subnetOf18, "ip_range: 10.18.7.128/25"), "a ipv4_address: 10.18.7.129"), want: "OK"},
	{name: "the first address of an internal network", files: atAddresses("internal: true, "+fixed(subnetOf18), "a ipv4_address: 10.18.7.1"), want: "FAIL"},
	{name: "the first IPv6 address", files: atAddresses("enable_ipv6: true, "+fixed("fd18::/64"), "a ipv6_address: \"fd18::1\""), want: "FAIL"},
	{name: "the IPv6 gateway", files: atAddresses("enable_ipv6: true, "+fixed("fd18::/64", "gateway: \"fd18::9\""), "a ipv6_address: \"fd18::9\""), want: "FAIL"},
	{name: "the first IPv6 address beside another gateway", files: atAddresses("enable_ipv6: true, "+fixed("fd18::/64", "gateway: \"fd18::9\""), "a ipv6_address: \"fd18::1\""), want: "OK"},
	{name: "the first IPv6 address of an internal network", files: atAddresses("internal: true, enable_ipv6: true, "+fixed("fd18::/64"), "a ipv6_address: \"fd18::1\""), want: "FAIL"},
	{name: "the first IPv6 address of ip_range", files: atAddresses("enable_ipv6: true, "+fixed("fd18::/64", "ip_range: \"fd18::100/120\""), "a ipv6_address: \"fd18::100\""), want: "FAIL"},
	{name: "the IPv6 address of the subnet", files: atAddresses("enable_ipv6: true, "+fixed("fd18::/64"), "a ipv6_address: \"fd18::\""), want: "FAIL"},
	{name: "the address of the subnet", files: atAddresses(fixed(subnetOf18), "a ipv4_address: 10.18.7.0"), want: "FAIL"},
	{name: "the broadcast address", files: atAddresses(fixed(subnetOf18), "a ipv4_address: 10.18.7.255"), want: "FAIL"},
	{name: "an address that is kept back", files: atAddresses(fixed(subnetOf18, "aux_addresses: {x: 10.18.7.9}"), "a ipv4_address: 10.18.7.9"), want: "FAIL"},
	{name: "two services with one address", files: atAddresses(fixed(subnetOf18), "a ipv4_address: 10.18.7.5", "b ipv4_address: 10.18.7.5"), want: "FAIL"},
	{name: "two services with one IPv6 address", files: atAddresses("enable_ipv6: true, "+fixed("fd18::/64"), "a ipv6_address: \"fd18::5\"", "b ipv6_address: \"fd18:0::5\""), want: "FAIL"},
	{name: "two services with one address, one of a profile", files: atAddresses(fixed(subnetOf18), "a ipv4_address: 10.18.7.5", "b ipv4_address: 10.18.7.5, profiles: [x]"), want: "OK"},
	{name: "two services with one address, one without a replica", files: atAddresses(fixed(subnetOf18), "a ipv4_address: 10.18.7.5", "b ipv4_address: 10.18.7.5, scale: 0"), want: "OK"},
	{name: "two replicas with one address", files: atAddresses(fixed(subnetOf18), "a ipv4_address: 10.18.7.5, scale: 2"), want: "FAIL"},
	{name: "one more replica with one address", files: atAddresses(fixed(subnetOf18), "a ipv4_address: 10.18.7.5"), before: upAlready, up: "--scale a=2", want: "FAIL"},
	{name: "its own address again", files: atAddresses(fixed(subnetOf18), "a ipv4_address: 10.18.7.5"), before: upAlready, want: "OK"},
	{name: "its own address, made anew", files: atAddresses(fixed(subnetOf18), "a ipv4_address: 10.18.7.5"), before: upAlready, up: "--force-recreate", want: "OK"},
	{name: "two services swap their addresses", files: atAddresses(fixed(subnetOf18), "a ipv4_address: 10.18.7.5", "b ipv4_address: 10.18.7.6") +
		"-- before.yaml --\n" + atAddresses(fixed(subnetOf18), "a ipv4_address: 10.18.7.6", "b ipv4_address: 10.18.7.5"), before: changedBack, want: "OK"},
	{name: "the address of an orphan", files: atAddresses(fixed(subnetOf18), "a ipv4_address: 10.18.7.5") + "-- before.yaml --\n" + atAddresses(fixed(subnetOf18), "b ipv4_address: 10.18.7.5"), before: changedBack, want: "FAIL"},
	{name: "the address of an orphan that goes", files: atAddresses(fixed(subnetOf18), "a ipv4_address: 10.18.7.5") + "-- before.yaml --\n" + atAddresses(fixed(subnetOf18), "b ipv4_address: 10.18.7.5"), before: changedBack,
		up: "--remove-orphans", want: "OK"},
	{name: "an address that another project runs on", files: atAddresses("external: true, name: plc-eleven", "a ipv4_address: 10.18.7.5") +
		"-- other.yaml --\n" + atAddresses("external: true, name: plc-eleven", "a ipv4_address: 10.18.7.5"), before: "network plc-eleven 10.18.7.0/24\n" + otherUp, want: "FAIL"},
	{name: "an address that another project was stopped on", files: atAddresses("external: true, name: plc-twelve", "a ipv4_address: 10.18.7.5") +
		"-- other.yaml --\n" + atAddresses("external: true, name: plc-twelve", "a ipv4_address: 10.18.7.5"),
		before: "network plc-twelve 10.18.7.0/24\n" + otherUp + "compose -p @-q -f other.yaml stop -t 0", want: "OK"},
	{name: "an address outside of an external network", files: atAddresses("external: true, name: plc-thirteen", "a ipv4_address: 10.18.8.5"), before: "network plc-thirteen 10.18.7.0/24", want: "FAIL*"},
	{name: "an address of an external network without a subnet", files: atAddresses("external: true, name: plc-fourteen", "a ipv4_address: 10.18.8.5"), before: "network plc-fourteen", want: "FAIL*"},
	{name: "the gateway of an external network", files: atAddresses("external: true, name: plc-fifteen", "a ipv4_address: 10.18.7.1"), before: "network plc-fifteen 10.18.7.0/24", want: "FAIL"},
	{name: "an address that a service without one may take", files: atAddresses(fixed(subnetOf18), "a ", "b ipv4_address: 10.18.7.2"), want: "OK|FAIL possible"},
	{name: "an address that a service without one takes first", files: atAddresses(fixed(subnetOf18), "a ", "b ipv4_address: 10.18.7.2, depends_on: [a]"), want: "FAIL possible"},
	{name: "an address that a service without one comes too late for", files: atAddresses(fixed(subnetOf18), "a , depends_on: [b]", "b ipv4_address: 10.18.7.2"), want: "OK"},
	{name: "a higher address beside a service without one", files: atAddresses(fixed(subnetOf18), "a ", "b ipv4_address: 10.18.7.9, depends_on: [a]"), want: "OK"},
	{name: "a subnet moved away from an address", files: atAddresses(fixed(subnetOf18), "a ipv4_address: 10.18.8.5") + "-- before.yaml --\n" + atAddresses(fixed("10.18.8.0/24"), "a ipv4_address: 10.18.8.5"), before: changedBack, want: "OK"},
	{name: "a gateway outside of its subnet", files: on(fixed(subnetOf18, "gateway: 10.18.8.1")), want: "FAIL*"},
	{name: "a subnet with more than its prefix", files: on(fixed("10.18.7.5/24")), want: "old: OK; new: FAIL*"},
	{name: "an IPv6 subnet with more than its prefix", files: on("enable_ipv6: true, " + fixed("fd18::5/64")), want: "old: OK; new: FAIL*"},
	{name: "an external network that is missing", files: on("external: true, name: plc-nowhere"), want: "FAIL*"},
	{name: "an external network that is missing, without a replica", files: atAddresses("external: true, name: plc-nowhere", "a , scale: 0"), want: "FAIL*"},
	{name: "an external network that is missing, and that nobody uses", files: on("}, m: {external: true, name: plc-nowhere"), want: "OK"},
	{name: "an external volume that is missing", files: "services: {a: {image: i, volumes: [\"data:/data\"]}}\nvolumes: {data: {external: true, name: plc-nowhere}}\n", want: "FAIL*"},
	{name: "an external volume that is missing, and that nobody uses", files: "services: {a: {image: i}}\nvolumes: {data: {external: true, name: plc-nowhere}}\n", want: "OK"},
	{name: "the first free address of a foreign network", files: atAddresses("external: true, name: plc-sixteen", "a ", "b ipv4_address: 10.18.7.2, depends_on: [a]"), before: "network plc-sixteen 10.18.7.0/24", want: "FAIL possible"},
	{name: "the next free address of a foreign network", files: atAddresses("external: true, name: plc-seventeen", "a ", "b ipv4_address: 10.18.7.3, depends_on: [a]") +
		"-- other.yaml --\n" + atAddresses("external: true, name: plc-seventeen", "a "), before: "network plc-seventeen 10.18.7.0/24\n" + otherUp, want: "FAIL possible"},
	{name: "an address behind the free ones of a foreign network", files: atAddresses("external: true, name: plc-eighteen", "a ", "b ipv4_address: 10.18.7.9, depends_on: [a]"), before: "network plc-eighteen 10.18.7.0/24", want: "OK"},
	{name: "the first free address of a foreign range", files: atAddresses("external: true, name: plc-nineteen", "a ", "b ipv4_address: 10.18.7.129, depends_on: [a]"), before: "network plc-nineteen 10.18.7.0/24 range=10.18.7.128/25", want: "FAIL possible"},
	{name: "the address behind one that was given back", files: atAddresses("external: true, name: plc-twenty-two", "a ", "b ipv4_address: 10.18.7.3, depends_on: [a]") +
		"-- other.yaml --\n" + atAddresses("external: true, name: plc-twenty-two", "a "), before: "network plc-twenty-two 10.18.7.0/24\n" + otherUp + "compose -p @-q -f other.yaml down -t 0", want: "OK"},
	{name: "an address outside of a foreign range", files: atAddresses("external: true, name: plc-twenty-three", "a ", "b ipv4_address: 10.18.7.2, depends_on: [a]"), before: "network plc-twenty-three 10.18.7.0/24 range=10.18.7.128/25", want: "OK"},
	{name: "an address in a subnet that the engine chose", engine: "--default-address-pool base=10.219.1.0/24,size=26", files: atAddresses("external: true, name: plc-twenty", "a ipv4_address: 10.219.1.150"),
		before: "network plc-twenty", want: "old: FAIL* possible; new: OK"},
	{name: "an address in a subnet that somebody chose", engine: "--default-address-pool base=10.219.2.0/24,size=26", files: atAddresses("external: true, name: plc-twenty-one", "a ipv4_address: 10.218.7.9"),
		before: "network plc-twenty-one 10.218.7.0/24", want: "OK"},
	{name: "an address in an own subnet that the engine chose", engine: "--default-address-pool base=10.219.3.0/24,size=26", files: atAddresses("", "a ipv4_address: 10.219.3.150"), want: "old: FAIL*; new: OK possible"},
	{name: "an address in an own subnet that the engine has chosen", engine: "--default-address-pool base=10.219.4.0/24,size=26", files: atAddresses("", "a ipv4_address: 10.219.4.150") +
		"-- before.yaml --\n" + atAddresses("", "a "), before: changedBack + "compose stop -t 0", want: "old: FAIL*; new: OK"},
}
