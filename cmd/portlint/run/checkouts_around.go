package run

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/find"
	"github.com/portlint/portlint/lint"
)

// The bounds of what is read around a project: a picked port shall not cost a walk through a whole disk.
const (
	maxTrees   = 100  // other working trees of the repository
	maxAround  = 50   // projects besides, in the working tree itself
	maxEntries = 5000 // files and directories that are looked at for those
	maxDepth   = 4    // directories below the repository's root
)

// CheckoutsAround is what lies around a project on the disk.
type CheckoutsAround struct {
	checkout
	Siblings   []*lint.Project // the same project in the repository's other working trees
	Neighbours []*lint.Project // other projects of this working tree
}

// ReadCheckoutsAround reads the projects around one: what Compose would make of their files and .env, whatever the environment
// of this process is. A project that can't be read is left out, and a directory without a project has no siblings.
func ReadCheckoutsAround(ctx context.Context, project *lint.Project, excludes func(string) bool) CheckoutsAround {
	s := CheckoutsAround{checkout: CheckoutOf(project.Dir)}
	if s.Root == "" {
		return s
	}
	s.readSiblings(ctx, project)
	s.Neighbours = s.readNeighbours(ctx, project, excludes)
	return s
}

// readSiblings reads the project in the repository's other working trees.
func (s *CheckoutsAround) readSiblings(ctx context.Context, project *lint.Project) {
	for i, tree := range s.Others {
		if o, ok := inOtherTree(project, s.Root, tree); ok && i < maxTrees {
			s.Siblings = appendRead(ctx, s.Siblings, o)
		}
	}
}

// inOtherTree is the project in another working tree: the same files at the same place.
func inOtherTree(project *lint.Project, root, tree string) (compose.Options, bool) {
	move := func(path string) (string, bool) {
		rel, err := filepath.Rel(root, path)
		return filepath.Join(tree, rel), err == nil && filepath.IsLocal(rel)
	}

	dir, ok := move(project.Dir)
	ok = ok && len(project.Files) > 0
	o := compose.Options{Dir: dir, ProjectDir: dir, Profiles: []string{"*"}}
	for _, file := range project.Files {
		moved, within := move(file)
		o.Files, ok = append(o.Files, moved), ok && within
	}
	return o, ok
}

// readNeighbours finds the other projects of the working tree, as far as the bounds allow: not those that could not be up beside
// this one anyway, because they have its name, and not those that share files with it, which are parts of one another.
func (s *CheckoutsAround) readNeighbours(ctx context.Context, project *lint.Project, excludes func(string) bool) []*lint.Project {
	entries := 0
	found, err := find.Projects(ctx, compose.Options{Dir: s.Root, Profiles: []string{"*"}}, []string{s.Root}, func(path string) bool {
		entries++
		rel, _ := filepath.Rel(s.Root, path)
		return entries > maxEntries || strings.Count(rel, string(filepath.Separator)) > maxDepth ||
			slices.Contains(s.Others, path) || excludes(path)
	})
	if err != nil {
		return nil // only when it was stopped, or the root is gone
	}
	var around []*lint.Project
	for _, o := range found.Projects[:min(len(found.Projects), maxAround)] {
		around = appendRead(ctx, around, o)
	}
	files := FilesOf(project)
	return slices.DeleteFunc(around, func(p *lint.Project) bool {
		return p.Name == project.Name || slices.ContainsFunc(FilesOf(p), func(f string) bool { return slices.Contains(files, f) })
	})
}

// FilesOf are the Compose files of a project, with those that its ports come from by include or extends.
func FilesOf(p *lint.Project) []string {
	files := slices.Clone(p.Files)
	for _, b := range p.Bindings() {
		if b.Entry.Known() && !slices.Contains(files, b.Entry.File) {
			files = append(files, b.Entry.File)
		}
	}
	return files
}

// appendRead adds a project if it can be read.
func appendRead(ctx context.Context, list []*lint.Project, o compose.Options) []*lint.Project {
	if l, err := LoadOne(ctx, Process{Dir: o.Dir}, o); err == nil {
		list = append(list, l.Project)
	}
	return list
}
