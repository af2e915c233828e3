package run

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/dockerapi/leases"
	"github.com/portlint/portlint/lint"
)

// dirsTime is how long the directories that containers name are looked for: one may lie on a disk that does not answer.
const dirsTime = time.Second

// PlaceContainers notes of a machine's containers that carry the name of a project where their directories are, so that one
// checkout is told from another.
func (l *Projects) PlaceContainers(ctx context.Context, host *lint.Host) {
	for _, p := range l.Models() {
		p.RealDir = compose.RealPath(p.Dir)
		for i := range host.Containers {
			if c := &host.Containers[i]; c.Project == p.Name && c.WorkingDir != "" {
				lookForDir(ctx, l.Process, c, p, host.Engine.DirsElsewhere)
			}
		}
	}

	l.PlaceProjects(host)
}

// PlaceProjects notes of each project where its directory is, under which other name an earlier run has started it on a machine
// whose containers are placed, and which of them have a name that an earlier run gave them.
func (l *Projects) PlaceProjects(host *lint.Host) {
	assigned := ReadLeases(l.Process)
	for _, p := range l.Models() {
		p.RealDir = compose.RealPath(p.Dir)
		if name := assigned.Projects[p.RealDir]; l.Flags.ProjectName == "" && name != p.Name && isCheckoutNamed(host, p, name) {
			p.RunsAs = name
		}
		for _, l := range assigned.Texts {
			if l.Dir == p.RealDir {
				markNamed(host, p, l)
			}
		}
	}
}

// markNamed notes which containers of a checkout have a name of a lease.
func markNamed(host *lint.Host, p *lint.Project, l leases.TextLease) {
	for i := range host.Containers {
		c := &host.Containers[i]
		named := slices.Contains(l.Texts, leases.Text{Kind: string(lint.NameOfContainer), Text: c.Name})
		if named && c.Project == l.Project && p.Made(c) {
			c.Named = true
		}
	}
}

// Clone is what was read, with projects and sources of its own: asking a machine notes what it says of them.
func (l *Projects) Clone() Projects {
	own := *l
	own.Sources = maps.Clone(l.Sources)
	own.All = slices.Clone(l.All)
	own.Took, own.Options = map[*lint.Project]time.Duration{}, map[*lint.Project]compose.Options{}
	for i, p := range l.All {
		project := *p.Project
		own.All[i].Project = &project
		own.Took[&project], own.Options[&project] = l.Took[p.Project], l.Options[p.Project]
	}
	return own
}

// placeProcesses notes of the processes that hold ports which repository they were started in. Their directories may lie on a disk
// that does not answer.
func placeProcesses(ctx context.Context, w Process, host *lint.Host) {
	ctx, stop := context.WithTimeout(ctx, w.Within(dirsTime))
	defer stop()
	known := map[string]checkout{}
	for i := range host.Probes {
		for j := range host.Probes[i].Holders {
			o := &host.Probes[i].Holders[j].Owner.Origin
			if o.Dir == "" || o.DirGone {
				continue
			}
			c, seen := known[o.Dir]
			if !seen {
				c = checkoutInTime(ctx, o.Dir)
				known[o.Dir] = c
			}
			o.Repository, o.Branch, o.Worktree = c.Root, c.Branch, c.Linked
		}
	}
}

// checkoutInTime is CheckoutOf with the branch, and none when ctx ends.
func checkoutInTime(ctx context.Context, dir string) checkout {
	if ctx.Err() != nil {
		return checkout{}
	}
	done := make(chan checkout, 1)
	go func() {
		c := CheckoutOf(dir)
		c.Branch = c.head()
		done <- c
	}()

	select {
	case c := <-done:
		return c
	case <-ctx.Done():
		return checkout{}
	}
}

// lookForDir looks where the directory of a container is that carries the name of a project. The answer may take dirsTime.
func lookForDir(ctx context.Context, w Process, c *lint.Container, p *lint.Project, elsewhere string) {
	c.RealDir, c.DirState = dirInTime(ctx, w, c.WorkingDir, elsewhere)
	if c.RealDir != "" && SameDir(c.WorkingDir, p.Dir) {
		c.RealDir = p.RealDir
	}
}

