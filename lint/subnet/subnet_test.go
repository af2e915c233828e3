package subnet

import (
	"net/netip"
	"testing"
)

func prefix(text string) netip.Prefix {
	if text == "" {
		return netip.Prefix{}
	}
	return netip.MustParsePrefix(text)
}

// TestRefused: what the engines 20.10.24 and 29 answered.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		driver, subnet, asked, keeper, existing, existingRange string
		want                                                   bool
	}{
		{"", "10.1.0.0/24", "", "bridge", "10.1.0.0/24", "", true},
		{"", "10.1.0.0/24", "", "bridge", "10.1.0.0/16", "", true},
		{"", "10.0.0.0/8", "", "bridge", "10.1.0.0/16", "", true},
		{"", "10.1.0.0/25", "", "bridge", "10.1.0.128/25", "", false},
		{"macvlan", "10.1.0.0/24", "", "bridge", "10.1.0.0/24", "", true},
		{"", "10.1.0.0/24", "10.1.0.128/25", "bridge", "10.1.0.0/24", "", true},
		{"", "10.1.0.0/25", "10.1.0.64/26", "bridge", "10.1.0.0/24", "10.1.0.128/25", true},
		{"macvlan", "10.1.0.0/24", "10.1.0.128/25", "bridge", "10.1.0.0/24", "", false},
		{"macvlan", "10.1.0.0/24", "10.1.0.128/25", "bridge", "10.1.0.0/24", "10.1.0.128/25", true},
		{"", "10.1.0.0/24", "", "macvlan", "10.1.0.0/24", "10.1.0.128/25", true},
		{"", "10.1.0.0/24", "10.1.0.128/25", "macvlan", "10.1.0.0/24", "", false},
		{"", "fd00:1::/64", "", "bridge", "fd00:1::/48", "", true},
		{"", "fd00:1::/64", "", "bridge", "10.1.0.0/16", "", false},
	} {
		r := Request{c.driver, prefix(c.subnet), prefix(c.asked)}
		if got := r.Refused(Existing{c.keeper, prefix(c.existing), prefix(c.existingRange)}); got != c.want {
			t.Errorf("%+v: %t", c, got)
		}
	}
}

func TestLast(t *testing.T) {
	for subnet, want := range map[string]string{"10.1.0.0/16": "10.1.255.255", "10.1.2.64/27": "10.1.2.95", "10.1.2.3/32": "10.1.2.3",
		"0.0.0.0/0": "255.255.255.255", "fd00::/126": "fd00::3"} {
		if got := Last(prefix(subnet)); got != netip.MustParseAddr(want) {
			t.Errorf("%s: %s, want %s", subnet, got, want)
		}
	}
	if next, ok := After(prefix("10.1.2.64/27")); !ok || next != prefix("10.1.2.96/27") {
		t.Errorf("%s", next)
	}
	if next, ok := After(prefix("255.255.255.0/24")); ok {
		t.Errorf("%s", next)
	}
}

func TestAround(t *testing.T) {
	for _, c := range []struct{ first, last, want string }{
		{"10.1.0.129", "10.1.0.255", "10.1.0.128/25"},
		{"10.1.0.5", "10.1.0.5", "10.1.0.5/32"},
		{"10.1.0.5", "10.1.0.90", "10.1.0.0/25"},
		{"10.1.0.0", "200.0.0.0", "0.0.0.0/0"},
		{"fd00::101", "fd00::1ff", "fd00::100/120"},
		{"", "10.1.0.5", ""},
		{"10.1.0.5", "", ""},
		{"10.1.0.5", "fd00::1", ""},
	} {
		first, _ := netip.ParseAddr(c.first)
		last, _ := netip.ParseAddr(c.last)
		if got := Around(first, last); got != prefix(c.want) {
			t.Errorf("around %q and %q: %s, want %q", c.first, c.last, got, c.want)
		}
	}
}
