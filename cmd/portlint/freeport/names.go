package freeport

import (
	"fmt"
	"hash/fnv"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/dockerapi/leases"
	"github.com/portlint/portlint/lint"
)

// ProjectNameVar is the variable that gives a project its name; it beats `name:` in the files.
const ProjectNameVar = "COMPOSE_PROJECT_NAME"

// Naming is what the name of the project shall be.
type Naming struct {
	Name string
	Set  bool   // it must be said by the variable
	Why  string // it is another one than today, because of this; "" when it is not
}

// ChooseName gives the project a name that no other checkout has: today's, where nothing speaks against it, else that
// with the directory's. What the variable was given already stays said.
func (p *Picker) ChooseName(tx *leases.Tx, want Wanted, host *lint.Host) Naming {
	n := Naming{Name: want.Project.Name, Set: want.Pinned}
	others := p.names(tx, host, tx.Projects[p.dir] == n.Name)
	if others[n.Name] == "" && want.Against != "" {
		others[n.Name] = want.Against
	}
	if n.Why = others[n.Name]; n.Why != "" {
		n.Set = true
		for _, name := range p.otherNames(p.Base) {
			if n.Name = name; others[name] == "" {
				break
			}
		}
	}
	if p.Unwritten {
		tx.NameFor(p.dir, n.Name, UnwrittenTime)
	} else {
		tx.Name(p.dir, n.Name)
	}
	return n
}

// names are the project names of other checkouts, with who has them. The same project in other working trees counts
// only where ours is not the first one, whose name stays, and where the store does not say that the name is ours.
func (p *Picker) names(tx *leases.Tx, host *lint.Host, ours bool) map[string]string {
	others := map[string]string{}
	note := func(name, who string) {
		if name != "" && others[name] == "" {
			others[name] = who
		}
	}

	for i := range host.Containers {
		if c := &host.Containers[i]; c.WorkingDir != "" && c.DirState != lint.DirGone && !run.SameDir(c.WorkingDir, p.dir) {
			note(c.Project, fmt.Sprintf("container %q of %q has it", c.Name, c.WorkingDir))
		}
	}

	for _, dir := range slices.Sorted(maps.Keys(tx.Projects)) {
		if dir != p.dir {
			note(tx.Projects[dir], fmt.Sprintf("the checkout %q has it", dir))
		}
	}

	for _, s := range p.around.Siblings {
		if p.around.Linked && !ours {
			note(s.Name, fmt.Sprintf("the checkout %q has it", s.Dir))
		}
	}
	return others
}

// otherNames are names for the checkout, the same every day: with the name of its directory, and with a number made of
// its path.
func (p *Picker) otherNames(base string) []string {
	dir := p.dir
	if p.around.Root != "" {
		dir = p.around.Root
	}
	tree := compose.ProjectName(filepath.Base(dir))
	name := base + "-" + tree
	switch {
	case tree == "" || tree == base:
		name = base
	case strings.HasPrefix(tree, base):
		name = tree
	}

	h := fnv.New32a()
	_, _ = h.Write([]byte(p.dir)) // a hash never fails
	numbered := fmt.Sprintf("%s-%08x", name, h.Sum32())
	if name == base {
		return []string{numbered}
	}
	return []string{name, numbered}
}