// lookForDirs looks for the directories of the chosen containers of Compose's projects, each once, and for those of the rest of a
// project where one is gone. All answers may take dirsTime.
func lookForDirs(ctx context.Context, w Process, host *lint.Host, selected func(*lint.Container) bool) {
	ctx, stop := context.WithTimeout(ctx, w.Within(dirsTime))
	defer stop()
	type place struct {
		real  string
		state lint.DirState
	}
	known := map[string]place{}
	look := func(dir string) place {
		at, seen := known[dir]
		if !seen {
			at.real, at.state = dirInTime(ctx, w, dir, host.Engine.DirsElsewhere)
			known[dir] = at
		}
		return at
	}

	for i := range host.Containers {
		c := &host.Containers[i]
		ofCompose, placed := c.Project != "" && c.WorkingDir != "", c.RealDir != "" || c.DirState != lint.DirThere
		if !ofCompose || placed || !selected(c) {
			continue
		}
		at := look(c.WorkingDir)
		c.RealDir, c.DirState = at.real, at.state
	}
	markProjects(host, func(dir string) bool { return look(dir).state == lint.DirGone })
}

// markProjects notes of the containers whose directory is gone whether all others of their project are from directories that are gone,
// too, and of all of them whether several directories have the name of their project: Compose goes by that name alone.
func markProjects(host *lint.Host, isGone func(dir string) bool) {
	type project struct{ context, name string }
	gone := map[project]bool{}
	for _, c := range host.Containers {
		if c.DirState == lint.DirGone {
			gone[project{c.Context, c.Project}] = true
		}
	}

	for _, c := range host.Containers {
		of := project{c.Context, c.Project}
		if !gone[of] || c.DirState == lint.DirGone {
			continue
		}
		notLooked := c.DirState == lint.DirThere && c.RealDir == "" && c.WorkingDir != ""
		gone[of] = notLooked && isGone(c.WorkingDir)
	}

	for i := range host.Containers {
		c := &host.Containers[i]
		c.ProjectGone = c.DirState == lint.DirGone && gone[project{c.Context, c.Project}]
	}
	lint.MarkSharedProjects(host.Containers)
}

// dirInTime looks for a directory: its path without links, "" where this user may not see it, and whether it is there. The answer
// may take dirsTime.
func dirInTime(ctx context.Context, w Process, dir, elsewhere string) (real string, state lint.DirState) {
	type answer struct {
		real  string
		state lint.DirState
	}

	done := make(chan answer, 1)
	go func() {
		info, err := os.Stat(dir)
		switch {
		case err == nil && info.IsDir():
			done <- answer{compose.RealPath(dir), lint.DirThere}
		case err != nil && !errors.Is(err, fs.ErrNotExist): // another user's, most likely
			done <- answer{state: lint.DirThere}
		case elsewhere != "" || !filepath.IsAbs(dir):
			done <- answer{state: lint.DirNotKnown}
		default:
			done <- answer{state: lint.DirGone}
		}
	}()

	ctx, stop := context.WithTimeout(ctx, w.Within(dirsTime))
	defer stop()
	select {
	case a := <-done:
		return a.real, a.state
	case <-ctx.Done():
		return "", lint.DirNotKnown
	}
}

// isCheckoutNamed reports whether the engine has containers that were made here, from the project's own files, under another
// name.
func isCheckoutNamed(host *lint.Host, p *lint.Project, name string) bool {
	return slices.ContainsFunc(host.Containers, func(c lint.Container) bool {
		named := name != "" && c.Project == name && !c.OneOff
		madeHere := c.WorkingDir != "" && SameDir(c.WorkingDir, p.Dir)
		if !named || !madeHere {
			return false
		}

		files := withoutMoved(c.ConfigFiles)
		foreign := slices.ContainsFunc(files, func(f string) bool { return !slices.Contains(p.Files, f) })
		return len(files) > 0 && !foreign
	})
}

// MovedDir is the directory of the moved ports of all checkouts, in the state directory.
const MovedDir = "moved"

// withoutMoved leaves out the file of portlint's own that gives ports other numbers: the user's files say where a port is
// written.
func withoutMoved(files []string) []string {
	return slices.DeleteFunc(slices.Clone(files), func(file string) bool {
		dir := filepath.Dir(file)
		return filepath.Base(dir) == MovedDir && filepath.Base(filepath.Dir(dir)) == "portlint" && filepath.Ext(file) == ".yaml"
	})
}

// ReadLeases is the record of what portlint assigned on this machine, empty where it can't be read.
func ReadLeases(w Process) leases.Tx {
	state, err := StateDir(w)
	if err != nil {
		return leases.Tx{}
	}
	return (leases.Store{Dir: state, Now: time.Now}).Read()
}

// PortsOfLease are the ports that a lease gives.
func PortsOfLease(l leases.Lease) lint.Ports { return lint.Ports{First: l.First, Last: l.Last} }
