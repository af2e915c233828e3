package refusal

import (
	"net/netip"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestHeadlinesFit: whatever a refusal names, one of its headlines is whole in 80 columns, and no headline is empty.
func TestHeadlinesFit(t *testing.T) {
	long := strings.Repeat("recommendations-", 8)
	names := []Refusal{
		{First: 65535, Last: 65535, Proto: "sctp", Addr: netip.MustParseAddr("2001:db8:1111:2222:3333:4444:5555:6666")},
		{First: 65535, Last: 65535, Proto: "tcp", Host: long + ".example.com", Path: "/run/" + long, Name: long, Holder: long, Service: long},
		{First: 60000, Last: 65535},
		{Name: long, Service: long},
	}

	for kind := Allocated; kind <= VolumeMissing; kind++ {
		for by := ByEngine; by <= ByProgram; by++ {
			for _, r := range names {
				for _, container := range []string{"", "web", long} {
					for _, moves := range []bool{false, true} {
						r.Kind, r.By, r.Container, r.moves, r.Program = kind, by, container, moves, longestProgram()
						checkHeadlines(t, r)
					}
				}
			}
		}
	}
}

func checkHeadlines(t *testing.T, r Refusal) {
	t.Helper()
	all := r.Headlines()
	for _, text := range all {
		if text == "" || strings.Contains(text, "%!") {
			t.Errorf("%s by %s: %q", r.Kind, r.By, text)
		}
	}
	if last := all[len(all)-1]; utf8.RuneCountInString(last) > 80 {
		t.Errorf("%s by %s, %d columns: %s", r.Kind, r.By, utf8.RuneCountInString(last), last)
	}
}

// longestProgram is the longest name of a program whose words are known.
func longestProgram() string {
	longest := ""
	for _, p := range programs {
		if len(p.program) > len(longest) {
			longest = p.program
		}
	}
	return longest
}

// TestHeadlines: the first line of what explain says, where the sentence about the refusal is too long for one.
func TestHeadlines(t *testing.T) {
	for text, want := range map[string]string{
		"on endpoint shop-web-1 (aa): Bind for 127.0.0.1:80 failed: port is already allocated":                             `container "shop-web-1" did not get port 80`,
		"listen tcp 0.0.0.0:80: bind: An attempt was made to access a socket in a way forbidden by its access permissions": "Windows keeps port 80 for itself",
		"Error starting userland proxy: listen tcp4 0.0.0.0:80: bind: address already in use":                              "something has 0.0.0.0:80/tcp already",
		"failed to create network n: Error response from daemon: Pool overlaps with other one on this address space":       "a network of the engine has a part of the subnet",
		`Conflict. The container name "/rnx" is already in use by container "4b"`:                                          `a container has the name "rnx"`,
	} {
		found := Parse(text)
		if len(found) != 1 {
			t.Errorf("%q: %+v", text, found)
			continue
		}
		var got string
		for _, headline := range found[0].Headlines() {
			if got = headline; utf8.RuneCountInString(headline) <= 80 {
				break
			}
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
