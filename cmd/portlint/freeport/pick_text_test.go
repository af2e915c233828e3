package freeport

import (
	"context"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/testdir"
	"github.com/portlint/portlint/lint"
)

const namedProject = `name: shop
services:
  web:
    image: a
    container_name: ${WEB_NAME:-shop-web}
    networks: {back: {ipv4_address: "${SUBNET:-10.5.0}.10"}}
  db: {image: a, container_name: shop-db, networks: [back]}
networks:
  back:
    ipam: {config: [{subnet: "${SUBNET:-10.5.0}.0/24", gateway: "${SUBNET:-10.5.0}.1"}]}
  whole:
    ipam: {config: [{subnet: "${WHOLE:-10.6.0.0/24}", gateway: 10.6.0.1}]}
`

func readText(t *testing.T, text string) *lint.Project {
	t.Helper()
	dir := t.TempDir()
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), text)
	l, err := run.LoadOne(context.Background(), run.Process{}, compose.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return l.Project
}

// TestTextSlots: which values names and subnets have, and what becomes of them with another one.
func TestTextSlots(t *testing.T) {
	for _, c := range []struct{ name, text, slot, value, want string }{
		{"a name", "", "WEB_NAME", "other", "services.web.container_name=other"},
		{"the beginning of a subnet", "", "SUBNET", "10.9.1",
			"networks.back.ipam.config[0].gateway=10.9.1.1 networks.back.ipam.config[0].subnet=10.9.1.0/24 services.web.networks.back.ipv4_address=10.9.1.10"},
		{"a name of the files", "", "services.db.container_name", "other", "services.db.container_name=other"},
		{"a subnet of the files, with the addresses in it", "", "networks.whole.ipam.config[0].subnet", "10.9.1.0/24",
			"networks.whole.ipam.config[0].gateway=10.9.1.1 networks.whole.ipam.config[0].subnet=10.9.1.0/24"},
		{"a part of a name", "services: {web: {image: a, container_name: '${P:-shop}-web'}, db: {image: a, container_name: '${P:-shop}-db'}}", "P", "x",
			"services.db.container_name=x-db services.web.container_name=x-web"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.text == "" {
				c.text = namedProject
			}
			p := readText(t, c.text)
			s, ok := TextVarOf(p, c.slot)
			if !ok {
				s, ok = FixedText(p, c.slot)
			}
			var got []string
			for path, text := range s.With(c.value) {
				got = append(got, path+"="+text)
			}
			if slices.Sort(got); !ok || strings.Join(got, " ") != c.want {
				t.Errorf("%t %s, want %s", ok, strings.Join(got, " "), c.want)
			}
		})
	}
}

// TestTextStays: values that would do more than to give a name or a subnet are no choice.
func TestTextStays(t *testing.T) {
	for _, c := range []struct{ name, text, slot, want string }{
		{"a subnet whose gateway stays", namedProject, "WHOLE", "gateway of network \"whole\" is 10.6.0.1, which would no longer be in its subnet"},
		{"different defaults", "services: {a: {image: a, container_name: '${N:-a}'}, b: {image: a, container_name: '${N:-b}'}}", "N", "its defaults differ"},
		{"an external network too", "services: {a: {image: a, container_name: '${N:-a}', networks: [n]}}\nnetworks: {n: {external: true, name: '${N:-a}'}}", "N", "external network \"n\""},
		{"a port too", "services: {a: {image: a, container_name: '${N:-81}', ports: ['${N:-81}:80']}}", "N", "it gives \"a\" a port too"},
		{"another service needs the name", "services: {a: {image: a, container_name: x}, b: {image: a, network_mode: 'container:x'}}", "services.a.container_name", "\"b\" needs the container by that name, in network_mode"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := readText(t, c.text)
			s, ok := TextVarOf(p, c.slot)
			if !ok {
				s, ok = FixedText(p, c.slot)
			}
			why := s.Stays()
			if why == "" {
				_, err := newCheckoutEnv(t).picker(t, p.Dir).PickText(context.Background(), s)
				why = fmt.Sprint(err)
			}
			if !ok || !strings.Contains(why, c.want) {
				t.Errorf("%t %q, want %q", ok, why, c.want)
			}
		})
	}
}

// TestPickText: a checkout has the same every day, and two never the same; what anybody in sight has is left alone.
func TestPickText(t *testing.T) {
	s, seen := newCheckoutEnv(t), map[string]bool{}
	var taken []netip.Prefix
	for range 20 {
		dir := filepath.Join(t.TempDir(), "shop")
		testdir.Write(t, filepath.Join(dir, "compose.yaml"), namedProject)
		project := readIn(t, dir)
		for _, name := range []string{"WEB_NAME", "SUBNET", "services.db.container_name", "networks.whole.ipam.config[0].subnet"} {
			pick := func(of *checkoutEnv) (TextSlot, string) {
				p := of.picker(t, dir)
				p.named.machine = append(p.named.machine, newTakenText(lint.NameOfSubnet, "10.0.0.0/9", "somebody has it"))
				slot, ok := TextVarOf(project, name)
				if !ok {
					slot, _ = FixedText(project, name)
				}
				value, err := p.PickText(context.Background(), slot)
				if err != nil {
					t.Fatal(err)
				}
				return slot, value
			}
			slot, value := pick(s)
			if _, repeated := pick(s); repeated != value {
				t.Errorf("%s: %s, then %s", name, value, repeated)
			}
			for _, text := range slot.taking(slot.With(value)) {
				if seen[text.Text.Text] || slices.ContainsFunc(taken, func(p netip.Prefix) bool { return text.prefix.IsValid() && p.Overlaps(text.prefix) }) {
					t.Errorf("%s was given twice", text.Text.Text)
				}
				seen[text.Text.Text] = true
				if text.prefix.IsValid() {
					taken = append(taken, text.prefix)
				}
				if text.prefix.IsValid() && (text.prefix.Overlaps(netip.MustParsePrefix("10.0.0.0/9")) || text.prefix.Overlaps(netip.MustParsePrefix("172.17.0.0/16"))) {
					t.Errorf("%s is somebody's", text.prefix)
				}
			}
		}
	}
	if len(seen) != 80 {
		t.Errorf("%d texts", len(seen))
	}
}

func readIn(t *testing.T, dir string) *lint.Project {
	t.Helper()
	l, err := run.LoadOne(context.Background(), run.Process{}, compose.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return l.Project
}

// TestSubnetsLike: subnets of one size, none twice, first those of 10.0.0.0/8.
func TestSubnetsLike(t *testing.T) {
	for text, within := range map[string]string{"192.168.5.0/24": "10.0.0.0/8", "172.20.0.0/16": "10.0.0.0/8", "fd00:1::/64": "fd00::/8", "10.1.2.128/26": "10.0.0.0/8"} {
		today, seen := netip.MustParsePrefix(text), map[netip.Prefix]bool{}
		for p := range subnetsLike(today, 12345) {
			if p.Bits() != today.Bits() || p != p.Masked() || !netip.MustParsePrefix(within).Contains(p.Addr()) || seen[p] {
				t.Fatalf("%s: %s", text, p)
			}
			if seen[p] = true; len(seen) == 200 {
				break
			}
		}
		if len(seen) != 200 {
			t.Errorf("%s: %d subnets", text, len(seen))
		}
	}
}
