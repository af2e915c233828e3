package refusal

import (
	"testing"

	"github.com/portlint/portlint/lint/client"
)

// TestNetworks: what engines 20.10 to 29, Podman and Compose say of a network that can't be had.
func TestNetworks(t *testing.T) {
	for text, want := range map[string]string{
		"failed to create network rn_n: Error response from daemon: Pool overlaps with other one on this address space":                          "subnet-taken rn_n",
		"failed to create network rn_n: Error response from daemon: invalid pool request: Pool overlaps with other one on this address space":    "subnet-taken rn_n",
		"cannot create network 4b (br-4b): conflicts with network 5c (br-5c): networks have overlapping IPv4":                                    "subnet-taken ",
		"Error response from daemon: could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network": "no-subnet ",
		"Error response from daemon: all predefined address pools have been fully subnetted":                                                     "no-subnet ",
		"Error response from daemon: Address already in use":                                                                                     "address-taken ",
		"Error response from daemon: failed to set up container networking: Address already in use":                                              "address-taken ",
		"invalid config for network rn_n: invalid endpoint settings:\nno configured subnet or ip-range contain the IP address 10.88.0.5":         "address-outside ",
		"invalid config for network rn_n: invalid endpoint settings:\nno configured subnet contains IP address 10.88.0.5":                        "address-outside ",
		"Error response from daemon: Invalid address 10.88.0.5: It does not belong to any of this network's subnets":                             "address-outside ",
		`network rnnet was found but has incorrect label com.docker.compose.network set to "m" (expected: "n")`:                                  "network-taken rnnet",
		"network rnnet declared as external, but could not be found":                                                                             "network-missing rnnet",
		`external volume "rnvol" not found`: "volume-missing rnvol",
		"failed to create network rn_n: Error response from daemon: subnet 10.88.7.0/24 is already used on the host or by another config":                "subnet-taken ",
		"Error response from daemon: IPAM error: requested ip address 10.88.7.5 is already allocated to container ID 4b":                                 "address-taken ",
		"Error response from daemon: netavark: add default route (dest: ::/0 ,gw: fd77::1, metric 100): Netlink error: Invalid argument (os error 22)":   "address-taken ",
		"Error response from daemon: requested static ip 10.88.0.5 not in any subnet on network rn_n":                                                    "address-outside ",
		"Error response from daemon: network name rnnet already used: network already exists":                                                            "network-taken rnnet",
		"renaming container 4b: updating container config table with new configuration for container 4b: UNIQUE constraint failed: ContainerConfig.Name": "name-taken ",
	} {
		found := Parse(text)
		if len(found) != 1 {
			t.Errorf("%q: %+v", text, found)
			continue
		}
		r := found[0]
		if got := r.Kind.String() + " " + r.Name; got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
		if help, _ := r.Help(client.Client{}); r.Meaning() == "" || help == "" || r.Taken() {
			t.Errorf("%q: %q, %q", text, r.Meaning(), help)
		}
	}
}
