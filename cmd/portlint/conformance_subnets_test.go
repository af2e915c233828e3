//go:build linux

package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"
)

// ownSubnets are the beginnings of subnets that every play has for itself.
var ownSubnets = regexp.MustCompile(`\b10\.18\.|\bfd18:`)

// movedSubnets gives a play subnets of its own: its block of ports is nobody else's.
func (p *situationRun) movedSubnets(text string) string {
	return ownSubnets.ReplaceAllStringFunc(text, func(found string) string {
		var block int
		_, _ = fmt.Sscan(p.port, &block) // a number by itself
		of4, of6 := subnetsOf(block)
		if found == "fd18:" {
			return of6
		}
		return of4
	})
}

// subnetsOf is how the addresses of a block begin, which is nobody else's while its ports are not.
func subnetsOf(block int) (of4, of6 string) {
	return fmt.Sprintf("10.%d.", 20+block-firstBlock), fmt.Sprintf("fd18:%x:", block)
}

// network makes a network that is nobody's project: its name, a subnet, "range=SUBNET", "driver=NAME" and "label:NAME=VALUE".
func (p *situationRun) network(ctx context.Context, words []string) error {
	labels, config := map[string]string{"portlint-test": p.id}, map[string]string{}
	body := map[string]any{"Name": words[0], "CheckDuplicate": true, "Labels": labels}
	for _, w := range words[1:] {
		name, value, _ := strings.Cut(w, "=")
		label, isLabel := strings.CutPrefix(name, "label:")
		switch {
		case isLabel:
			labels[label] = value
		case name == "range":
			config["IPRange"] = value
		case name == "driver":
			body["Driver"] = value
		default:
			config["Subnet"] = w
			if strings.Contains(w, "::") {
				body["EnableIPv6"] = true
			}
		}
	}
	if config["Subnet"] != "" {
		body["IPAM"] = map[string]any{"Config": []any{config}}
	}
	return p.call(ctx, "POST", "/networks/create", body, nil)
}

// on is a project of one service on a network "n" that is defined so.
func on(network string) string {
	return "services: {a: {image: i, networks: [n]}}\nnetworks: {n: {" + network + "}}\n"
}

// fixed is the definition of a network with a subnet, and what else its entry has.
func fixed(subnet string, more ...string) string {
	return "ipam: {config: [{" + strings.Join(append([]string{fmt.Sprintf("subnet: %q", subnet)}, more...), ", ") + "}]}"
}

// both is a project of two services, each on a network of its own.
func both(a, b, of string) string {
	return "services: {a: {image: i, networks: [n]}, b: {image: i, networks: [m]" + of + "}}\nnetworks: {n: {" + a + "}, m: {" + b + "}}\n"
}

// bothOn is a project of two services on a network that is defined so.
func bothOn(network string) string {
	return "services: {a: {image: i, networks: [n]}, b: {image: i, networks: [n]}}\nnetworks: {n: {" + network + "}}\n"
}

const (
	subnetOf18  = "10.18.7.0/24"
	otherUp     = "compose -p @-q -f other.yaml up -d\n"
	changedBack = "compose -f before.yaml up -d\n"
)

