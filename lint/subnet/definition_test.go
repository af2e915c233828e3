package subnet

import (
	"fmt"
	"strings"
	"testing"
)

// TestFaults: what Compose 5.5.1 and the engines 20.10.24 and 29 say of entries of `ipam.config`, "subnet ip_range gateway x y".
func TestFaults(t *testing.T) {
	for text, want := range map[string]string{
		"10.1.0.0/24 - - - -":             "",
		"10.1.0.0/24 10.1.0.128/25 - - -": "",
		"10.1.0.0/24 10.1.0.0/24 - - -":   "",
		"10.1.0.0/24 - 10.1.0.9 10.1.0.1": "",
		"fd00::4/126 - - - -":             "",

		"- - - - -":                              "subnet is not there podman <29",
		"- - 10.1.0.1 - -":                       "subnet is not there podman",
		"x - - - -":                              "subnet is no subnet!",
		"10.1.0.0/33 - - - -":                    "subnet is no subnet!",
		"10.1.0.0/255.255.255.0 - - - -":         "subnet is no subnet!",
		"10.1.0.5/24 - - - -":                    "subnet has bits behind its prefix; engines from 25 on refuse it >=25",
		"10.1.0.0/31 - - - -":                    "subnet leaves no address for the gateway; engines before 26 need one <26",
		"fd00::2/128 - - - -":                    "subnet leaves no address for the gateway",
		"10.1.0.0/24 10.1.0.9 - - -":             "ip_range is no subnet!",
		"10.1.0.0/24 10.2.0.0/25 - - -":          "ip_range is outside of its subnet; engines from 25 on refuse it podman >=25",
		"10.1.0.0/24 10.1.0.0/16 - - -":          "ip_range is larger than its subnet; engines from 25 on refuse it podman >=25",
		"10.1.0.0/24 10.1.0.130/25 - - -":        "ip_range has bits behind its prefix; engines from 25 on refuse it >=25",
		"10.1.0.0/24 - x - -":                    "gateway is no address!",
		"10.1.0.0/24 - 10.1.0.1/24 - -":          "gateway is no address!",
		"10.1.0.0/24 - 10.1.1.1 - -":             "gateway is outside of its subnet!",
		"10.1.0.0/24 - 10.1.0.0 - -":             "gateway is the address of the subnet itself",
		"10.1.0.0/24 - 10.1.0.255 - -":           "gateway is the broadcast address of 10.1.0.0/24!",
		"10.1.0.0/24 - - z -":                    "aux_addresses is no address!",
		"10.1.0.0/24 - - 10.1.1.9 -":             "aux_addresses is outside of its subnet",
		"10.1.0.0/24 - - 10.1.0.1 -":             "aux_addresses is the gateway, too",
		"10.1.0.0/24 - 10.1.0.7 10.1.0.7 -":      "aux_addresses is the gateway, too",
		"10.1.0.0/24 10.1.0.128/25 - 10.1.0.1 -": "",
		"10.1.0.0/24 - - 10.1.0.7 10.1.0.7":      "aux_addresses is kept back twice",
	} {
		var words [5]string
		for i, word := range strings.Fields(text) {
			words[i] = strings.TrimPrefix(word, "-")
		}
		d := Definition{HasGateway: true, Subnet: words[0], Range: words[1], Gateway: words[2], Reserved: map[string]string{"x": words[3], "y": words[4]}}
		got := ""
		for _, f := range d.Faults() {
			got += f.Key + " " + f.What
			if f.By != "" {
				got += "; " + f.By
			}
			if f.ByAll {
				got += "!"
			}
			if f.Podman {
				got += " podman"
			}
			if f.Since > 0 {
				got += fmt.Sprintf(" >=%d", f.Since)
			}
			if f.Before > 0 {
				got += fmt.Sprintf(" <%d", f.Before)
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
