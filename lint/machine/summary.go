package machine

import (
	"fmt"

	"github.com/portlint/portlint/lint"
)

// Summary counts the host ports, in a line for those that somebody has and one for those that are wanted. Of a pool one is wanted.
func Summary(claims []Claim) []string {
	held, containers, later, taken := map[hostPort]bool{}, map[hostPort]bool{}, map[hostPort]bool{}, map[hostPort]bool{}
	pools, takenPools := 0, 0
	for _, c := range claims {
		if c.Pool {
			pools++
			if c.Now == Taken {
				takenPools++
			}
			continue
		}

		for port := range c.Ports.All() {
			k := hostPort{c.machine(), c.Proto, port}
			switch {
			case c.Kind != Has:
				later[k] = true
				taken[k] = taken[k] || c.Now == Taken
			default:
				held[k] = true
				containers[k] = containers[k] || c.Owners[0].Kind == lint.OwnerContainer || c.Owners[0].Kind == lint.OwnerSwarm
			}
		}
	}

	said := counted(len(held), "host port") + " in use"
	if n := trues(containers); n > 0 {
		said += fmt.Sprintf(", %d of them by containers", n)
	}
	all := len(later) + pools
	if all == 0 {
		return []string{said}
	}

	wanted := "wanted later: " + counted(all, "host port")
	if n := trues(taken) + takenPools; n > 0 {
		wanted += fmt.Sprintf(", %d of them taken now", n)
	}
	return []string{said, wanted}
}

// hostPort is a port of one of several machines.
type hostPort struct {
	machine, proto string
	port           uint16
}

// machine tells the machines of claims apart: all engines of this one are one.
func (c Claim) machine() string {
	if c.remote {
		return c.Context
	}
	return ""
}

func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

func trues(m map[hostPort]bool) int {
	n := 0
	for _, is := range m {
		if is {
			n++
		}
	}
	return n
}

// Blind is what could not be seen of the owners: the processes of other users, without root.
func Blind(claims []Claim) []lint.Blind {
	n := 0
	for _, c := range claims {
		if c.Kind != Has {
			continue
		}
		if o := c.Owners[0]; o.Kind == lint.OwnerProcess && o.Seen == lint.NoPrivilege && o.Process.Name == "" {
			n++
		}
	}

	if n == 0 {
		return nil
	}
	return []lint.Blind{{What: "the processes of " + counted(n, "port"), Why: "only root may see them"}}
}