// subnetSituations are networks whose subnets or names somebody may have.
var subnetSituations = []situation{
	{name: "a subnet that nobody has", files: on(fixed(subnetOf18)), want: "OK"},
	{name: "the subnet of a network made by hand", files: on(fixed(subnetOf18)), before: "network @-x 10.18.7.0/24", want: "FAIL"},
	{name: "a subnet inside of another", files: on(fixed(subnetOf18)), before: "network @-x 10.18.0.0/16", want: "FAIL"},
	{name: "a subnet around another", files: on(fixed("10.18.0.0/16")), before: "network @-x 10.18.7.0/24", want: "FAIL"},
	{name: "the subnet beside", files: on(fixed("10.18.7.0/25")), before: "network @-x 10.18.7.128/25", want: "OK"},
	{name: "the subnet of a project that runs", files: on(fixed(subnetOf18)) + "-- other.yaml --\n" + on(fixed(subnetOf18)), before: otherUp, want: "FAIL"},
	{name: "the subnet of a project that was stopped", files: on(fixed(subnetOf18)) + "-- other.yaml --\n" + on(fixed(subnetOf18)),
		before: otherUp + "compose -p @-q -f other.yaml stop -t 0", want: "FAIL"},
	{name: "the subnet of a project that is down", files: on(fixed(subnetOf18)) + "-- other.yaml --\n" + on(fixed(subnetOf18)),
		before: otherUp + "compose -p @-q -f other.yaml down -t 0", want: "OK"},
	{name: "its own network again", files: on(fixed(subnetOf18)), before: upAlready, want: "OK"},
	{name: "its own network with another subnet", files: on(fixed(subnetOf18)) + "-- before.yaml --\n" + on(fixed("10.18.8.0/24")), before: changedBack, want: "OK"},
	{name: "its own network with a subnet around", files: on(fixed("10.18.0.0/16")) + "-- before.yaml --\n" + on(fixed("10.18.8.0/24")), before: changedBack, want: "OK"},
	{name: "its own network with another subnet that is taken", files: on(fixed(subnetOf18)) + "-- before.yaml --\n" + on(fixed("10.18.8.0/24")),
		before: changedBack + "network @-x 10.18.7.0/24", want: "FAIL"},
	{name: "its own network under another key", files: "services: {a: {image: i, networks: [m]}}\nnetworks: {m: {" + fixed(subnetOf18) + "}}\n-- before.yaml --\n" + on(fixed(subnetOf18)),
		before: changedBack, want: "FAIL"},
	{name: "its own network under another name", files: on(fixed(subnetOf18)+", name: plc-two") + "-- before.yaml --\n" + on(fixed(subnetOf18)), before: changedBack, want: "FAIL"},
	{name: "its own network under another name, without a subnet", files: on("name: plc-moved-one") + "-- before.yaml --\n" + on(""), before: changedBack, want: "old: OK; new: FAIL possible"},
	{name: "its own network under another name, made anew", files: on("name: plc-moved-two") + "-- before.yaml --\n" + on(""), before: changedBack, up: "--force-recreate", want: "OK"},
	{name: "its own network under another name, which somebody has", files: on("name: plc-moved-three") + "-- before.yaml --\n" + on(""), before: changedBack + "network plc-moved-three 10.18.9.0/24",
		want: "FAIL possible"},
	{name: "its own network under another name, which somebody has, made anew", files: on("name: plc-moved-four") + "-- before.yaml --\n" + on(""), before: changedBack + "network plc-moved-four 10.18.9.0/24",
		up: "--force-recreate", want: "old: FAIL possible; new: OK possible"},
	{name: "its own network under another name, with an orphan on it", files: on(fixed("10.18.9.0/24")+", name: plc-eight") + "-- before.yaml --\n" + bothOn(fixed(subnetOf18)),
		before: changedBack, want: "FAIL"},
	{name: "its own network with another subnet, with an orphan on it", files: on(fixed("10.18.9.0/24")) + "-- before.yaml --\n" + bothOn(fixed(subnetOf18)), before: changedBack, want: "FAIL"},
	{name: "its own network with another subnet, with an orphan on it that goes", files: on(fixed("10.18.9.0/24")) + "-- before.yaml --\n" + bothOn(fixed(subnetOf18)), before: changedBack,
		up: "--remove-orphans", want: "FAIL|OK possible"},
	{name: "its own network with another subnet, with an orphan on it that is stopped", files: on(fixed("10.18.9.0/24")) + "-- before.yaml --\n" + bothOn(fixed(subnetOf18)),
		before: changedBack + "compose -f before.yaml stop -t 0", want: "OK"},
	{name: "its own network with another subnet, with another project on it", files: on("name: plc-nine, "+fixed("10.18.9.0/24")) + "-- before.yaml --\n" + on("name: plc-nine, "+fixed(subnetOf18)) +
		"-- other.yaml --\n" + on("external: true, name: plc-nine"), before: changedBack + otherUp, want: "FAIL"},
	{name: "its own network with its ip_range, with another project on it", files: on("name: plc-fourteen, "+fixed(subnetOf18, "ip_range: 10.18.7.128/25")) + "-- other.yaml --\n" + on("external: true, name: plc-fourteen"),
		before: upAlready + otherUp, up: "--force-recreate", want: "OK"},
	{name: "two networks with one subnet", files: both(fixed(subnetOf18), fixed(subnetOf18), ""), want: "FAIL"},
	{name: "two networks, one inside the other", files: both(fixed("10.18.0.0/16"), fixed(subnetOf18), ""), want: "FAIL"},
	{name: "two networks beside each other", files: both(fixed("10.18.7.0/25"), fixed("10.18.7.128/25"), ""), want: "OK"},
	{name: "two networks, one of a profile", files: both(fixed(subnetOf18), fixed(subnetOf18), ", profiles: [x]"), want: "OK"},
	{name: "two networks, one without a replica", files: both(fixed(subnetOf18), fixed(subnetOf18), ", scale: 0"), want: "FAIL"},
	{name: "two networks, one service", files: both(fixed(subnetOf18), fixed(subnetOf18), ""), up: "a", want: "OK"},
	{name: "a network that no service is on", files: on(fixed(subnetOf18) + "}, m: {" + fixed(subnetOf18)), want: "OK"},
	{name: "the subnet is taken, the service left out", files: both(fixed(subnetOf18), "", ""), before: "network @-x 10.18.7.0/24", up: "b", want: "OK"},
	{name: "ip_range is taken", files: on(fixed(subnetOf18, "ip_range: 10.18.7.128/25")), before: "network @-x 10.18.7.0/24", want: "FAIL"},
	{name: "ip_range beside ip_range", files: on(fixed(subnetOf18, "ip_range: 10.18.7.128/25")), before: "network @-x 10.18.7.0/24 range=10.18.7.0/25", want: "FAIL"},
	{name: "the same ip_range", files: on(fixed(subnetOf18, "ip_range: 10.18.7.128/25")), before: "network @-x 10.18.7.0/24 range=10.18.7.128/25", want: "FAIL"},
	{name: "a subnet beside ip_range", files: on(fixed(subnetOf18)), before: "network @-x 10.18.7.0/24 range=10.18.7.128/25", want: "FAIL"},
	{name: "the engine's own subnet", files: on(fixed("172.16.0.0/12")), want: "FAIL"},
	{name: "an IPv6 subnet", files: on("enable_ipv6: true, " + fixed("fd18::/64")), want: "OK"},
	{name: "an IPv6 subnet that is taken", files: on("enable_ipv6: true, " + fixed("fd18::/64")), before: "network @-x fd18::/48", want: "FAIL"},
	{name: "an IPv6 subnet without IPv6", files: on(fixed("fd18::/64")), before: "network @-x fd18::/48", want: "OK"},
	{name: "an external network", files: on("external: true, name: plc-three"), before: "network plc-three 10.18.7.0/24", want: "OK"},
	{name: "a name that another project has under the same key", files: on("name: plc-four, "+fixed(subnetOf18)) + "-- other.yaml --\n" + on("name: plc-four, "+fixed(subnetOf18)),
		before: otherUp, want: "OK"},
	{name: "a name that another project has with another subnet", files: on("name: plc-five, "+fixed(subnetOf18)) + "-- other.yaml --\n" + on("name: plc-five, "+fixed("10.18.8.0/24")),
		before: otherUp, want: "OK possible"},
	{name: "a name that a network made by hand has", files: on("name: plc-six, " + fixed(subnetOf18)), before: "network plc-six 10.18.8.0/24\nnetwork @-y 10.18.7.0/24", want: "OK possible"},
	{name: "the ordinary name is taken", files: "name: plc-seven\n" + on(fixed(subnetOf18)), global: "-p @", before: "network @_n 10.18.8.0/24", want: "OK possible"},
	{name: "a subnet that only a default gives", files: on(fixed("${NET:-10.18.7}.0/24")), before: "network @-x 10.18.7.0/24", want: "FAIL"},
	{name: "a subnet that the shell moves", files: on(fixed("${NET:-10.18.7}.0/24")), env: "NET=10.18.9", before: "network @-x 10.18.7.0/24", want: "OK"},
	{name: "an override changes the subnet", files: on(fixed(subnetOf18)) + "-- compose.override.yaml --\nnetworks: {n: !override {" + fixed("10.18.9.0/24") + "}}\n",
		before: "network @-x 10.18.7.0/24", want: "OK"},
}
