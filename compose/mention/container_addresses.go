package mention

import (
	"bytes"
	"net/netip"
	"slices"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/lazyexp"
)

var ipv4 = lazyexp.New(`\b[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\b`)

// Addresses finds the IPv4 addresses in a text that are in one of the subnets. Comments are left out.
func Addresses(path string, text []byte, subnets []netip.Prefix) (found []lint.AddressMention) {
	if len(subnets) == 0 {
		return nil
	}
	for _, at := range ipv4().FindAllIndex(text, -1) {
		ip, err := netip.ParseAddr(string(text[at[0]:at[1]]))
		within := err == nil && slices.ContainsFunc(subnets, func(p netip.Prefix) bool { return p.Contains(ip) })
		line := bytes.TrimLeft(text[bytes.LastIndexByte(text[:at[0]], '\n')+1:at[0]], " \t")
		if within && !bytes.HasPrefix(line, []byte("#")) && len(found) < maxNames {
			found = append(found, lint.AddressMention{Span: lint.Span{File: path, Start: at[0], End: at[1]}, IP: ip})
		}
	}
	return found
}
