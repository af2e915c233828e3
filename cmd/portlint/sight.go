package main

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
)

// The bounds of what is read around a project: a picked port shall not cost a walk through a whole disk.
const (
	maxTrees   = 100  // other working trees of the repository
	maxAround  = 50   // projects besides, in the working tree itself
	maxEntries = 5000 // files and directories that are looked at for those
	maxDepth   = 4    // directories below the repository's root
)

// sight is what lies around a project on the disk.
type sight struct {
	checkout
	siblings []*lint.Project // the same project in the repository's other working trees
	around   []*lint.Project // other projects of this working tree
}

// lookAroundDisk reads the projects around one: what Compose would make of their files and .env, whatever the environment
// of this process is. A project that can't be read is not in sight.
func lookAroundDisk(ctx context.Context, project *lint.Project, excludes func(string) bool) sight {
	s := sight{checkout: checkoutOf(project.Dir)}
	if s.root == "" {
		return s
	}
	for i, tree := range s.others {
		if o, ok := elsewhere(project, s.root, tree); ok && i < maxTrees {
			s.siblings = appendRead(ctx, s.siblings, o)
		}
	}
	s.around = aroundIn(ctx, project, s.root, excludes)
	return s
}

// elsewhere is the project in another working tree: the same files at the same place.
func elsewhere(project *lint.Project, root, tree string) (compose.Options, bool) {
	move := func(path string) (string, bool) {
		rel, err := filepath.Rel(root, path)
		return filepath.Join(tree, rel), err == nil && filepath.IsLocal(rel)
	}
	dir, ok := move(project.Dir)
	o := compose.Options{Dir: dir, ProjectDir: dir, Profiles: []string{"*"}}
	for _, file := range project.Files {
		moved, within := move(file)
		o.Files, ok = append(o.Files, moved), ok && within
	}
	return o, ok
}

// aroundIn finds the other projects below the root of a working tree, as far as the bounds allow.
func aroundIn(ctx context.Context, project *lint.Project, root string, excludes func(string) bool) []*lint.Project {
	entries := 0
	found, err := compose.Find(ctx, compose.Options{Dir: root, Profiles: []string{"*"}}, []string{root}, func(path string) bool {
		entries++
		rel, _ := filepath.Rel(root, path)
		return entries > maxEntries || strings.Count(rel, string(filepath.Separator)) > maxDepth || excludes(path)
	})
	if err != nil {
		return nil // only when it was stopped, or the root is gone
	}
	var around []*lint.Project
	for _, o := range found.Projects[:min(len(found.Projects), maxAround)] {
		around = appendRead(ctx, around, o)
	}
	return slices.DeleteFunc(around, func(p *lint.Project) bool {
		return slices.ContainsFunc(p.Files, func(f string) bool { return slices.Contains(project.Files, f) })
	})
}

// appendRead adds a project if it can be read.
func appendRead(ctx context.Context, list []*lint.Project, o compose.Options) []*lint.Project {
	if l, err := loadOne(ctx, world{dir: o.Dir}, o); err == nil {
		list = append(list, l.Project)
	}
	return list
}
