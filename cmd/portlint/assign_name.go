package main

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

// projectNameVar is the variable that gives a project its name; it beats `name:` in the files.
const projectNameVar = "COMPOSE_PROJECT_NAME"

// naming is what the name of the project shall be.
type naming struct {
	name string
	set  bool   // it must be said by the variable
	why  string // it is another one than today, because of this; "" when it is not
}

// chooseName gives the project a name that no other checkout has: today's, where nothing speaks against it, else that
// with the directory's. What the variable was given already stays said.
func (p *picker) chooseName(page *leases.Page, want wanted, host *lint.Host) naming {
	n := naming{name: want.project.Name, set: want.pinned}
	others := p.names(page, host, page.Projects[p.dir] == n.name)
	if n.why = others[n.name]; n.why != "" {
		n.set = true
		for _, name := range p.otherNames(want.base) {
			if n.name = name; others[name] == "" {
				break
			}
		}
	}
	page.Name(p.dir, n.name)
	return n
}

// names are the project names of other checkouts, with who has them. The same project in other working trees counts
// only where ours is not the first one, whose name stays, and where the book does not say that the name is ours.
func (p *picker) names(page *leases.Page, host *lint.Host, ours bool) map[string]string {
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
	for _, dir := range slices.Sorted(maps.Keys(page.Projects)) {
		if dir != p.dir {
			note(page.Projects[dir], fmt.Sprintf("the checkout %q has it", dir))
		}
	}
	for _, s := range p.sight.Siblings {
		if p.sight.Linked && !ours {
			note(s.Name, fmt.Sprintf("the checkout %q has it", s.Dir))
		}
	}
	return others
}

// otherNames are names for the checkout, the same every day: with the name of its directory, and with a number made of
// its path.
func (p *picker) otherNames(base string) []string {
	dir := p.dir
	if p.sight.Root != "" {
		dir = p.sight.Root
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
