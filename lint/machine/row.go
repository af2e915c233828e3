package machine

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/portlint/portlint/lint"
)

// Row is one line of a screen: claims to ports in a row that are the same in everything else.
type Row struct {
	Claim  // the first; Ports are those of all
	claims []Claim
}

// By is that of the claims together: replicas of one service have a container each, and several checkouts may want a port.
func (r Row) By() string {
	first := r.Claim.by()
	if n := r.checkouts(); n > 1 {
		return fmt.Sprintf("%s in %d checkouts", first, n)
	}

	var ids []string
	for _, c := range r.claims {
		if c.by() != first && len(c.Owners) > 0 && c.Owners[0].Container != nil {
			ids = append(ids, c.Owners[0].Container.ID)
		}
	}
	slices.Sort(ids)
	if more := len(slices.Compact(ids)); more > 0 {
		return fmt.Sprintf("%d containers", more+1)
	}
	return first
}

// checkouts counts the directories of the claims.
func (r Row) checkouts() int {
	var dirs []string
	for _, c := range r.claims {
		dirs = append(dirs, c.Dir)
	}
	slices.Sort(dirs)
	return len(slices.Compact(dirs))
}

// Rows folds claims, which are sorted by port, into rows.
func Rows(claims []Claim) []Row {
	var rows []Row
	last := map[alike]int{}
	for _, c := range claims {
		k := alikeOf(c)
		at, known := last[k]
		follows := known && !c.Pool && int(rows[at].Ports.Last)+1 == int(c.Ports.First)
		covered := known && c.group != "" && c.Dir != rows[at].Dir && rows[at].Ports.Covers(c.Ports)
		if !follows && !covered {
			last[k] = len(rows)
			rows = append(rows, Row{Claim: c, claims: []Claim{c}})
			continue
		}

		rows[at].Ports.Last = max(rows[at].Ports.Last, c.Ports.Last)
		rows[at].claims = append(rows[at].claims, c)
	}
	return rows
}

// alike is what the claims of a row have in common.
type alike struct {
	kind                             Kind
	now                              State
	context, proto, address, by, who string
	dir, group                       string
	span                             lint.Span
	pool                             bool
}

func alikeOf(c Claim) alike {
	k := alike{kind: c.Kind, now: c.Now, context: c.Context, proto: c.Proto, address: c.Address(), who: c.Who(), dir: c.Dir, span: c.Span, pool: c.Pool}
	if c.group != "" {
		k.who, k.dir, k.group, k.span.File = c.Service, "", c.group, ""
	}
	if c.Kind != Has || c.Project == "" { // the containers of a service are told together
		k.by = c.by()
	}
	return k
}

// Order is how rows are sorted.
type Order string

// The orders, by the names that --sort takes.
const (
	ByPort    Order = "port"
	ByProject Order = "project"
)

// Sort sorts rows that are by port already. By project, what has none comes last.
func Sort(rows []Row, by Order) {
	if by != ByProject {
		return
	}

	slices.SortStableFunc(rows, func(a, b Row) int {
		switch {
		case a.Project == "" && b.Project == "":
			return 0
		case a.Project == "":
			return 1
		case b.Project == "":
			return -1
		}
		return cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.Dir, b.Dir), cmp.Compare(a.Service, b.Service))
	})
}
