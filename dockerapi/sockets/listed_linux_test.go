package sockets

import (
	"net/netip"
	"os"
	"testing"

	"github.com/portlint/portlint/lint"
)

// TestListed: a port that this user may not bind is not unknown when the table shows nobody there.
func TestListed(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may bind every port")
	}
	probes, blind := Check(t.Context(), []lint.Endpoint{{Proto: "tcp", Addr: netip.MustParseAddrPort("127.0.0.1:1")}}, Options{})
	if p := probes[0]; p.Result == lint.NotAllowed && len(p.Holders) == 0 && (!p.Listed || len(blind) > 0) {
		t.Errorf("%+v, %v", probes, blind)
	}
}
