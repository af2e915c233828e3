package refusal

import "fmt"

// networkWordings are the ways to refuse a network, its subnet, or an address in it, of engines since 20.10, of Podman and
// of Compose.
// Source: moby daemon/libnetwork/ipamapi/contract.go, ipams/defaultipam, daemon/container_operations.go; compose pkg/compose/create.go; Podman
// 4.3.1, 5.4.2 and 5.8.6 were run.
var networkWordings = []pattern{
	{words: wordedAs(`(?:failed to create network {name}: .{0,60}?)?(?:invalid pool request: )?Pool overlaps with other one on this address space`), kind: SubnetTaken},
	{words: wordedAs(`networks have overlapping IPv[46]`), kind: SubnetTaken},
	{words: wordedAs(`could not find an available, non-overlapping IPv4 address pool`), kind: NoSubnet},
	{words: wordedAs(`all predefined address pools have been fully subnetted`), kind: NoSubnet},
	{words: wordedAs(`(?:failed to set up container networking|Error response from daemon): Address already in use`), kind: AddressTaken},
	{words: wordedAs(`no configured subnet (?:or ip[-_]range )?contains? (?:the )?IP address (?P<ip>[0-9a-f.:]+)`), kind: AddressOutside},
	{words: wordedAs(`Invalid address (?P<ip>[0-9a-f.:]+?): It does not belong to any of this network's subnets`), kind: AddressOutside},
	{words: wordedAs(`subnet [0-9a-f.:]+/[0-9]{1,3} is already used on the host or by another config`), kind: SubnetTaken, by: ByPodman},
	{words: wordedAs(`requested ip address (?P<ip>[0-9a-f.:]+) is already allocated`), kind: AddressTaken, by: ByPodman},
	{words: wordedAs(`netavark: add default route \(dest: ::/0 ?, ?gw: (?P<ip>[0-9a-f:]+),.{0,60}?Invalid argument`), kind: AddressTaken, by: ByPodman},
	{words: wordedAs(`requested static ip (?P<ip>[0-9a-f.:]+) not in any subnet`), kind: AddressOutside, by: ByPodman},
	{words: wordedAs(`network name {name} already used: network already exists`), kind: NetworkTaken, by: ByPodman},
	{words: wordedAs(`network {name} was found but has incorrect label com.docker.compose.network`), kind: NetworkTaken},
	{words: wordedAs(`network {name} declared as external, but could not be found`), kind: NetworkMissing},
	{words: wordedAs(`external volume "{name}" not found`), kind: VolumeMissing},
}

// AskCheck is the help for what the words leave open, and the files of the project tell.
const AskCheck = "`portlint check`, in the project's directory, says which one it is and who has it"

// Rules are the names of the rules that look for what was refused in the files of a project and on the engine, none for most.
func (r Refusal) Rules() []string {
	switch {
	case r.Kind == SubnetTaken:
		return []string{"subnet-in-use"}
	case r.Kind == AddressTaken:
		return []string{"address-in-use"}
	case r.Kind == NetworkTaken:
		return []string{"network-in-use"}
	case r.Kind == NameTaken && r.Name == "":
		return []string{"name-in-use"}
	}
	return nil
}

// networkMeaning says why a network, its subnet, an address or a name that is not told was refused, and what to do, with words for the program of the engine; ok is
// false for other kinds.
func (r Refusal) networkMeaning() (meaning, help string, command []string, ok bool) {
	switch r.Kind {
	case SubnetTaken:
		if r.By == ByPodman {
			return "a network of Podman's, or the machine itself, has a part of the subnet that was asked for", AskCheck, nil, true
		}
		return "a network of the engine has a part of the subnet that was asked for: it keeps it until it is removed, whether a container is on it or not", AskCheck, nil, true
	case NoSubnet:
		return "every subnet that the engine may give by itself is taken by a network, or by the machine's own", "remove the networks that no container is on", []string{"network", "prune"}, true
	case AddressTaken:
		return "a fixed address of the container is the network's own, or a container that runs has it: no port is meant", AskCheck, nil, true
	case AddressOutside:
		return fmt.Sprintf("%s is in no subnet that the network was made with", r.Addr), "choose an address of the network, or leave it out: services of one network reach each other by name", nil, true
	case NetworkTaken:
		if r.By == ByPodman {
			return fmt.Sprintf("Podman has a network %q already, and gives each name once", r.Name), "give the network another name, or say `external: true` where that one is meant", nil, true
		}
		return fmt.Sprintf("there is a network %q that this project has not made under that key, and Compose 2.19 to 5.2 does not use it", r.Name),
			"say `external: true` where it is meant, give the network another name, or use Compose 5.4 or newer", nil, true
	case NetworkMissing:
		return fmt.Sprintf("the project uses a network %q that somebody else has to make, and the engine has none of that name", r.Name), "make it, or leave `external` out",
			[]string{"network", "create", r.Name}, true
	case VolumeMissing:
		return fmt.Sprintf("the project uses a volume %q that somebody else has to make, and the engine has none of that name", r.Name), "make it, or leave `external` out",
			[]string{"volume", "create", r.Name}, true
	case NameTaken:
		if r.Name == "" {
			return "a container or a pod has the name that this one was to get, which Podman does not tell: it gives each name once", AskCheck, nil, true
		}
	}
	return "", "", nil, false
}

// OfEngine reports whether what helps is a command of the engine's own program.
func (r Refusal) OfEngine() bool {
	_, _, command, _ := r.networkMeaning()
	return len(command) > 0
}
