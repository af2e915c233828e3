package compose

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
)

// FuzzPortItem reads any port in the short form: what compose-go makes of it is what the project has.
func FuzzPortItem(f *testing.F) {
	for _, text := range []string{"8080:80", "80", "1-2:3-4/udp", "[::1]:8080:80", "127.0.0.1::80", "0:80", "8000-8010:80", "a:b", "1.2.3.4:08080:80/sctp", ":80"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want, err := types.ParsePortConfig(text)
		if err != nil || strings.Contains(text, "$") || len(want) > 1000 { // a range of all ports takes seconds where it is slow
			return
		}
		quoted, err := json.Marshal(text) // which is YAML too
		if err != nil || strings.ContainsRune(string(quoted), '\ufffd') {
			return
		}
		o := Options{Dir: t.TempDir(), Files: []string{"-"}, Static: true,
			Stdin: strings.NewReader("services: {a: {image: a, ports: [" + string(quoted) + "]}}\n")}
		l, err := Load(t.Context(), o)
		if err != nil {
			return // what compose-go says of the whole project is the business of other tests
		}
		if len(l.Project.Invalid) > 0 {
			return // the engine refuses it, as container port 0
		}

		var wanted, got []string
		for _, c := range want {
			first, last, _ := strings.Cut(c.Published, "-")
			if first == "" {
				first = "0"
			}
			if last == "" {
				last = first
			}
			ip := c.HostIP
			if addr, err := netip.ParseAddr(ip); err == nil { // "::0" is "::"
				ip = addr.String()
			}
			wanted = append(wanted, fmt.Sprintf("%s %s-%s:%d/%s", ip, trimZeros(first), trimZeros(last), c.Target, c.Protocol))
		}
		for _, b := range l.Project.Bindings() {
			ip := ""
			if b.HostIP.IsValid() {
				ip = b.HostIP.String()
			}
			got = append(got, fmt.Sprintf("%s %d-%d:%d/%s", ip, b.First, b.Last, b.Target, b.Proto))
		}
		slices.Sort(wanted)
		slices.Sort(got)
		if !slices.Equal(slices.Compact(wanted), slices.Compact(got)) {
			t.Errorf("%q is %q, want %q", text, got, wanted)
		}
	})
}

func trimZeros(number string) string {
	if n, err := strconv.Atoi(number); err == nil {
		return strconv.Itoa(n)
	}
	return number
}
